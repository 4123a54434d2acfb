#pragma once

#include <string>

#include "overture/plugin.hpp"

namespace overture::vapi {

/// One binding's settings and secrets; plugin.json describes them.
struct Settings {
    std::string phoneNumberId, webhookUrl, baseUrl, apiKey, serverSecret;
    sdk::Json assistant = sdk::Json::object();
    int settledSeconds = 60;

    /// Throws sdk::Refused naming the setting or secret that is missing.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
    /// Whether Vapi sent this {headers, …}: with the secret that we gave it.
    bool proves(const sdk::Json& request) const;
};

}  // namespace overture::vapi
