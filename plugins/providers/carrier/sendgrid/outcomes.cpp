#include "outcomes.hpp"

#include <charconv>

#include "overture/vendor_answers.hpp"

namespace overture::sendgrid {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

namespace {

/// X-RateLimit-Reset: seconds since 1970.
std::optional<std::int64_t> untilReset(const HttpAnswer& answer, std::int64_t nowSeconds) {
    const auto reset = answer.header("X-RateLimit-Reset");
    std::int64_t at = 0;
    const auto [end, error] = std::from_chars(reset.data(), reset.data() + reset.size(), at);
    const bool whole = !reset.empty() && error == std::errc() && end == reset.data() + reset.size();
    if (!whole || at <= nowSeconds || at > nowSeconds + 86'400) return std::nullopt;
    return (at - nowSeconds) * 1000;
}

}  // namespace

Answer problemOf(const HttpAnswer& answer, std::int64_t nowSeconds) {
    if (auto none = sdk::unanswered(answer, "SendGrid")) return *none;
    const auto code = std::to_string(answer.status);
    const auto said = "SendGrid answered " + code;
    if (answer.status == 429)
        return sdk::limitedFor(answer, said + ": it asks to slow down", code, untilReset(answer, nowSeconds));
    if (answer.status == 401)
        return Answer::no(Outcome::auth,
                          said + ": the api_key is wrong or was revoked, or the account has no credits",
                          code);
    if (answer.status == 403)
        return Answer::no(Outcome::auth,
                          said + ": the api_key may not send mail, or the sender is not verified", code);
    return sdk::byStatus(answer, said, code, "api_key");
}

}  // namespace overture::sendgrid
