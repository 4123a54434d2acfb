#include "call_webhook.hpp"

#include <array>
#include <utility>

#include "documents.hpp"
#include "twiml.hpp"

namespace overture::twilio {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;

namespace {

/// "" where Twilio could not tell.
std::string_view answererOf(std::string_view answeredBy) {
    if (answeredBy == "human") return "person";
    if (answeredBy.starts_with("machine")) return "machine";
    return answeredBy == "fax" ? "fax" : "";
}

Answer answered(Json events, const std::string& verbs) {
    return Answer::ok({{"events", std::move(events)},
                       {"response",
                        {{"status", 200},
                         {"content_type", "text/xml"},
                         {"body", verbs.empty() ? "<Response/>" : response(verbs)}}}});
}

/// What came of a transfer: of the one that was dialled, and whether the person is still there.
std::string_view outcomeOf(std::string_view dialled, std::string_view call) {
    if (dialled == "completed" || dialled == "answered") return "answered";
    if (!endOf(call).empty()) return "left";
    if (dialled == "busy") return "busy";
    return dialled == "no-answer" ? "no_answer" : "failed";
}

/// Somebody has answered whom we dialled; they are not connected yet.
Answer tellTaker(const Json& request, const std::string& callId) {
    const auto& known = sdk::objectIn(request, "known");
    if (known.empty()) {
        auto answer = answered(Json::array(), "");
        answer.document["asks"] = {{"call_id", callId}};
        return answer;
    }
    const auto summary = textOf(known, "summary");
    return answered(Json::array(), summary.empty() ? "" : said(summary, "en-US"));
}

}  // namespace

std::string_view endOf(std::string_view twilioStatus) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEnds{{{"completed", "completed"},
                                                                                  {"busy", "busy"},
                                                                                  {"no-answer", "no_answer"},
                                                                                  {"failed", "failed"},
                                                                                  {"canceled", "cancelled"}}};
    for (const auto& [theirs, ours] : kEnds)
        if (theirs == twilioStatus) return ours;
    return {};
}

Answer readCall(const Settings& settings, const Form& form, std::string_view query, const Json& request) {
    const auto sid = sdk::validText(valueOf(form, "CallSid"));
    const auto status = valueOf(form, "CallStatus");
    const auto media = request.find("media");
    const auto callId = sdk::validText(valueOf(parseForm(query), "call"));
    const bool inbound = valueOf(form, "Direction") == "inbound";
    Json event{{"kind", "call"},
               {"reference", sid},
               {"direction", inbound ? "inbound" : "outward"},
               {"from", sdk::validText(valueOf(form, "From"))},
               {"to", sdk::validText(valueOf(form, "To"))}};
    if (!callId.empty()) event["call_id"] = callId;
    const auto tell = [&](std::string_view what) {
        event["status"] = what;
        event["id"] = sid + ":" + std::string(what) + ":" + sdk::validText(valueOf(form, "SequenceNumber"));
    };

    if (asksForTaker(query)) return tellTaker(request, callId);
    if (const auto dialled = valueOf(form, "DialCallStatus"); !dialled.empty()) {
        const auto outcome = outcomeOf(dialled, status);
        const bool back = outcome != "answered" && outcome != "left" && media != request.end();
        tell(outcome == "answered" ? "transferred" : "not_transferred");
        event["reason"] = outcome;
        event["code"] = sdk::validText(dialled);
        return answered(Json::array({event}),
                        back ? connected(settings, *media, callId) : std::string("<Hangup/>"));
    }
    if (!valueOf(form, "SessionStatus").empty()) {  // a relay is over: by us, by them, or because it broke
        const auto handed = sdk::parsed(valueOf(form, "HandoffData"));
        const auto& transfer = sdk::objectIn(handed, "transfer");
        auto own = callId.empty() ? textOf(transfer, "call_id") : callId;
        if (const auto dial = dialled(settings, transfer, own); !dial.empty())
            return answered(Json::array(), dial);
        if (valueOf(form, "SessionStatus") != "failed") return answered(Json::array(), "<Hangup/>");
        tell("ended");
        event["reason"] = "failed";
        event["code"] = sdk::validText(valueOf(form, "ErrorCode"));
        return answered(Json::array({event}), "<Hangup/>");
    }
    if (const auto by = valueOf(form, "AnsweredBy"); !by.empty() && endOf(status).empty()) {
        tell("answered");
        event["id"] = sid + ":by:" + sdk::validText(by);
        if (const auto who = answererOf(by); !who.empty()) event["answered_by"] = who;
        return answered(Json::array({event}), "");
    }
    if (const auto reason = endOf(status); !reason.empty()) {
        tell("ended");
        event["reason"] = reason;
        const auto seconds = sdk::validText(valueOf(form, "CallDuration"));
        if (!seconds.empty() && seconds.size() < 8 &&
            seconds.find_first_not_of("0123456789") == std::string::npos)
            event["seconds"] = std::stoi(seconds);
        if (const auto code = valueOf(form, "SipResponseCode"); !code.empty())
            event["code"] = sdk::validText(code);
        return answered(Json::array({event}), "");
    }
    if (status == "in-progress") {
        tell("answered");
        return answered(Json::array({event}), "");
    }
    if (status == "ringing") {
        tell("ringing");
        // The first request for a call that somebody makes to us wants to hear what is to be done; later ones are statuses.
        const bool asks = inbound && valueOf(form, "CallbackSource").empty();
        if (asks && (media == request.end() || event["from"] == ""))
            return answered(Json::array({event}), "<Reject/>");
        return answered(Json::array({event}), asks ? connected(settings, *media, "") : "");
    }
    return answered(Json::array(), "");  // queued, initiated: the engine knows as much
}

}  // namespace overture::twilio
