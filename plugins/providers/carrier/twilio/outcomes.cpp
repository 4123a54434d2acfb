#include "outcomes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "overture/vendor_answers.hpp"

namespace overture::twilio {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

namespace {

/// The error code in the body, or 0. Twilio: {"code": 21211, "message": …, "status": 400}.
std::int64_t codeOf(const HttpAnswer& answer) {
    return sdk::numberOf(sdk::parsed(answer.body), "code");
}

std::string sentence(const HttpAnswer& answer, std::int64_t code) {
    auto text = "Twilio answered " + std::to_string(answer.status);
    if (code != 0) text += " with error " + std::to_string(code);
    return text;
}

/// Refusals that no second try will change. Source: Twilio's error dictionary.
bool isFinal(std::int64_t code) {
    constexpr std::array<std::int64_t, 9> kFinal{
        21211,  // "To" is no valid number
        21214,  // "To" cannot be reached
        21612,  // no route between these two numbers
        21614,  // not a mobile number
        21635,  // a landline
        63003,  // "To" is not on WhatsApp
        63016,  // more than 24 hours since the person's last message: a template is needed
        63024,  // "To" is no valid WhatsApp number
        63049,  // held back, so that the person does not get too many marketing messages
    };
    return std::find(kFinal.begin(), kFinal.end(), code) != kFinal.end();
}

Answer clientError(const HttpAnswer& answer) {
    constexpr int kTooManyRequests = 20429, kQueueFull = 21611, kOptedOut = 21610, kRegionNotEnabled = 21408,
                  kWhatsAppTooFast = 63018;
    const auto number = codeOf(answer);
    const auto code = std::to_string(number == 0 ? answer.status : number);
    if (answer.status == 429 || number == kTooManyRequests || number == kQueueFull ||
        number == kWhatsAppTooFast)
        return sdk::limitedFor(answer, "Twilio asks to slow down (" + std::to_string(answer.status) + ")",
                               code);
    if (answer.status == 401 || answer.status == 403)
        return Answer::no(Outcome::auth,
                          sentence(answer, number) + ": check account_sid and auth_token, or the API key",
                          code);
    if (number == kRegionNotEnabled)
        return Answer::no(Outcome::auth,
                          sentence(answer, number) + ": allow this region in the account's settings", code);
    if (number == kOptedOut)
        return Answer::no(Outcome::rejected, sentence(answer, number) + ": the recipient opted out",
                          "opted_out");
    if (isFinal(number))
        return Answer::no(Outcome::rejected,
                          sentence(answer, number) + ": the number cannot get this message", code);
    return Answer::no(Outcome::invalid, sentence(answer, number), code);
}

}  // namespace

Answer problemOf(const HttpAnswer& answer) {
    if (auto none = sdk::unanswered(answer, "Twilio")) return *none;
    if (answer.status >= 400 && answer.status < 500 && answer.status != 408) return clientError(answer);
    return sdk::byStatus(answer, sentence(answer, codeOf(answer)), std::to_string(answer.status), "");
}

Answer readProblemOf(const HttpAnswer& answer) {
    return sdk::ofReading(problemOf(answer));
}

bool isOfNoUse(std::string_view code) {
    return code == "63003" || code == "63024";
}

std::string_view statusOf(std::string_view twilioStatus) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kStatuses{{
        {"accepted", "queued"},
        {"scheduled", "queued"},
        {"queued", "queued"},
        {"sending", "queued"},
        {"sent", "sent"},
        {"partially_delivered", "sent"},
        {"delivered", "delivered"},
        {"read", "read"},
        {"undelivered", "undelivered"},
        {"failed", "failed"},
        {"canceled", "failed"},
        {"received", "delivered"},
    }};
    for (const auto& [theirs, ours] : kStatuses)
        if (theirs == twilioStatus) return ours;
    return "queued";
}

}  // namespace overture::twilio
