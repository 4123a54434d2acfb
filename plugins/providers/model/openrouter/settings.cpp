#include "openrouter/settings.hpp"

#include "data/openrouter.hpp"

namespace overture::openrouter {
namespace {

using models::isSet;
using models::partOf;
using models::textOf;
using sdk::Json;

/// Whoever keeps what is sent is asked only when the settings say so.
Json providerOf(const Json& settings) {
    auto provider = isSet(settings, "provider") ? settings["provider"] : Json::object();
    if (!isSet(provider, "data_collection")) provider["data_collection"] = "deny";
    if (isSet(provider, "max_price"))
        for (auto& price : provider["max_price"]) price = price.dump();
    return provider;
}

/// error.metadata.error_type is a word; error.code is the status.
std::string codeOf(const sdk::HttpAnswer& http) {
    const auto error = models::errorIn(http.body);
    return textOf(partOf(error, "metadata"), "error_type", textOf(error, "code"));
}

int statusOf(const sdk::HttpAnswer& http) {
    const auto status = models::countOf(models::errorIn(http.body), "code");
    return status < 600 ? static_cast<int>(status) : 0;
}

/// 403 is a key that may not, or a prompt that a moderator stopped; the latter says so in its metadata.
void amend(sdk::Answer& answer, const sdk::HttpAnswer& http) {
    const auto error = models::errorIn(http.body);
    const auto& metadata = partOf(error, "metadata");
    const bool moderated = isSet(metadata, "reasons") || isSet(metadata, "patterns") ||
                           answer.code == "content_policy_violation" || answer.code == "refusal";
    if (http.status == 403 && moderated) {
        answer.outcome = sdk::Outcome::rejected;
        answer.message = "moderation refused what was sent to the model";
    } else if (answer.code == "context_length_exceeded") {
        answer.message += ": the conversation is longer than the model can read";
    }
}

}  // namespace

openai::Settings readSettings(const Json& given) {
    const Json settings = given.is_object() ? given : Json::object();
    auto out = openai::Settings::readCommon(settings,
                                            {{"base_url", "https://openrouter.ai/api/v1"},
                                             {"model", "openai/gpt-4.1-mini"},
                                             {"embedding_model", "openai/text-embedding-3-small"}},
                                            data::prices);
    out.reportsCost = true;
    out.vendor = {"the secret \"api_key\"", "the settings \"base_url\", \"model\" and \"provider\"", codeOf,
                  statusOf, amend};
    out.chatFields["provider"] = out.embeddingFields["provider"] = providerOf(settings);
    if (isSet(settings, "fallback_models")) out.chatFields["models"] = settings["fallback_models"];
    if (const auto kept = textOf(settings, "prompt_cache", "off"); kept != "off") {
        out.chatFields["cache_control"] = {{"type", "ephemeral"}, {"ttl", kept}};
        out.writesCache = true;
    }
    if (const auto site = textOf(settings, "site_url"); !site.empty())
        out.headers.emplace_back("HTTP-Referer", site);
    if (const auto name = textOf(settings, "app_name"); !name.empty())
        out.headers.emplace_back("X-OpenRouter-Title", name);
    return out;
}

}  // namespace overture::openrouter
