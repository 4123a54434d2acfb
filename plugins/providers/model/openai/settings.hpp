#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "overture/plugin.hpp"

namespace overture::openai {

using sdk::Json;

/// How a server is told the shape of an answer, from the strictest.
enum class Structured { jsonSchema, jsonObject, none };

struct Price {
    double input = 0, output = 0;  ///< USD per million tokens, which is micro-USD per token
};

struct Settings {
    std::string baseUrl, model, embeddingModel, tokenField, organization, project;
    Structured structured = Structured::jsonSchema;
    std::optional<std::int64_t> maxTokens, dimensions;
    bool temperature = true, seed = true;
    std::map<std::string, Price> prices;

    /// Throws sdk::Refused naming the setting that cannot be used.
    static Settings read(const Json& settings);
    /// Micro-USD, rounded up to a whole one; nothing for a model that stands in no table. "gpt-x-2025-04-14" and
    /// "vendor/gpt-x" have the price of "gpt-x".
    std::optional<std::int64_t> costOf(const std::string& model, std::int64_t inputTokens,
                                       std::int64_t outputTokens) const;
};

/// The text at `key`; `otherwise` when there is none, or it is no text, or `object` no object.
std::string textOf(const Json& object, const char* key, const std::string& otherwise = {});

}  // namespace overture::openai
