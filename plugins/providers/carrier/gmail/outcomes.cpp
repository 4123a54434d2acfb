#include "outcomes.hpp"

#include <algorithm>
#include <array>

#include "overture/vendor_answers.hpp"

namespace overture::gmail {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

namespace {

struct Meaning {
    std::string_view reason;
    Outcome outcome;
    const char* words;
    std::int64_t waitMs = 0;
};

constexpr std::array<Meaning, 14> kMeanings{{
    {"rateLimitExceeded", Outcome::limited, "it asks to slow down", 10'000},
    {"userRateLimitExceeded", Outcome::limited, "it asks to slow down", 10'000},
    {"quotaExceeded", Outcome::limited, "a quota is used up", 60'000},
    {"dailyLimitExceeded", Outcome::limited, "the project's quota of a day is used up", 3'600'000},
    {"authError", Outcome::auth, "it does not take the token; grant access anew"},
    {"insufficientPermissions", Outcome::auth, "the scope gmail.modify was not granted"},
    {"accessNotConfigured", Outcome::auth, "the Gmail API is not enabled in the project"},
    {"domainPolicy", Outcome::auth, "the domain's administrators do not allow this client"},
    {"delegationDenied", Outcome::auth, "access to this mailbox was not granted"},
    {"failedPrecondition", Outcome::auth, "the account has no Gmail, or it is turned off"},
    {"forbidden", Outcome::auth, "the client may not do this"},
    {"invalidArgument", Outcome::invalid, "the request is not right"},
    {"badRequest", Outcome::invalid, "the request is not right"},
    {"notFound", Outcome::invalid, "it is not there"},
}};

/// {"error": {"errors": [{"reason"}], "status"}}
std::string reasonOf(const HttpAnswer& answer) {
    const auto document = sdk::parsed(answer.body);
    const auto& error = sdk::objectIn(document, "error");
    const auto& errors = sdk::listIn(error, "errors");
    auto reason = errors.empty() ? std::string() : sdk::textOf(errors[0], "reason");
    if (reason.empty()) reason = sdk::textOf(error, "status");
    const bool isWord = reason.size() <= 60 && std::all_of(reason.begin(), reason.end(), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
                        });
    return isWord ? reason : std::string();
}

}  // namespace

Answer problemOf(const HttpAnswer& answer) {
    if (auto none = sdk::unanswered(answer, "Gmail")) return *none;
    const auto reason = reasonOf(answer);
    const auto status = std::to_string(answer.status);
    const auto code = reason.empty() ? status : reason;
    const auto said = "Gmail answered " + status + (reason.empty() ? "" : " (" + reason + ")");
    const auto found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                    [&](const Meaning& meaning) { return meaning.reason == reason; });
    if (found != kMeanings.end() && answer.status >= 400 && answer.status < 500) {
        const auto words = said + ": " + found->words;
        return found->outcome == Outcome::limited ? sdk::limitedFor(answer, words, code, found->waitMs)
                                                  : Answer::no(found->outcome, words, code);
    }
    return sdk::byStatus(answer, said, code,
                         "the grant and its scope, and put the new refresh_token into the binding");
}

}  // namespace overture::gmail
