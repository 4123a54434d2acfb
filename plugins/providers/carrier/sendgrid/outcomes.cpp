#include "outcomes.hpp"

#include <charconv>

#include "overture/documents.hpp"

namespace overture::sendgrid {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

namespace {

/// Retry-After, or X-RateLimit-Reset: seconds since 1970.
std::optional<std::int64_t> waitOf(const HttpAnswer& answer, std::int64_t nowSeconds) {
    if (const auto wait = sdk::retryAfterMs(answer)) return wait;
    const auto reset = answer.header("X-RateLimit-Reset");
    std::int64_t at = 0;
    const auto [end, error] = std::from_chars(reset.data(), reset.data() + reset.size(), at);
    const bool whole = !reset.empty() && error == std::errc() && end == reset.data() + reset.size();
    if (!whole || at <= nowSeconds || at > nowSeconds + 86'400) return std::nullopt;
    return (at - nowSeconds) * 1000;
}

}  // namespace

Answer problemOf(const HttpAnswer& answer, std::int64_t nowSeconds) {
    if (!answer.sent)
        return Answer::no(Outcome::transient, "SendGrid was not reached: " + answer.error, "not_sent");
    if (!answer.answered)
        return Answer::no(Outcome::unknown, "SendGrid did not answer: " + answer.error, "no_answer");
    const auto code = std::to_string(answer.status);
    const auto said = "SendGrid answered " + code;
    if (answer.status == 429) {
        auto limited = Answer::no(Outcome::limited, said + ": it asks to slow down", code);
        limited.retryAfterMs = waitOf(answer, nowSeconds);
        return limited;
    }
    if (answer.status == 401)
        return Answer::no(Outcome::auth,
                          said + ": the API key is wrong or was revoked, or the account has no credits",
                          code);
    if (answer.status == 403)
        return Answer::no(Outcome::auth, said + ": the key may not send mail, or the sender is not verified",
                          code);
    if (answer.status == 413) return Answer::no(Outcome::invalid, said + ": the message is too large", code);
    if (answer.status == 408 || answer.status >= 500 || answer.status < 300)
        return Answer::no(Outcome::unknown, said + "; it may have taken the message", code);
    if (answer.status < 400) return Answer::no(Outcome::invalid, said + ", a redirect: check base_url", code);
    return Answer::no(Outcome::invalid, said, code);
}

}  // namespace overture::sendgrid
