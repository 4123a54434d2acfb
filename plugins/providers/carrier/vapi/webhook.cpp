#include "webhook.hpp"

#include <array>
#include <utility>

#include "assistant.hpp"
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

/// Where the engine wants people to be connected to, as it said when it placed the call; who answers is told what is `known`.
Json destinationOf(const Json& message, const Json& known) {
    for (const auto* assistant :
         {&sdk::objectIn(message, "assistant"), &sdk::objectIn(sdk::objectIn(message, "call"), "assistant")})
        if (const auto to = textOf(sdk::objectIn(*assistant, "metadata"), "transfer_to");
            sdk::isPhoneNumber(to))
            return {{"destination", destinationTo(to, textOf(known, "summary"))}};
    return {{"error", "There is nobody to connect this call to."}};
}

Json lengthOf(const Json& message) {
    const auto from = sdk::parseRfc3339(textOf(message, "startedAt")),
               to = sdk::parseRfc3339(textOf(message, "endedAt"));
    return from && to && *to >= *from ? Json((*to - *from) / 1'000'000) : Json(nullptr);
}

/// What came of a transfer, of an end that tells it.
std::string_view transferOf(std::string_view reason) {
    if (reason == "assistant-forwarded-call") return "answered";
    if (reason == "call.forwarding.operator-busy") return "busy";
    if (reason == "call.forwarding.no-answer") return "no_answer";
    return contains(reason, "transfer") && contains(reason, "error") ? "failed" : "";
}

/// Somebody calls: their call needs an assistant, which is made when the engine knows whose conversation it is.
Answer whoCalls(const Settings& settings, const Json& message, const Json& request) {
    const auto& call = sdk::objectIn(message, "call");
    const auto& known = sdk::objectIn(request, "known");
    const Json refused{{"error", "This number takes no calls."}};
    auto from = textOf(sdk::objectIn(call, "customer"), "number");
    if (from.empty()) from = textOf(sdk::objectIn(message, "customer"), "number");
    const auto id = sdk::validText(textOf(call, "id"));
    const auto& media = sdk::objectIn(request, "media");
    if (id.empty() || !sdk::isPhoneNumber(from) || !sdk::isWebAddress(textOf(media, "words_url")))
        return told(Json::array(), refused);
    if (!known.empty()) {
        auto asked = known;
        asked["media"] = media;
        return told(Json::array(), {{"assistant", assistantFor(settings, asked)}});
    }
    auto answer =
        told(Json::array({{{"kind", "call"},
                           {"id", id + ":ringing"},
                           {"reference", id},
                           {"direction", "inbound"},
                           {"status", "ringing"},
                           {"from", from},
                           {"to", sdk::validText(textOf(sdk::objectIn(message, "phoneNumber"), "number"))}}}),
             refused);
    answer.document["asks"] = {{"reference", id}};
    return answer;
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
    const auto ours = sdk::validText(sdk::queryValue(textOf(request, "url"), "call"));
    const auto& known = sdk::objectIn(request, "known");
    if (type == "assistant-request") return whoCalls(settings, message, request);
    if (type == "transfer-destination-request") {
        auto answer = told(Json::array(), destinationOf(message, known));
        if (known.empty() && !id.empty()) answer.document["asks"] = {{"call_id", ours}, {"reference", id}};
        return answer;
    }
    const bool ended = type == "end-of-call-report";
    if ((type != "status-update" && !ended) || id.empty())
        return told(Json::array());  // nothing for the engine

    const auto status = ended ? std::string("ended") : statusOf(textOf(message, "status"));
    const bool inbound = textOf(call, "type") == "inboundPhoneCall";
    if (status == "queued" || (inbound && status == "ringing")) return told(Json::array());
    auto reason = textOf(message, "endedReason");
    if (reason.empty()) reason = textOf(call, "endedReason");
    Json event{{"kind", "call"},
               {"id", id + ":" + status},  // the report says the end again
               {"reference", id},
               {"direction", inbound ? "inbound" : "outward"},
               {"to", sdk::validText(textOf(sdk::objectIn(call, "customer"), "number"))},
               {"status", status}};
    if (!ours.empty()) event["call_id"] = ours;
    auto events = Json::array();
    if (status == "ended") {
        event["reason"] = endOf(reason);
        event["code"] = sdk::validText(reason).substr(0, 120);
        if (reason == "voicemail") event["answered_by"] = "machine";
        if (auto length = lengthOf(message); !length.is_null()) event["seconds"] = std::move(length);
        if (const auto outcome = transferOf(reason); !outcome.empty()) {
            auto moved = event;
            moved["id"] = id + ":transfer";
            moved["status"] = outcome == "answered" ? "transferred" : "not_transferred";
            moved["reason"] = outcome;
            events.push_back(std::move(moved));
        }
    }
    events.push_back(std::move(event));
    return told(std::move(events));
}

}  // namespace overture::vapi
