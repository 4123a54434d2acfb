#pragma once

#include <memory>
#include <string>

#include "overture/plugin.hpp"
#include "signature.hpp"

namespace overture::sendgrid {

/// One binding's settings and secrets; plugin.json describes them.
struct Settings {
    std::string baseUrl, replyTo, apiKey;
    std::shared_ptr<const PublicKey> eventKey, parseKey;  ///< none: nothing of that kind counts
    std::int64_t toleranceSeconds = 259'200;

    /// Throws sdk::Refused naming the setting or secret that is missing or no key.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
};

}  // namespace overture::sendgrid
