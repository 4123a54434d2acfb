#pragma once

#include <string>

#include "aws/sigv4.hpp"
#include "overture/plugin.hpp"

namespace overture::ses {

/// One binding's settings and secrets; plugin.json describes them.
struct Settings {
    std::string region, configurationSet, topicArn, baseUrl;
    aws::Credentials credentials;
    std::int64_t toleranceSeconds = 86'400;

    /// Throws sdk::Refused naming the secret that is missing.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
    /// The Message-ID that SES gives a message in place of its own.
    std::string messageId(const std::string& id) const;
};

}  // namespace overture::ses
