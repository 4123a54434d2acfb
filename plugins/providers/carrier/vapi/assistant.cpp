#include "assistant.hpp"

#include <algorithm>
#include <cctype>

#include "overture/documents.hpp"

namespace overture::vapi {

using sdk::Json;
using sdk::textOf;

namespace {

constexpr std::int64_t kShortest = 10, kLongest = 43200;  // seconds of a call, as Vapi takes them

std::string hookFor(const Settings& settings, const std::string& callId) {
    const auto plain = settings.webhookUrl.substr(0, settings.webhookUrl.find('#'));
    return plain + (plain.find('?') == std::string::npos ? "?call=" : "&call=") + percentEncoded(callId);
}

Json modelFor(const Settings& settings, const Json& request) {
    auto tools = Json::array({{{"type", "endCall"}}});
    if (sdk::isPhoneNumber(textOf(request, "transfer_to")))
        tools.push_back(
            {{"type", "transferCall"}});  // without destinations Vapi asks the hook, which knows why
    return {{"provider", "custom-llm"},
            {"url", textOf(sdk::objectIn(request, "media"), "words_url")},
            {"model", "overture"},
            {"headers", {{"X-Vapi-Secret", settings.serverSecret}}},
            {"metadataSendMode", "variable"},
            {"tools", std::move(tools)}};
}

}  // namespace

Json assistantFor(const Settings& settings, const Json& request) {
    auto assistant = settings.assistant;
    const auto callId = textOf(request, "call_id");
    if (!assistant.contains("artifactPlan")) assistant["artifactPlan"] = {{"recordingEnabled", false}};
    if (!assistant.contains("backgroundSound")) assistant["backgroundSound"] = "off";
    assistant["firstMessage"] = firstWords(request);
    assistant["firstMessageMode"] = "assistant-speaks-first";
    assistant["firstMessageInterruptionsEnabled"] = false;  // our notice is in it
    assistant["model"] = modelFor(settings, request);
    assistant["server"] = {{"url", hookFor(settings, callId)},
                           {"headers", {{"X-Vapi-Secret", settings.serverSecret}}}};
    assistant["serverMessages"] = {
        "status-update", "end-of-call-report", "transfer-destination-request", "speech-update",
        "hang",          "user-interrupted"};
    assistant["monitorPlan"] = {{"controlEnabled", true}, {"listenEnabled", false}};
    assistant["metadata"] = {{"call_id", callId}, {"transfer_to", textOf(request, "transfer_to")}};
    if (const auto wanted = request.find("machine_detection"); wanted != request.end() && *wanted == true)
        assistant["voicemailDetection"] = {{"provider", "vapi"}};
    if (const auto most = sdk::numberOf(request, "most_seconds"); most > 0)
        assistant["maxDurationSeconds"] = std::clamp(most, kShortest, kLongest);
    return assistant;
}

std::string firstWords(const Json& request) {
    std::string text;
    for (const auto& one : sdk::listIn(request, "say"))
        if (one.is_string()) text += (text.empty() ? "" : " ") + one.get<std::string>();
    return sdk::validText(text);
}

Json destinationTo(const std::string& number, const std::string& summary) {
    Json destination{{"type", "number"}, {"number", number}, {"message", ""}};
    if (!summary.empty())
        destination["transferPlan"] = {{"mode", "warm-transfer-say-message"}, {"message", summary}};
    return destination;
}

std::string percentEncoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~')
            out += c;
        else
            out += std::string("%") + kDigits[byte >> 4] + kDigits[byte & 15];
    }
    return out;
}

}  // namespace overture::vapi
