#include <array>
#include <utility>

#include "carrier.hpp"
#include "overture/bytes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"
#include "signature.hpp"

namespace overture::surge {

using sdk::Answer;
using sdk::Json;
using sdk::objectIn;
using sdk::Outcome;
using sdk::textOf;

namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::string_view statusOf(std::string_view type) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kStatuses{
        {{"message.sent", "sent"}, {"message.delivered", "delivered"}, {"message.failed", "failed"}}};
    for (const auto& [theirs, ours] : kStatuses)
        if (theirs == type) return ours;
    return {};
}

/// A time of theirs as ours; nothing when it is none.
void addTime(Json& event, const std::string& theirs) {
    if (const auto at = sdk::parseRfc3339(theirs)) event["at"] = sdk::toRfc3339(*at);
}

Json messageEvent(const Json& data) {
    const auto& conversation = objectIn(data, "conversation");
    auto text = textOf(data, "body");
    auto media = Json::array();
    for (const auto& attachment : sdk::listIn(data, "attachments")) {
        media.push_back({{"url", sdk::validText(textOf(attachment, "url"))},
                         {"type", sdk::validText(textOf(attachment, "type"))}});
        if (text.empty()) text = "[" + textOf(attachment, "type") + "]";
    }
    Json event{{"kind", "message"},
               {"id", sdk::validText(textOf(data, "id"))},
               {"from", sdk::validText(textOf(objectIn(conversation, "contact"), "phone_number"))},
               {"to", sdk::validText(textOf(objectIn(conversation, "phone_number"), "number"))},
               {"text", sdk::validText(text)},
               {"channel", "sms"}};
    if (!media.empty()) event["media"] = std::move(media);
    addTime(event, textOf(data, "received_at"));
    return event;
}

Json statusEvent(const Json& data, std::string_view status, const std::string& at) {
    const auto id = sdk::validText(textOf(data, "id"));
    Json event{
        {"kind", "status"}, {"id", id + ":" + std::string(status)}, {"reference", id}, {"status", status}};
    if (const auto why = textOf(data, "failure_reason"); !why.empty()) event["code"] = sdk::validText(why);
    addTime(event, at);
    return event;
}

Answer answered(const Json& events) {
    return Answer::ok(
        {{"events", events}, {"response", {{"status", 200}, {"content_type", "text/plain"}, {"body", ""}}}});
}

}  // namespace

Answer Carrier::webhook(const Json& request, const sdk::Call& call) {
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const Signed given{sdk::headerOf(request, "Surge-Signature"), sdk::headerOf(request, "webhook-id"),
                       sdk::headerOf(request, "webhook-timestamp"),
                       sdk::headerOf(request, "webhook-signature")};
    switch (proofOf(given, settings_.signingSecret, *body, host_.nowMicros() / kSecond,
                    settings_.toleranceSeconds)) {
        case Proof::right: break;
        case Proof::wrong:
            return Answer::no(Outcome::rejected, "the signature does not fit; check signing_secret");
        case Proof::stale:
            return Answer::no(Outcome::rejected, "the call was signed too long ago, or by another clock");
        case Proof::missing: return Answer::no(Outcome::rejected, "the call has no signature");
    }
    const auto event = sdk::parsed(*body);
    const auto type = textOf(event, "type");
    if (type.empty()) return Answer::no(Outcome::invalid, "the body is no event of Surge's");
    if (textOf(event, "account_id") != settings_.accountId) return answered(Json::array());
    const auto& data = objectIn(event, "data");
    if (type == "contact.opted_out") {
        auto out = optOut(event, call);
        return out.outcome == Outcome::ok ? answered(out.document) : out;
    }
    const auto status = statusOf(type);
    if (type != "message.received" && status.empty()) return answered(Json::array());
    if (textOf(data, "id").empty()) return Answer::no(Outcome::invalid, "the event names no message");
    if (!status.empty())
        return answered(Json::array({statusEvent(data, status, textOf(event, "timestamp"))}));
    auto message = messageEvent(data);
    if (textOf(message, "from").empty()) return Answer::no(Outcome::invalid, "the message has no sender");
    return answered(Json::array({std::move(message)}));
}

}  // namespace overture::surge
