#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/outcomes.hpp"
#include "common/prices.hpp"
#include "common/values.hpp"

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
    bool tellsPurpose = false;              ///< takes input_type of an embedding
    models::Prices prices;

    /// Throws sdk::Refused naming the setting that cannot be used.
    static Settings read(const Json& settings);
    /// What every such server has; `defaults` has "base_url", "model" and "embedding_model".
    static Settings readCommon(const Json& settings, const Json& defaults, std::string_view prices);
};

/// How such servers say what went wrong.
const models::Vendor& vendor();

}  // namespace overture::openai
