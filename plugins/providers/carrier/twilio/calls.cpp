#include "calls.hpp"

#include <algorithm>

#include "call_webhook.hpp"
#include "documents.hpp"
#include "form.hpp"
#include "outcomes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"
#include "twiml.hpp"

namespace overture::twilio {

using sdk::Answer;
using sdk::Call;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;

namespace {

constexpr int kListed =
    50;  // calls of one lookup; more between two numbers would be a mistake of another kind
constexpr std::int64_t kSkewMicros = 60'000'000;

bool succeeded(const HttpAnswer& answer) {
    return answer.answered && answer.status >= 200 && answer.status < 300;
}

/// CA and 32 hexadecimal digits.
bool isCall(std::string_view text) {
    return text.size() == 34 && text.starts_with("CA") &&
           std::all_of(text.begin() + 2, text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

Form callForm(const Settings& settings, const Json& request) {
    const auto callId = textOf(request, "call_id");
    auto from = textOf(request, "from");
    if (from.empty()) from = settings.sender;
    Form form{{"To", textOf(request, "to")},
              {"From", from},
              {"Twiml", response(connected(settings, sdk::objectIn(request, "media"), callId))}};
    const auto hook = settings.hookFor(callId);
    if (!hook.empty()) {
        form.emplace_back("StatusCallback", hook);
        for (const char* event : {"ringing", "answered", "completed"})
            form.emplace_back("StatusCallbackEvent", event);
    }
    if (const auto wanted = request.find("machine_detection"); wanted != request.end() && *wanted == true) {
        form.emplace_back("MachineDetection", "Enable");
        form.emplace_back("AsyncAmd", "true");  // the sound is not kept waiting for it
        if (!hook.empty()) form.emplace_back("AsyncAmdStatusCallback", hook);
    }
    if (const auto ring = sdk::numberOf(request, "ring_seconds"); ring > 0)
        form.emplace_back("Timeout", std::to_string(std::min<std::int64_t>(ring, 600)));
    if (const auto most = sdk::numberOf(request, "most_seconds"); most > 0)
        form.emplace_back("TimeLimit", std::to_string(most));
    return form;
}

std::string faultOf(const Json& request, const Form& form) {
    if (!sdk::isPhoneNumber(valueOf(form, "To"))) return "the recipient is no number such as +12025550100";
    if (!sdk::isPhoneNumber(valueOf(form, "From")))
        return "the call has no number to come from: give `from`, or set sender";
    if (!textOf(sdk::objectIn(request, "media"), "url").starts_with("wss://"))
        return "the call's sound has nowhere to go: media.url must begin with wss:// (is --public-url "
               "https?)";
    return {};
}

Answer made(const HttpAnswer& http) {
    const auto call = sdk::parsed(http.body);
    const auto sid = textOf(call, "sid");
    if (sid.empty())
        return Answer::no(Outcome::unknown, "Twilio's answer has no call sid", std::to_string(http.status));
    if (const auto end = endOf(textOf(call, "status")); !end.empty() && end != "completed")
        return Answer::no(Outcome::rejected, "Twilio took the call and ended it at once", std::string(end));
    return Answer::ok({{"reference", sid}, {"status", "queued"}});
}

Answer lookedUp(const Json& call) {
    const auto status = textOf(call, "status");
    const auto end = endOf(status);
    return Answer::ok({{"found", true},
                       {"reference", textOf(call, "sid")},
                       {"status", end.empty() ? (status == "in-progress" ? "answered" : "ringing") : "ended"},
                       {"reason", std::string(end)},
                       {"trusted", true}});
}

}  // namespace

HttpAnswer Calls::ask(const std::string& method, const std::string& path, const std::string& body,
                      std::int64_t deadlineMs) const {
    std::vector<std::pair<std::string, std::string>> headers{{"Authorization", settings_.authorization()},
                                                             {"Accept", "application/json"}};
    if (!body.empty()) headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return host_.http({.method = method,
                       .url = settings_.accountUrl() + path,
                       .headers = std::move(headers),
                       .body = body,
                       .deadlineMs = deadlineMs});
}

Answer Calls::start(const Json& request, const Call& call) {
    const auto form = callForm(settings_, request);
    if (const auto fault = faultOf(request, form); !fault.empty()) return Answer::no(Outcome::invalid, fault);
    const auto answer = ask("POST", "/Calls.json", writeForm(form), call.deadlineMs);
    return succeeded(answer) ? made(answer) : problemOf(answer);
}

Answer Calls::lookup(const Json& request, const Call& call) {
    if (const auto reference = textOf(request, "reference"); !reference.empty()) {
        if (!isCall(reference)) return Answer::ok({{"found", false}, {"trusted", false}});
        const auto answer = ask("GET", "/Calls/" + reference + ".json", "", call.deadlineMs);
        if (answer.answered && answer.status == 404)
            return Answer::ok({{"found", false}, {"trusted", false}});
        if (!succeeded(answer)) return readProblemOf(answer);
        const auto document = sdk::parsed(answer.body);
        if (textOf(document, "sid") != reference)
            return Answer::no(Outcome::transient, "Twilio's answer is not the call asked for");
        return lookedUp(document);
    }
    const auto since = sdk::parseRfc3339(textOf(request, "sent_after"));
    const auto to = textOf(request, "to");
    if (!since || to.empty())
        return Answer::no(Outcome::invalid, "a lookup needs to and sent_after, or a reference");
    Form query{{"To", to}, {"PageSize", std::to_string(kListed)}};
    if (const auto from = textOf(request, "from"); !from.empty()) query.emplace_back("From", from);
    const auto answer = ask("GET", "/Calls.json?" + writeForm(query), "", call.deadlineMs);
    if (!succeeded(answer)) return readProblemOf(answer);
    const auto document = sdk::parsed(answer.body);
    const auto calls = document.is_object() ? document.find("calls") : document.end();
    if (calls == document.end() || !calls->is_array())
        return Answer::no(Outcome::transient, "Twilio's list of calls is not readable");
    for (const auto& one : *calls) {
        const auto created = parseRfc2822(textOf(one, "date_created"));
        if (textOf(one, "direction") != "inbound" && (!created || *created >= *since - kSkewMicros))
            return lookedUp(one);
    }
    const auto wait = std::max<std::int64_t>(
        0, *since + std::int64_t{settings_.settledSeconds} * 1'000'000 - host_.nowMicros());
    Json absent{{"found", false}, {"trusted", wait == 0 && textOf(document, "next_page_uri").empty()}};
    if (wait > 0) absent["ask_again_ms"] = wait / 1000 + 1;
    return Answer::ok(absent);
}

Answer Calls::change(const std::string& reference, const std::string& form, const Call& call) const {
    if (!isCall(reference)) return Answer::no(Outcome::invalid, "the request names no call of Twilio's");
    const auto answer = ask("POST", "/Calls/" + reference + ".json", form, call.deadlineMs);
    if (succeeded(answer)) return Answer::ok({{"status", "ok"}});
    constexpr int kNotInProgress = 21220;  // over already
    if (answer.answered && sdk::numberOf(sdk::parsed(answer.body), "code") == kNotInProgress)
        return Answer::ok({{"status", "over"}});
    return problemOf(answer);
}

Answer Calls::end(const Json& request, const Call& call) {
    return change(textOf(request, "reference"), writeForm({{"Status", "completed"}}), call);
}

/// When the dialled one is through, or nobody answered, Twilio asks the hook what comes next.
Answer Calls::transfer(const Json& request, const Call& call) {
    const auto dial = dialled(settings_, request, textOf(request, "call_id"));
    if (dial.empty())
        return Answer::no(Outcome::invalid, "there is no number to connect to, such as +12025550100");
    const auto announce = textOf(request, "announce");
    const auto verbs = (announce.empty() ? "" : "<Say>" + escapedXml(announce) + "</Say>") + dial;
    return change(textOf(request, "reference"), writeForm({{"Twiml", response(verbs)}}), call);
}

}  // namespace overture::twilio
