#pragma once

#include <string>

#include "overture/plugin.hpp"

namespace overture::surge {

/// One binding's settings and secrets; plugin.json describes them.
struct Settings {
    std::string accountId, sender, baseUrl, apiKey, signingSecret;
    std::int64_t toleranceSeconds = 300;

    /// Throws sdk::Refused naming the setting or secret that is missing.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
};

}  // namespace overture::surge
