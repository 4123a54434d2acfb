#include "carrier.hpp"

#include <algorithm>

#include "webhook.hpp"

namespace overture::smtp {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;

namespace {

constexpr std::int64_t kMarginMs = 500;  // of a call's deadline, to say goodbye in

std::string textOf(const Json& document, const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Of a reply only its numbers are told on: servers put addresses into their words.
std::string codeOf(const Said& said) {
    auto text = said.reply.substr(0, said.reply.find_first_not_of("0123456789. -"));
    std::replace(text.begin(), text.end(), '-', ' ');
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

bool isNotBelieved(CURLcode result) {
    return result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE ||
           result == CURLE_USE_SSL_FAILED || result == CURLE_SSL_ISSUER_ERROR;
}

/// A sign-in that was refused, or a server that wants none of us.
bool isShutOut(const Said& said) {
    if (said.code / 100 == 4) return false;
    if (said.result == CURLE_LOGIN_DENIED || said.command == "AUTH") return true;
    if (said.code == 530 || said.code == 534 || said.code == 535 || said.code == 538) return true;
    const bool greeting = said.command.empty() || said.command == "EHLO" || said.command == "HELO";
    return greeting && said.code / 100 == 5;
}

}  // namespace

Answer failure(const Said& said) {
    const auto code = codeOf(said);
    const auto where = said.command.empty() ? std::string("before any command") : "after " + said.command;
    const auto why = std::string(curl_easy_strerror(said.result));
    const bool replied = said.code / 100 == 4 || said.code / 100 == 5;
    if (said.handedOver && !replied)
        return Answer::no(Outcome::unknown,
                          "the connection ended before the server took the message: " + why);
    if (isNotBelieved(said.result))
        return Answer::no(Outcome::auth, "the connection is not safe: " + why, code);
    if (isShutOut(said)) return Answer::no(Outcome::auth, "the server does not let us in " + where, code);
    if (said.code / 100 == 5) return Answer::no(Outcome::rejected, "the server refused " + where, code);
    if (said.code / 100 == 4)
        return Answer::no(Outcome::transient, "the server asks to try later " + where, code);
    return Answer::no(Outcome::transient, "the server was not reached " + where + ": " + why, code);
}

Answer Carrier::send(const Json& request, const sdk::Call& call) {
    const auto parts = request.find("parts");
    const bool made = parts != request.end() && parts->is_array() && parts->size() == 1 &&
                      !textOf(parts->front(), "mime").empty() &&
                      !textOf(parts->front(), "message_id").empty();
    if (!made) return Answer::no(Outcome::invalid, "the request has no message made by the email channel");
    const auto to = addressOf(textOf(request, "to"), "the recipient");
    const auto from = addressOf(textOf(request, "from"), "the sender");
    Talk talk(settings_.submission, "smtp", call.deadlineMs - kMarginMs);
    const auto id = textOf(parts->front(), "message_id");
    const auto said = talk.submit({settings_.bouncesTo.empty() ? from : settings_.bouncesTo, to, id},
                                  textOf(parts->front(), "mime"), settings_.hello);
    if (!said.ok()) return failure(said);
    return Answer::ok({{"reference", id}, {"status", "sent"}});
}

Answer Carrier::lookup(const Json&, const sdk::Call& call) {
    Talk talk(settings_.submission, "smtp", call.deadlineMs - kMarginMs);
    const auto said = talk.command("NOOP", false, settings_.hello);
    if (!said.ok()) return failure(said);
    return Answer::ok({{"found", false}, {"trusted", false}});
}

Answer Carrier::webhook(const Json& request, const sdk::Call&) {
    return receivedMail(request, settings_.webhookSecret, host_.nowMicros() / 1'000'000);
}

}  // namespace overture::smtp
