#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/outcomes.hpp"
#include "common/prices.hpp"

namespace overture::gemini {

using models::Json;
using models::textOf;

struct Settings {
    std::string baseUrl, model, embeddingModel;
    std::optional<std::int64_t> dimensions;
    bool schema = true;         ///< an answer's schema is told as such, and not in words
    bool tellsThinking = true;  ///< the model is told how much it may think
    bool temperature = true, seed = true;
    std::int64_t maxTokens = 4096, thinkingBudget = 0;
    models::Prices prices;

    /// Throws sdk::Refused naming the setting that cannot be used.
    static Settings read(const Json& settings);

    /// Tokens that thoughts may take besides the answer.
    std::int64_t thoughts() const;
};

/// How the vendor says what went wrong.
const models::Vendor& vendor();

/// POST {base_url}/{model}:{method}. Throws sdk::Refused for a model whose name cannot stand in an address.
sdk::HttpRequest postTo(const sdk::Host& host, const Settings& settings, const std::string& model,
                        const std::string& method, const Json& body, std::int64_t deadlineMs);

/// "models/x" for "x"; one that has its collection stays.
std::string pathOf(const std::string& model);

}  // namespace overture::gemini
