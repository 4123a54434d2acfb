// Inside store: where the installed PostgreSQL server's programs are.
#pragma once

#include <optional>
#include <string>

namespace overture::store {

inline constexpr int kOldestMajor = 14;  ///< the schema uses SQL functions with bodies (begin atomic)

/// The folder with initdb, pg_ctl and postgres: of version `major`, or the newest installed. Looks in
/// /usr/lib/postgresql/*/bin, PATH, and where pg_config says. Throws Error naming what to install.
std::string serverPrograms(std::optional<int> major = {});

}  // namespace overture::store
