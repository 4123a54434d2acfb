#include "common/outcomes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <overture/json_text.hpp>

namespace overture::models {
namespace {

using sdk::Answer;
using sdk::Outcome;

std::optional<std::int64_t> milliseconds(const std::string& header, double factor) {
    if (header.empty()) return std::nullopt;
    char* end = nullptr;
    const double value = std::strtod(header.c_str(), &end);
    if (end == header.c_str() || *end != '\0' || !std::isfinite(value) || value < 0) return std::nullopt;
    return static_cast<std::int64_t>(std::min(value * factor, 86'400'000.0));
}

std::optional<std::int64_t> retryAfter(const sdk::HttpAnswer& http) {
    if (const auto exact = milliseconds(http.header("retry-after-ms"), 1)) return exact;
    return milliseconds(http.header("retry-after"), 1000);
}

}  // namespace

Json errorIn(const std::string& body) {
    const auto document = json_text::readOrDiscard(body);
    if (!document.is_object()) return Json::object();
    const auto& error = partOf(document, "error");
    return error.is_object() ? error : document;
}

std::string plainWord(std::string code) {
    const bool plain = code.size() <= 60 && std::all_of(code.begin(), code.end(), [](unsigned char c) {
                           return std::isalnum(c) || c == '_' || c == '-' || c == '.';
                       });
    return plain ? code : std::string();
}

bool blames(const sdk::HttpAnswer& http, std::string_view name) {
    if (http.status != 400 && http.status != 422) return false;
    return http.body.find(name) != std::string::npos;
}

Answer refused(const Vendor& vendor, const sdk::HttpAnswer& http) {
    const auto code = plainWord(vendor.codeOf(http));
    const auto status = "the model's server answered " + std::to_string(http.status) +
                        (code.empty() ? "" : " (" + code + ")");
    auto answer = Answer::no(Outcome::invalid, status, code.empty() ? std::to_string(http.status) : code);
    if (http.status == 401 || http.status == 403) {
        answer.outcome = Outcome::auth;
        answer.message += ": check " + vendor.credentials + " and what it may use";
    } else if (http.status == 402) {
        answer.outcome = Outcome::auth;
        answer.message += ": the account has no credit left";
    } else if (http.status == 429) {
        answer.outcome = Outcome::limited;
        answer.retryAfterMs = retryAfter(http);
    } else if (http.status >= 500 || http.status == 408 || http.status == 409 || http.status == 425) {
        answer.outcome = Outcome::transient;
        answer.retryAfterMs = retryAfter(http);
    } else if (http.status == 404) {
        answer.message += ": check " + vendor.place;
    } else if (http.status < 400) {
        answer.outcome = Outcome::transient;
    }
    if (vendor.amend) vendor.amend(answer, http);
    return answer;
}

/// An error in a body that began as an answer.
Answer brokenOff(const Vendor& vendor, sdk::HttpAnswer http) {
    const auto status = vendor.statusOf ? vendor.statusOf(http) : 0;
    if (status < 400)
        return Answer::no(Outcome::transient, "the model's server reported an error in place of an answer",
                          plainWord(vendor.codeOf(http)));
    http.status = status;
    return refused(vendor, http);
}

std::optional<Answer> trouble(const Vendor& vendor, const sdk::HttpAnswer& http, Json& document) {
    if (!http.sent)
        return Answer::no(Outcome::transient, "the model's server could not be reached: " + http.error);
    if (http.status >= 300) return refused(vendor, http);
    if (!http.answered)
        return Answer::no(Outcome::unknown, "the model's server gave no whole answer: " + http.error);
    if (http.status != 200) return refused(vendor, http);
    document = json_text::readOrDiscard(http.body);
    if (document.is_discarded())
        return Answer::no(Outcome::unknown, "the model's server sent a body that is not whole JSON");
    if (isSet(document, "error")) return brokenOff(vendor, http);
    return std::nullopt;
}

}  // namespace overture::models
