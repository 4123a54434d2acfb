#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/outcomes.hpp"
#include "common/prices.hpp"

namespace overture::bedrock {

using models::Json;
using models::textOf;

struct Settings {
    std::string region, baseUrl, model, embeddingModel;
    std::optional<std::int64_t> dimensions;
    std::string promptCache;  ///< "off", "5m", "1h"
    std::string guardrail, guardrailVersion;
    bool schema = true;  ///< an answer's schema is told as such, and not in words
    bool temperature = true;
    std::int64_t maxTokens = 4096;
    models::Prices prices;

    /// Throws sdk::Refused naming the setting that cannot be used.
    static Settings read(const Json& settings);

    /// An inference profile ("us.x") has the price of its model.
    std::optional<std::int64_t> costOf(const std::string& model, const models::Tokens& tokens) const;
};

/// How the vendor says what went wrong.
const models::Vendor& vendor();

/// Throws sdk::Refused when the binding has neither an access key with its secret nor an API key.
void requireCredentials(const sdk::Host& host);

/// POST {base_url}/model/{model}/{operation}, signed as of now. Throws sdk::Refused for a model whose name cannot be.
sdk::HttpRequest postTo(const sdk::Host& host, const Settings& settings, const std::string& model,
                        const std::string& operation, const Json& body, std::int64_t deadlineMs);

}  // namespace overture::bedrock
