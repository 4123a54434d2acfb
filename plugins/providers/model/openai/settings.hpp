#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/outcomes.hpp"
#include "common/prices.hpp"

namespace overture::openai {

using models::Json;
using models::textOf;

/// How a server is told the shape of an answer, from the strictest.
enum class Structured { jsonSchema, jsonObject, none };

/// Of a server of chat completions: the vendor's own, or one that speaks as it does.
struct Settings {
    std::string baseUrl, model, embeddingModel, tokenField = "max_completion_tokens";
    Structured structured = Structured::jsonSchema;
    std::optional<std::int64_t> maxTokens, dimensions;
    bool temperature = true, seed = true;
    std::vector<std::pair<std::string, std::string>> headers;  ///< besides the key
    Json chatFields = Json::object(),
         embeddingFields = Json::object();  ///< sent with each request as they are
    bool reportsCost = false;               ///< usage.cost is what a call cost, in USD
    bool writesCache = false;               ///< what is sent may be put into a cache, at that price
    models::Prices prices;
    models::Vendor vendor;

    /// Throws sdk::Refused naming the setting that cannot be used.
    static Settings read(const Json& settings);
    /// What every such server has; `defaults` has "base_url", "model" and "embedding_model".
    static Settings readCommon(const Json& settings, const Json& defaults, std::string_view prices);
};

}  // namespace overture::openai
