#include "carrier.hpp"

#include "inbound.hpp"
#include "media.hpp"
#include "message.hpp"
#include "outcomes.hpp"
#include "overture/bytes.hpp"
#include "overture/digest.hpp"
#include "overture/documents.hpp"

namespace overture::meta {

using sdk::Answer;
using sdk::Call;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

constexpr std::size_t kLongestChallenge = 256;

bool isSuccess(const HttpAnswer& answer) {
    return answer.answered && answer.status >= 200 && answer.status < 300;
}

Answer answered(const Json& events, const std::string& body) {
    return Answer::ok({{"events", events},
                       {"response", {{"status", 200}, {"content_type", "text/plain"}, {"body", body}}}});
}

Answer handshake(const std::string& url, const std::string& verifyToken) {
    const auto challenge = sdk::queryValue(url, "hub.challenge");
    if (sdk::queryValue(url, "hub.mode") != "subscribe" || challenge.empty() ||
        challenge.size() > kLongestChallenge)
        return Answer::no(Outcome::invalid, "a GET that is no handshake");
    if (!sdk::sameSecret(sdk::queryValue(url, "hub.verify_token"), verifyToken))
        return Answer::no(Outcome::rejected, "the handshake's token is not verify_token");
    return answered(Json::array(), sdk::validText(challenge));
}

}  // namespace

Answer Carrier::send(const Json& request, const Call& call) {
    const auto message = messageOf(request, settings_.previewLinks);
    const auto answer = host_.http({.method = "POST",
                                    .url = settings_.numberUrl() + "/messages",
                                    .headers = {{"Authorization", "Bearer " + settings_.accessToken},
                                                {"Content-Type", "application/json"},
                                                {"Accept", "application/json"}},
                                    .body = message.dump(-1, ' ', false, Json::error_handler_t::replace),
                                    .deadlineMs = call.deadlineMs});
    if (!isSuccess(answer)) return problemOf(answer);
    const auto document = sdk::parsed(answer.body);
    const auto& messages = sdk::listIn(document, "messages");
    const auto id = messages.empty() ? std::string() : textOf(messages[0], "id");
    if (id.empty())
        return Answer::no(Outcome::unknown, "Meta's answer has no message id", std::to_string(answer.status));
    return Answer::ok({{"reference", sdk::validText(id)}, {"status", "queued"}});
}

Answer Carrier::lookup(const Json&, const Call& call) {
    const auto answer = host_.http(
        {.method = "GET",
         .url = settings_.numberUrl() + "?fields=display_phone_number,quality_rating,messaging_limit_tier",
         .headers = {{"Authorization", "Bearer " + settings_.accessToken}, {"Accept", "application/json"}},
         .body = {},
         .deadlineMs = call.deadlineMs});
    if (!isSuccess(answer)) return readProblemOf(answer);
    const auto number = sdk::parsed(answer.body);
    if (textOf(number, "display_phone_number").empty())
        return Answer::no(Outcome::transient, "Meta's answer is not the number asked for");
    const auto quality = textOf(number, "quality_rating"), tier = textOf(number, "messaging_limit_tier");
    auto found =
        Json({{"found", false},
              {"trusted", false},
              {"about", "quality " + (quality.empty() ? "not known" : sdk::validText(quality)) +
                            ", new people a day " + (tier.empty() ? "not known" : sdk::validText(tier))}});
    if (const auto people = peopleOfTier(tier)) found["people_per_day"] = *people;
    return Answer::ok(std::move(found));
}

Answer Carrier::webhook(const Json& request, const Call&) {
    if (textOf(request, "method") == "GET") return handshake(textOf(request, "url"), settings_.verifyToken);
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const auto signature = sdk::headerOf(request, "X-Hub-Signature-256");
    if (signature.empty()) return Answer::no(Outcome::rejected, "the call has no X-Hub-Signature-256");
    if (!sdk::sameSecret(signature, "sha256=" + sdk::toHex(sdk::hmacSha256(settings_.appSecret, *body))))
        return Answer::no(Outcome::rejected, "the signature does not fit; check app_secret");
    const auto document = sdk::parsed(*body);
    if (textOf(document, "object") != "whatsapp_business_account")
        return Answer::no(Outcome::invalid, "the body is no webhook of a WhatsApp account");
    return answered(eventsOf(document, settings_.phoneNumberId), "");
}

Answer Carrier::media(const Json& request, const Call& call) {
    return mediaOf(host_, settings_, request, call);
}

}  // namespace overture::meta
