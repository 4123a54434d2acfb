#include "anthropic/settings.hpp"

#include <map>

#include "data/anthropic.hpp"

namespace overture::anthropic {
namespace {

std::string codeOf(const sdk::HttpAnswer& http) {
    return textOf(models::errorIn(http.body), "type");
}

int statusOf(const sdk::HttpAnswer& http) {
    static const std::map<std::string, int> statuses{
        {"invalid_request_error", 400}, {"authentication_error", 401},
        {"billing_error", 402},         {"permission_error", 403},
        {"not_found_error", 404},       {"request_too_large", 413},
        {"rate_limit_error", 429},      {"api_error", 500},
        {"timeout_error", 504},         {"overloaded_error", 529}};
    const auto found = statuses.find(codeOf(http));
    return found == statuses.end() ? 0 : found->second;
}

/// Two things that the vendor says only in a sentence.
void amend(sdk::Answer& answer, const sdk::HttpAnswer& http) {
    if (http.status != 400) return;
    if (http.body.find("credit balance is too low") != std::string::npos) {
        answer.outcome = sdk::Outcome::auth;
        answer.message += ": the account has no credit left";
    } else if (http.body.find("prompt is too long") != std::string::npos) {
        answer.message += ": the conversation is longer than the model can read";
    }
}

}  // namespace

Settings Settings::read(const Json& given) {
    const Json settings = given.is_object() ? given : Json::object();
    Settings out;
    out.baseUrl = models::baseUrlOf(settings, "base_url", "https://api.anthropic.com");
    out.model = textOf(settings, "model", "claude-haiku-4-5");
    out.promptCache = textOf(settings, "prompt_cache", "off");
    out.schema = textOf(settings, "structured", "json_schema") != "none";
    out.temperature = models::isOn(settings, "temperature");
    out.maxTokens = models::numberOf(settings, "max_tokens").value_or(out.maxTokens);
    out.prices = models::Prices::read(data::prices, settings);
    return out;
}

const models::Vendor& vendor() {
    static const models::Vendor vendor{"the secret \"api_key\"", "the settings \"base_url\" and \"model\"",
                                       codeOf, statusOf, amend};
    return vendor;
}

}  // namespace overture::anthropic
