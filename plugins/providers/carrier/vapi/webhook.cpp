#include "webhook.hpp"

#include <array>
#include <utility>

#include "overture/bytes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"

namespace overture::vapi {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

Answer told(Json events, const Json& body = Json::object()) {
    return Answer::ok(
        {{"events", std::move(events)},
         {"response", {{"status", 200}, {"content_type", "application/json"}, {"body", body.dump()}}}});
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Where the engine wants people to be connected to, as it said when it placed the call.
Json destinationOf(const Json& message) {
    for (const auto* assistant :
         {&sdk::objectIn(message, "assistant"), &sdk::objectIn(sdk::objectIn(message, "call"), "assistant")})
        if (const auto to = textOf(sdk::objectIn(*assistant, "metadata"), "transfer_to");
            sdk::isPhoneNumber(to))
            return {{"destination", {{"type", "number"}, {"number", to}, {"message", ""}}}};
    return {{"error", "There is nobody to connect this call to."}};
}

Json lengthOf(const Json& message) {
    const auto from = sdk::parseRfc3339(textOf(message, "startedAt")),
               to = sdk::parseRfc3339(textOf(message, "endedAt"));
    return from && to && *to >= *from ? Json((*to - *from) / 1'000'000) : Json(nullptr);
}

}  // namespace

std::string statusOf(std::string_view vapiStatus) {
    if (vapiStatus == "ended") return "ended";
    if (vapiStatus == "in-progress" || vapiStatus == "forwarding") return "answered";
    return vapiStatus == "ringing" ? "ringing" : "queued";
}

std::string endOf(std::string_view reason) {
    if (reason == "customer-busy") return "busy";
    if (reason == "customer-did-not-answer") return "no_answer";
    const bool failed = contains(reason, "error") || contains(reason, "fault") ||
                        contains(reason, "failed") || contains(reason, "misdialed");
    return failed ? "failed" : "completed";
}

Answer readWebhook(const Settings& settings, const Json& request) {
    if (!settings.proves(request))
        return Answer::no(Outcome::rejected,
                          "the request has not the X-Vapi-Secret of this binding; check server_secret");
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const auto document = sdk::parsed(*body);
    const auto& message = sdk::objectIn(document, "message");
    const auto type = textOf(message, "type");
    if (type.empty())
        return Answer::no(Outcome::invalid, "the body is no server message: it has no message.type");
    const auto& call = sdk::objectIn(message, "call");
    const auto id = sdk::validText(textOf(call, "id"));
    if (type == "assistant-request") return told(Json::array(), {{"error", "This number takes no calls."}});
    if (type == "transfer-destination-request") return told(Json::array(), destinationOf(message));
    const bool ended = type == "end-of-call-report";
    if ((type != "status-update" && !ended) || id.empty())
        return told(Json::array());  // nothing for the engine

    const auto status = ended ? std::string("ended") : statusOf(textOf(message, "status"));
    if (status == "queued") return told(Json::array());
    auto reason = textOf(message, "endedReason");
    if (reason.empty()) reason = textOf(call, "endedReason");
    Json event{{"kind", "call"},
               {"id", id + ":" + status},  // the report says the end again
               {"reference", id},
               {"direction", textOf(call, "type") == "inboundPhoneCall" ? "inbound" : "outward"},
               {"to", sdk::validText(textOf(sdk::objectIn(call, "customer"), "number"))},
               {"status", status}};
    if (const auto ours = sdk::validText(sdk::queryValue(textOf(request, "url"), "call")); !ours.empty())
        event["call_id"] = ours;
    if (status == "ended") {
        event["reason"] = endOf(reason);
        event["code"] = sdk::validText(reason).substr(0, 120);
        if (reason == "voicemail") event["answered_by"] = "machine";
        if (auto length = lengthOf(message); !length.is_null()) event["seconds"] = std::move(length);
    }
    return told(Json::array({event}));
}

}  // namespace overture::vapi
