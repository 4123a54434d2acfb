#pragma once

#include <string>

#include "overture/plugin.hpp"

namespace overture::meta {

/// One binding's settings and secrets; plugin.json describes them.
struct Settings {
    std::string phoneNumberId, version, baseUrl, accessToken, appSecret, verifyToken;
    bool previewLinks = true;

    /// Throws sdk::Refused naming the setting or secret that is missing.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
    std::string numberUrl() const { return baseUrl + "/" + version + "/" + phoneNumberId; }
};

}  // namespace overture::meta
