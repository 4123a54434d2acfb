#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/database.hpp"

namespace overture::tenant {

/// Who does something. `kind`: "key", "user", or "operator" (at the command line, without an id).
struct Actor {
    std::string kind, name;
    std::optional<Uuid> id = {};
};

/// Writes that `actor` did `act` to `target`, with the transaction. Nobody can change or remove it.
void audit(store::Transaction& tx, const OrganizationId& organization, const Actor& actor,
           const std::string& act, const std::string& target, const Json& details, Instant now);

}  // namespace overture::tenant
