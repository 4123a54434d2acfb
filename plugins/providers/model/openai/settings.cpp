#include "openai/settings.hpp"

#include "data/openai.hpp"

namespace overture::openai {
namespace {

Structured structuredOf(const Json& settings) {
    const auto structured = textOf(settings, "structured", "json_schema");
    return structured == "none"          ? Structured::none
           : structured == "json_object" ? Structured::jsonObject
                                         : Structured::jsonSchema;
}

void addHeader(Settings& out, const Json& settings, const char* key, const char* header) {
    if (const auto value = textOf(settings, key); !value.empty()) out.headers.emplace_back(header, value);
}

std::string codeOf(const sdk::HttpAnswer& http) {
    const auto error = models::errorIn(http.body);
    const auto code = textOf(error, "code");
    return code.empty() ? textOf(error, "type") : code;
}

void amend(sdk::Answer& answer, const sdk::HttpAnswer&) {
    if (answer.code == "insufficient_quota" || answer.code == "billing_hard_limit_reached") {
        answer.outcome = sdk::Outcome::auth;
        answer.message += ": the account has no credit left";
    } else if (answer.code == "context_length_exceeded") {
        answer.message += ": the conversation is longer than the model can read";
    }
}

}  // namespace

Settings Settings::readCommon(const Json& settings, const Json& defaults, std::string_view prices) {
    Settings out;
    out.baseUrl = models::baseUrlOf(settings, "base_url", textOf(defaults, "base_url"));
    out.model = textOf(settings, "model", textOf(defaults, "model"));
    out.embeddingModel = textOf(settings, "embedding_model", textOf(defaults, "embedding_model"));
    out.dimensions = models::numberOf(settings, "dimensions");
    out.structured = structuredOf(settings);
    out.maxTokens = models::numberOf(settings, "max_tokens");
    out.temperature = models::isOn(settings, "temperature");
    out.seed = models::isOn(settings, "seed");
    out.prices = models::Prices::read(prices, settings);
    return out;
}

Settings Settings::read(const Json& given) {
    const Json settings = given.is_object() ? given : Json::object();
    auto out = readCommon(settings,
                          {{"base_url", "https://api.openai.com/v1"},
                           {"model", "gpt-4.1-mini"},
                           {"embedding_model", "text-embedding-3-small"}},
                          data::prices);
    out.tokenField = textOf(settings, "token_field", out.tokenField);
    out.vendor = {"the secret \"api_key\"", "the settings \"base_url\" and \"model\"", codeOf, {}, amend};
    addHeader(out, settings, "organization", "OpenAI-Organization");
    addHeader(out, settings, "project", "OpenAI-Project");
    return out;
}

}  // namespace overture::openai
