#include "outcomes.hpp"

#include <algorithm>
#include <array>

#include "overture/vendor_answers.hpp"

namespace overture::meta {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;

namespace {

struct Meaning {
    std::int64_t code;
    Outcome outcome;
    const char* words;
    std::int64_t waitMs = 0;
};

// Source: "Error codes" of the WhatsApp Business Platform.
constexpr std::array<Meaning, 43> kMeanings{{
    {0, Outcome::auth, "the token is not valid any more: make a new one"},
    {2, Outcome::transient, "the service is overloaded or down for a while"},
    {3, Outcome::auth, "the token lacks a permission"},
    {4, Outcome::limited, "the app's rate limit is reached", 60'000},
    {10, Outcome::auth, "the token lacks a permission"},
    {33, Outcome::auth, "the phone number id is not there, or not this token's"},
    {100, Outcome::invalid, "a parameter is not right"},
    {190, Outcome::auth, "the token has expired or was revoked: make a new one"},
    {368, Outcome::auth, "the account is blocked for a policy violation: look into Business Support"},
    {613, Outcome::limited, "a rate limit is reached", 60'000},
    {80007, Outcome::limited, "the account's rate limit is reached", 60'000},
    {130429, Outcome::limited, "the number sends faster than it may", 10'000},
    {130472, Outcome::rejected, "the person is in an experiment and gets no marketing messages"},
    {130497, Outcome::rejected, "the account may not write to this country"},
    {131005, Outcome::auth, "the token lacks a permission"},
    {131008, Outcome::invalid, "a parameter is missing"},
    {131009, Outcome::invalid, "a parameter is not right"},
    {131016, Outcome::transient, "the service is not there for a while"},
    {131021, Outcome::rejected, "sender and recipient are the same number"},
    {131026, Outcome::rejected,
     "the number cannot get WhatsApp messages: not on WhatsApp, too old, or its terms not accepted"},
    {131031, Outcome::auth, "the account is locked: look into Business Support"},
    {131037, Outcome::auth, "the number's display name is not approved yet"},
    {131042, Outcome::auth, "the account's payment method does not work"},
    {131045, Outcome::auth, "the number is not registered: register it again"},
    {131047, Outcome::rejected, "more than 24 hours since the person's last message: a template is needed"},
    {131048, Outcome::auth,
     "too many messages were blocked or reported: look at the number's quality before sending more"},
    {131049, Outcome::rejected, "held back, so that the person does not get too many marketing messages"},
    {131050, Outcome::rejected, "the person wants no marketing messages from this business"},
    {131051, Outcome::invalid, "the type of message is not supported"},
    {131052, Outcome::rejected, "the person's media could not be fetched"},
    {131053, Outcome::invalid, "the media could not be taken"},
    {131056, Outcome::limited, "too many messages to this person in a short time", 60'000},
    {132000, Outcome::invalid, "the template wants another number of variables"},
    {132001, Outcome::invalid, "there is no approved template of that name in that language"},
    {132005, Outcome::invalid, "the template filled in is too long"},
    {132007, Outcome::invalid, "the template violates a policy"},
    {132012, Outcome::invalid, "a variable of the template has the wrong format"},
    {132015, Outcome::invalid, "the template is paused for low quality"},
    {132016, Outcome::invalid, "the template is disabled for low quality"},
    {133004, Outcome::transient, "the service is not there for a while"},
    {133010, Outcome::auth, "the number is not registered on the platform"},
    {133015, Outcome::auth, "the number was deleted, and is not gone yet"},
    {135000, Outcome::invalid, "the message is not right"},
}};

std::int64_t codeOf(const HttpAnswer& answer) {
    const auto body = sdk::parsed(answer.body);
    const auto& error = sdk::objectIn(body, "error");
    return error.contains("code") ? sdk::numberOf(error, "code") : -1;
}

const Meaning* meaningOf(std::int64_t code) {
    const auto found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                    [&](const Meaning& meaning) { return meaning.code == code; });
    return found == kMeanings.end() ? nullptr : &*found;
}

std::string sentence(const HttpAnswer& answer, std::int64_t code) {
    auto text = "Meta answered " + std::to_string(answer.status);
    if (code >= 0) text += " with error " + std::to_string(code);
    return text;
}

}  // namespace

Answer problemOf(const HttpAnswer& answer) {
    if (auto none = sdk::unanswered(answer, "Meta")) return *none;
    const auto number = codeOf(answer);
    const auto code = std::to_string(number >= 0 ? number : answer.status);
    const auto said = sentence(answer, number);
    if (const auto* meaning = meaningOf(number)) {
        const auto words = said + ": " + meaning->words;
        return meaning->outcome == Outcome::limited ? sdk::limitedFor(answer, words, code, meaning->waitMs)
                                                    : Answer::no(meaning->outcome, words, code);
    }
    if (number >= 200 && number <= 299)
        return Answer::no(Outcome::auth, said + ": the token lacks a permission", code);
    if (answer.status == 429) return sdk::limitedFor(answer, said + ": it asks to slow down", code, 60'000);
    return sdk::byStatus(answer, said, code, "access_token");
}

Answer readProblemOf(const HttpAnswer& answer) {
    return sdk::ofReading(problemOf(answer));
}

bool isOfNoUse(std::int64_t code) {
    return code == 131026 || code == 131021 || code == 130497 || code == 131050;
}

}  // namespace overture::meta
