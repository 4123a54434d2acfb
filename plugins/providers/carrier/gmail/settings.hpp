#pragma once

#include <string>

#include "overture/oauth2.hpp"

namespace overture::gmail {

/// One binding's settings; plugin.json describes them.
struct Settings {
    std::string baseUrl, tokenUrl, keysUrl, clientId, query, label, topic, pushAudience, pushAccount;

    /// Throws sdk::Refused naming the secret that is missing.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
    sdk::Grant grant() const;
};

}  // namespace overture::gmail
