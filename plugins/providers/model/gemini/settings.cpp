#include "gemini/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "data/gemini.hpp"

namespace overture::gemini {
namespace {

using models::partOf;

constexpr std::int64_t kThoughtsUnasked = 4096;  ///< of a model that does not take a budget

/// The detail of an error whose "@type" ends so, or nothing.
Json detailOf(const Json& error, const std::string& type) {
    for (const auto& detail : partOf(error, "details"))
        if (textOf(detail, "@type").ends_with(type)) return detail;
    return nullptr;
}

std::string codeOf(const sdk::HttpAnswer& http) {
    const auto error = models::errorIn(http.body);
    return textOf(detailOf(error, "ErrorInfo"), "reason", textOf(error, "status"));
}

int statusOf(const sdk::HttpAnswer& http) {
    const auto status = models::countOf(models::errorIn(http.body), "code");
    return status < 600 ? static_cast<int>(status) : 0;
}

/// "34s", "1.5s".
std::optional<std::int64_t> waitIn(const Json& error) {
    const auto text = textOf(detailOf(error, "RetryInfo"), "retryDelay");
    char* end = nullptr;
    const auto seconds = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || std::string_view(end) != "s" || !std::isfinite(seconds) || seconds < 0)
        return std::nullopt;
    return static_cast<std::int64_t>(std::min(seconds * 1000, 86'400'000.0));
}

/// A wrong key, and a project that may not, come as 400.
void amend(sdk::Answer& answer, const sdk::HttpAnswer& http) {
    const auto error = models::errorIn(http.body);
    const bool retryLater =
        answer.outcome == sdk::Outcome::limited || answer.outcome == sdk::Outcome::transient;
    if (retryLater && !answer.retryAfterMs) answer.retryAfterMs = waitIn(error);
    if (http.status != 400) return;
    if (answer.code == "API_KEY_INVALID" || textOf(error, "status") == "FAILED_PRECONDITION") {
        answer.outcome = sdk::Outcome::auth;
        answer.message += ": check the secret \"api_key\", its project's billing and place";
    } else if (http.body.find("input token count") != std::string::npos) {
        answer.message += ": the conversation is longer than the model can read";
    }
}

}  // namespace

Settings Settings::read(const Json& given) {
    const Json settings = given.is_object() ? given : Json::object();
    Settings out;
    out.baseUrl = models::baseUrlOf(settings, "base_url", "https://generativelanguage.googleapis.com/v1beta");
    out.model = textOf(settings, "model", "gemini-2.5-flash");
    out.embeddingModel = textOf(settings, "embedding_model", "gemini-embedding-001");
    out.dimensions = models::numberOf(settings, "dimensions");
    out.schema = textOf(settings, "structured", "json_schema") != "none";
    out.temperature = models::isOn(settings, "temperature");
    out.seed = models::isOn(settings, "seed");
    out.maxTokens = models::numberOf(settings, "max_tokens").value_or(out.maxTokens);
    out.thinkingBudget = models::numberOf(settings, "thinking_budget").value_or(out.thinkingBudget);
    out.prices = models::Prices::read(data::prices, settings);
    return out;
}

std::int64_t Settings::thoughts() const {
    return tellsThinking ? thinkingBudget : kThoughtsUnasked;
}

const models::Vendor& vendor() {
    static const models::Vendor vendor{"the secret \"api_key\"", "the settings \"base_url\" and \"model\"",
                                       codeOf, statusOf, amend};
    return vendor;
}

std::string pathOf(const std::string& model) {
    return model.find('/') == std::string::npos ? "models/" + model : model;
}

sdk::HttpRequest postTo(const sdk::Host& host, const Settings& settings, const std::string& model,
                        const std::string& method, const Json& body, std::int64_t deadlineMs) {
    const auto path = pathOf(model);
    const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
        return (c < 128 && std::isalnum(c)) || c == '-' || c == '_' || c == '.' || c == '/';
    });
    if (!plain)
        throw sdk::Refused(sdk::Outcome::invalid, "the model \"" + model +
                                                      "\" has other characters than letters, digits, "
                                                      "\"-\", \"_\", \".\" and \"/\"");
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = settings.baseUrl + "/" + path + ":" + method;
    request.headers = {{"Content-Type", "application/json"},
                       {"Accept", "application/json"},
                       {"x-goog-api-key", host.secret("api_key").value_or("")}};
    request.body = models::toText(body);
    request.deadlineMs = deadlineMs;
    return request;
}

}  // namespace overture::gemini
