#include "outcomes.hpp"

#include <algorithm>
#include <array>

#include "overture/documents.hpp"

namespace overture::ses {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

namespace {

struct Meaning {
    std::string_view code;
    Outcome outcome;
    const char* words;
    std::int64_t waitMs = 0;
};

constexpr std::array<Meaning, 14> kMeanings{{
    {"TooManyRequestsException", Outcome::limited, "it asks to slow down", 1'000},
    {"ThrottlingException", Outcome::limited, "it asks to slow down", 1'000},
    {"LimitExceededException", Outcome::limited, "the account's quota of a day is used up", 3'600'000},
    {"AccountSuspendedException", Outcome::auth, "the account may send no more: look at its reputation"},
    {"SendingPausedException", Outcome::auth, "sending is paused for the account or the configuration set"},
    {"MailFromDomainNotVerifiedException", Outcome::auth, "the MAIL FROM domain is not verified"},
    {"MessageRejected", Outcome::auth,
     "it takes no such message: the sender is not verified, or the account is in the sandbox"},
    {"AccessDeniedException", Outcome::auth, "the key may not do this"},
    {"ExpiredTokenException", Outcome::auth, "the temporary credentials are over"},
    {"InvalidClientTokenId", Outcome::auth, "there is no such access key"},
    {"UnrecognizedClientException", Outcome::auth, "there is no such access key"},
    {"InvalidSignatureException", Outcome::auth,
     "the signature is not right: check secret_access_key and the clock"},
    {"NotFoundException", Outcome::invalid, "there is no such configuration set"},
    {"BadRequestException", Outcome::invalid, "the request is not right"},
}};

/// "TooManyRequestsException:http://…" in the header, or "com.amazon…#BadRequestException" in the body.
std::string codeOf(const HttpAnswer& answer) {
    auto code = answer.header("x-amzn-ErrorType");
    if (code.empty()) {
        const auto body = sdk::parsed(answer.body);
        code = sdk::textOf(body, "__type");
        if (code.empty()) code = sdk::textOf(body, "code");
    }
    code = code.substr(0, code.find(':'));
    if (const auto hash = code.find('#'); hash != std::string::npos) code = code.substr(hash + 1);
    const bool isWord = code.size() <= 80 && std::all_of(code.begin(), code.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                        });
    return isWord ? code : std::string();
}

std::string sentence(const HttpAnswer& answer, const std::string& code) {
    return "SES answered " + std::to_string(answer.status) + (code.empty() ? "" : " (" + code + ")");
}

Answer limited(const HttpAnswer& answer, const std::string& message, const std::string& code,
               std::int64_t wait) {
    auto result = Answer::no(Outcome::limited, message, code);
    result.retryAfterMs = sdk::retryAfterMs(answer).value_or(wait);
    return result;
}

}  // namespace

Answer problemOf(const HttpAnswer& answer) {
    if (!answer.sent)
        return Answer::no(Outcome::transient, "SES was not reached: " + answer.error, "not_sent");
    if (!answer.answered)
        return Answer::no(Outcome::unknown, "SES did not answer: " + answer.error, "no_answer");
    const auto word = codeOf(answer);
    const auto code = word.empty() ? std::to_string(answer.status) : word;
    const auto said = sentence(answer, word);
    const auto found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                    [&](const Meaning& meaning) { return meaning.code == word; });
    if (found != kMeanings.end() && answer.status >= 400 && answer.status < 500) {
        const auto words = said + ": " + found->words;
        return found->outcome == Outcome::limited ? limited(answer, words, code, found->waitMs)
                                                  : Answer::no(found->outcome, words, code);
    }
    if (answer.status == 429) return limited(answer, said + ": it asks to slow down", code, 1'000);
    if (answer.status == 401 || answer.status == 403)
        return Answer::no(Outcome::auth, said + ": check the access key and its rights", code);
    if (answer.status == 413) return Answer::no(Outcome::invalid, said + ": the message is too large", code);
    if (answer.status == 408 || answer.status >= 500 || answer.status < 300)
        return Answer::no(Outcome::unknown, said + "; it may have taken the message", code);
    if (answer.status < 400) return Answer::no(Outcome::invalid, said + ", a redirect: check base_url", code);
    return Answer::no(Outcome::invalid, said, code);
}

Answer readProblemOf(const HttpAnswer& answer) {
    auto problem = problemOf(answer);
    if (problem.outcome != Outcome::unknown) return problem;
    problem.outcome = Outcome::transient;
    if (answer.answered) problem.message = sentence(answer, codeOf(answer));
    return problem;
}

}  // namespace overture::ses
