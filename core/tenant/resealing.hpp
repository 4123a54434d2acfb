// Inside tenant: everything that is sealed, sealed again with the newest key.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/database.hpp"
#include "tenant/vault.hpp"

namespace overture::tenant {

struct Resealed {
    std::map<std::string, int>
        count;  ///< by kind: "binding", "endpoint", "issuer", "second factor", "session key", "row of people's words"
    std::vector<std::string> shut;  ///< "binding 0199…": none of the keys opens them
};

/// Seals what an older key has sealed. A secret that changes meanwhile stays as it then is: whoever changed it sealed it. Said
/// again, it does what is left.
Resealed reseal(store::Database& database, const Vault& vault);

}  // namespace overture::tenant
