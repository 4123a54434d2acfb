#include "outcomes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace overture::twilio {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;

namespace {

/// The error code in the body, or 0. Twilio: {"code": 21211, "message": …, "status": 400}.
int codeOf(const HttpAnswer& answer) {
    const auto body = Json::parse(answer.body, nullptr, false);
    if (!body.is_object()) return 0;
    const auto code = body.find("code");
    return code != body.end() && code->is_number_integer() ? code->get<int>() : 0;
}

std::string sentence(const HttpAnswer& answer, int code) {
    auto text = "Twilio answered " + std::to_string(answer.status);
    if (code != 0) text += " with error " + std::to_string(code);
    return text;
}

Answer limited(const HttpAnswer& answer, const std::string& code) {
    auto result = Answer::no(Outcome::limited,
                             "Twilio asks to slow down (" + std::to_string(answer.status) + ")", code);
    const auto wish = answer.header("Retry-After");
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(wish.data(), wish.data() + wish.size(), seconds);
    const bool whole = !wish.empty() && error == std::errc() && end == wish.data() + wish.size();
    if (whole && seconds >= 0 && seconds <= 86400) result.retryAfterMs = seconds * 1000;
    return result;
}

/// Refusals that no second try will change. Source: Twilio's error dictionary.
bool isFinal(int code) {
    constexpr std::array<int, 9> kFinal{
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
    const int number = codeOf(answer);
    const auto code = std::to_string(number == 0 ? answer.status : number);
    if (answer.status == 429 || number == kTooManyRequests || number == kQueueFull ||
        number == kWhatsAppTooFast)
        return limited(answer, code);
    if (answer.status == 401 || answer.status == 403)
        return Answer::no(Outcome::auth,
                          sentence(answer, number) + ": check the account sid and its token or key", code);
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
    if (!answer.sent)
        return Answer::no(Outcome::transient, "Twilio was not reached: " + answer.error, "not_sent");
    if (!answer.answered)
        return Answer::no(Outcome::unknown, "Twilio did not answer: " + answer.error, "no_answer");
    if (answer.status == 408 || answer.status >= 500 || answer.status < 300)
        return Answer::no(Outcome::unknown,
                          sentence(answer, codeOf(answer)) + "; it may have taken the message",
                          std::to_string(answer.status));
    if (answer.status < 400)
        return Answer::no(Outcome::invalid, sentence(answer, 0) + ", a redirect: check base_url",
                          std::to_string(answer.status));
    return clientError(answer);
}

Answer readProblemOf(const HttpAnswer& answer) {
    auto problem = problemOf(answer);
    if (problem.outcome != Outcome::unknown) return problem;
    problem.outcome = Outcome::transient;
    problem.message = answer.answered ? sentence(answer, codeOf(answer)) : problem.message;
    return problem;
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
