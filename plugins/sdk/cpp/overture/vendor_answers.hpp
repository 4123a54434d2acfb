// What the answer of a vendor's HTTP API means to an operation that must not happen twice, where the vendor's own code says
// nothing else. One place, because a wrong `transient` is a second text on somebody's phone.
#pragma once

#include "overture/documents.hpp"

namespace overture::sdk {

inline constexpr std::string_view kMayHaveTaken = "; it may have taken the message";

/// An answer that never came: transient when no byte of the request left, otherwise unknown. Nothing when there is an answer.
inline std::optional<Answer> unanswered(const HttpAnswer& answer, const std::string& vendor) {
    if (!answer.sent)
        return Answer::no(Outcome::transient, vendor + " was not reached: " + answer.error, "not_sent");
    if (!answer.answered)
        return Answer::no(Outcome::unknown, vendor + " did not answer: " + answer.error, "no_answer");
    return std::nullopt;
}

/// To be asked again after Retry-After, or else after `otherwise`.
inline Answer limitedFor(const HttpAnswer& answer, const std::string& message, const std::string& code,
                         std::optional<std::int64_t> otherwise = std::nullopt) {
    auto limited = Answer::no(Outcome::limited, message, code);
    limited.retryAfterMs = retryAfterMs(answer);
    if (!limited.retryAfterMs) limited.retryAfterMs = otherwise;
    return limited;
}

/// By the status alone, of an answer that is no success. `said` begins the sentence for operators ("Acme answered 500"),
/// `credentials` is what they look at when the vendor does not take them.
inline Answer byStatus(const HttpAnswer& answer, const std::string& said, const std::string& code,
                       const std::string& credentials) {
    if (answer.status == 429) return limitedFor(answer, said + ": it asks to slow down", code);
    if (answer.status == 401 || answer.status == 403)
        return Answer::no(Outcome::auth, said + ": check " + credentials, code);
    if (answer.status == 413) return Answer::no(Outcome::invalid, said + ": the message is too large", code);
    if (answer.status == 408 || answer.status >= 500 || answer.status < 300)
        return Answer::no(Outcome::unknown, said + std::string(kMayHaveTaken), code);
    if (answer.status < 400) return Answer::no(Outcome::invalid, said + ", a redirect: check base_url", code);
    return Answer::no(Outcome::invalid, said, code);
}

/// The same of an operation that changes nothing and may be asked again: what is unknown is transient.
inline Answer ofReading(Answer problem) {
    if (problem.outcome != Outcome::unknown) return problem;
    problem.outcome = Outcome::transient;
    if (problem.message.ends_with(kMayHaveTaken))
        problem.message.resize(problem.message.size() - kMayHaveTaken.size());
    return problem;
}

}  // namespace overture::sdk
