#include "calls.hpp"

#include <algorithm>
#include <cctype>

#include "assistant.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"
#include "overture/vendor_answers.hpp"
#include "webhook.hpp"

namespace overture::vapi {

using sdk::Answer;
using sdk::Call;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

constexpr int kListed = 100;  // calls of one lookup
constexpr std::int64_t kSkewMicros = 60'000'000;
constexpr std::size_t kLongestName = 40;

bool succeeded(const HttpAnswer& answer) {
    return answer.answered && answer.status >= 200 && answer.status < 300;
}

/// No sentence of Vapi's, for they repeat what was sent.
Answer problemOf(const HttpAnswer& answer) {
    if (auto none = sdk::unanswered(answer, "Vapi")) return *none;
    const auto code = std::to_string(answer.status);
    return sdk::byStatus(answer, "Vapi answered " + code, code, "api_key");
}

/// What goes into an address of the API as it is.
bool isId(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_';
    });
}

std::string faultOf(const Json& request) {
    if (!sdk::isPhoneNumber(textOf(request, "to"))) return "the recipient is no number such as +12025550100";
    if (!sdk::isWebAddress(textOf(sdk::objectIn(request, "media"), "words_url")))
        return "the call has nowhere to ask for its replies: media.words_url is no address (is --public-url "
               "https?)";
    if (firstWords(request).empty()) return "the call has nothing to say first";
    return {};
}

Answer lookedUp(const Json& call) {
    return Answer::ok(
        {{"found", true},
         {"reference", textOf(call, "id")},
         {"status", statusOf(textOf(call, "status"))},
         {"reason", textOf(call, "status") == "ended" ? endOf(textOf(call, "endedReason")) : ""},
         {"trusted", true}});
}

}  // namespace

HttpAnswer Calls::ask(const std::string& method, const std::string& url, const Json& body,
                      std::int64_t deadlineMs) const {
    std::vector<std::pair<std::string, std::string>> headers{{"Authorization", "Bearer " + settings_.apiKey},
                                                             {"Accept", "application/json"}};
    if (!body.is_null()) headers.emplace_back("Content-Type", "application/json");
    return host_.http(
        {.method = method,
         .url = url,
         .headers = std::move(headers),
         .body = body.is_null() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace),
         .deadlineMs = deadlineMs});
}

Answer Calls::start(const Json& request, const Call& call) {
    if (const auto fault = faultOf(request); !fault.empty()) return Answer::no(Outcome::invalid, fault);
    Json body{{"name", textOf(request, "call_id").substr(0, kLongestName)},
              {"phoneNumberId", settings_.phoneNumberId},
              {"customer", {{"number", textOf(request, "to")}}},
              {"assistant", assistantFor(settings_, request)}};
    const auto answer = ask("POST", settings_.baseUrl + "/call", body, call.deadlineMs);
    if (!succeeded(answer)) return problemOf(answer);
    const auto made = sdk::parsed(answer.body);
    const auto id = textOf(made, "id");
    if (id.empty())
        return Answer::no(Outcome::unknown, "Vapi's answer has no call id", std::to_string(answer.status));
    return Answer::ok({{"reference", id}, {"status", "queued"}});
}

Answer Calls::lookup(const Json& request, const Call& call) {
    if (const auto reference = textOf(request, "reference"); !reference.empty()) {
        if (!isId(reference)) return Answer::ok({{"found", false}, {"trusted", false}});
        const auto answer = ask("GET", settings_.baseUrl + "/call/" + reference, nullptr, call.deadlineMs);
        if (answer.answered && answer.status == 404)
            return Answer::ok({{"found", false}, {"trusted", false}});
        if (!succeeded(answer)) return sdk::ofReading(problemOf(answer));
        const auto found = sdk::parsed(answer.body);
        if (textOf(found, "id") != reference)
            return Answer::no(Outcome::transient, "Vapi's answer is not the call asked for");
        return lookedUp(found);
    }
    const auto since = sdk::parseRfc3339(textOf(request, "sent_after"));
    const auto name = textOf(request, "delivery_id").substr(0, kLongestName);
    if (!since || name.empty())
        return Answer::no(Outcome::invalid, "a lookup needs delivery_id and sent_after, or a reference");
    const auto answer = ask("GET",
                            settings_.baseUrl + "/call?limit=" + std::to_string(kListed) +
                                "&createdAtGe=" + percentEncoded(sdk::toRfc3339(*since - kSkewMicros)),
                            nullptr, call.deadlineMs);
    if (!succeeded(answer)) return sdk::ofReading(problemOf(answer));
    const auto calls = sdk::parsed(answer.body);
    if (!calls.is_array()) return Answer::no(Outcome::transient, "Vapi's list of calls is not readable");
    for (const auto& one : calls)
        if (textOf(one, "name") == name) return lookedUp(one);
    const auto wait = std::max<std::int64_t>(
        0, *since + std::int64_t{settings_.settledSeconds} * 1'000'000 - host_.nowMicros());
    Json absent{{"found", false}, {"trusted", wait == 0 && calls.size() < kListed}};
    if (wait > 0) absent["ask_again_ms"] = wait / 1000 + 1;
    return Answer::ok(absent);
}

/// Vapi takes orders for a live call at an address of the call's own.
Answer Calls::control(const Json& request, const Json& order, const Call& call) const {
    const auto reference = textOf(request, "reference");
    if (!isId(reference)) return Answer::no(Outcome::invalid, "the request names no call of Vapi's");
    const auto answer = ask("GET", settings_.baseUrl + "/call/" + reference, nullptr, call.deadlineMs);
    if (!succeeded(answer)) return sdk::ofReading(problemOf(answer));
    const auto found = sdk::parsed(answer.body);
    if (textOf(found, "status") == "ended") return Answer::ok({{"status", "over"}});
    const auto url = textOf(sdk::objectIn(found, "monitor"), "controlUrl");
    if (!sdk::isWebAddress(url))
        return Answer::no(Outcome::transient, "Vapi does not say where this call takes orders yet");
    const auto obeyed = ask("POST", url, order, call.deadlineMs);
    if (succeeded(obeyed)) return Answer::ok({{"status", "ok"}});
    if (obeyed.answered && obeyed.status == 404) return Answer::ok({{"status", "over"}});
    return problemOf(obeyed);
}

Answer Calls::end(const Json& request, const Call& call) {
    return control(request, {{"type", "end-call"}}, call);
}

Answer Calls::transfer(const Json& request, const Call& call) {
    const auto to = textOf(request, "to");
    if (!sdk::isPhoneNumber(to))
        return Answer::no(Outcome::invalid, "there is no number to connect to, such as +12025550100");
    return control(request,
                   {{"type", "transfer"},
                    {"destination", destinationTo(to, textOf(request, "summary"))},
                    {"content", textOf(request, "announce")}},
                   call);
}

Answer Calls::webhook(const Json& request, const Call&) {
    return readWebhook(settings_, request);
}

}  // namespace overture::vapi
