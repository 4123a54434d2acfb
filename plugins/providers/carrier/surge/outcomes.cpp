#include "outcomes.hpp"

#include <algorithm>

#include "overture/documents.hpp"

namespace overture::surge {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

namespace {

/// {"error": {"type": "…"}}, when it is a word.
std::string typeOf(const HttpAnswer& answer) {
    const auto body = sdk::parsed(answer.body);
    auto type = sdk::textOf(sdk::objectIn(body, "error"), "type");
    const bool isWord =
        !type.empty() && type.size() <= 64 && std::all_of(type.begin(), type.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
        });
    return isWord ? type : std::string();
}

}  // namespace

Answer problemOf(const HttpAnswer& answer) {
    if (!answer.sent)
        return Answer::no(Outcome::transient, "Surge was not reached: " + answer.error, "not_sent");
    if (!answer.answered)
        return Answer::no(Outcome::unknown, "Surge did not answer: " + answer.error, "no_answer");
    const auto type = typeOf(answer);
    const auto code = type.empty() ? std::to_string(answer.status) : type;
    const auto said =
        "Surge answered " + std::to_string(answer.status) + (type.empty() ? "" : " (" + type + ")");
    if (answer.status == 429) {
        auto limited = Answer::no(Outcome::limited, said + ": it asks to slow down", code);
        limited.retryAfterMs = sdk::retryAfterMs(answer);
        return limited;
    }
    if (type.find("opted_out") != std::string::npos)
        return Answer::no(Outcome::rejected, said + ": the recipient opted out", "opted_out");
    if (answer.status == 401 || answer.status == 403)
        return Answer::no(Outcome::auth, said + ": check api_key and account_id", code);
    if (answer.status == 402) return Answer::no(Outcome::auth, said + ": the account has to pay", code);
    if (answer.status == 408 || answer.status >= 500 || answer.status < 300)
        return Answer::no(Outcome::unknown, said + "; it may have taken the message", code);
    if (answer.status < 400) return Answer::no(Outcome::invalid, said + ", a redirect: check base_url", code);
    return Answer::no(Outcome::invalid, said, code);
}

Answer readProblemOf(const HttpAnswer& answer) {
    auto problem = problemOf(answer);
    if (problem.outcome != Outcome::unknown) return problem;
    problem.outcome = Outcome::transient;
    if (answer.answered) problem.message = "Surge answered " + std::to_string(answer.status);
    return problem;
}

}  // namespace overture::surge
