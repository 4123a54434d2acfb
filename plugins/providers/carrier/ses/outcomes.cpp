#include "outcomes.hpp"

#include <algorithm>
#include <array>

#include "overture/vendor_answers.hpp"

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

}  // namespace

Answer problemOf(const HttpAnswer& answer) {
    if (auto none = sdk::unanswered(answer, "SES")) return *none;
    const auto word = codeOf(answer);
    const auto code = word.empty() ? std::to_string(answer.status) : word;
    const auto said = sentence(answer, word);
    const auto found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                    [&](const Meaning& meaning) { return meaning.code == word; });
    if (found != kMeanings.end() && answer.status >= 400 && answer.status < 500) {
        const auto words = said + ": " + found->words;
        return found->outcome == Outcome::limited ? sdk::limitedFor(answer, words, code, found->waitMs)
                                                  : Answer::no(found->outcome, words, code);
    }
    if (answer.status == 429) return sdk::limitedFor(answer, said + ": it asks to slow down", code, 1'000);
    return sdk::byStatus(answer, said, code, "access_key_id, secret_access_key and their rights");
}

Answer readProblemOf(const HttpAnswer& answer) {
    return sdk::ofReading(problemOf(answer));
}

}  // namespace overture::ses
