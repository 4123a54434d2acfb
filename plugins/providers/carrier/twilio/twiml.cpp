#include "twiml.hpp"

#include <array>

#include "form.hpp"
#include "overture/documents.hpp"

namespace overture::twilio {
namespace {

constexpr std::string_view kAsksFor = "for", kTaker = "taker";

std::string parameter(std::string_view name, std::string_view value) {
    return "<Parameter name=\"" + std::string(name) + "\" value=\"" + escapedXml(value) + "\"/>";
}

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + escapedXml(value) + "\"";
}

std::string parametersOf(const sdk::Json& media, const std::string& callId) {
    return parameter("token", sdk::textOf(media, "token")) +
           (callId.empty() ? std::string() : parameter("call_id", callId));
}

/// Speech and keys stop what is being said, and are told of while we speak. "Mhm" stops nothing. Nothing is said by Twilio
/// itself, for our notice comes first.
std::string relay(const Settings& settings, const sdk::Json& media) {
    const auto asked = sdk::textOf(media, "language");
    auto verb = "<ConversationRelay" + attribute("url", sdk::textOf(media, "url")) +
                attribute("language", asked.empty() ? settings.usualLanguage
                                                    : relayLanguage(asked, settings.usualLanguage)) +
                attribute("interruptible", "any") + attribute("reportInputDuringAgentSpeech", "any") +
                attribute("ignoreBackchannel", "true") + attribute("dtmfDetection", "true") +
                attribute("events", "speaker-events tokens-played");
    for (const auto& [name, chosen] : settings.relay) {
        verb += attribute(name, chosen);
        if (name == "speechModel" && chosen == "flux") verb += attribute("partialPrompts", "true");
    }
    return verb + ">";
}

/// The hook, where who answers is to be told something before they are connected.
std::string askedForTaker(const Settings& settings, const sdk::Json& transfer, const std::string& callId) {
    const auto hook = settings.hookFor(callId);
    const bool told = !sdk::textOf(transfer, "summary").empty() ||
                      (transfer.is_object() && transfer.value("summary", sdk::Json()) == true);
    if (!told || hook.empty() || callId.empty()) return {};
    return attribute("url", hook + "&" + std::string(kAsksFor) + "=" + std::string(kTaker)) +
           attribute("method", "POST");
}

}  // namespace

std::string escapedXml(std::string_view text) {
    std::string out;
    for (const char c : sdk::validText(text)) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default:
                if (static_cast<unsigned char>(c) >= ' ' || c == '\n') out += c;
        }
    return out;
}

std::string relayLanguage(std::string_view language, std::string_view usual) {
    if (language.find('-') != std::string_view::npos) return std::string(language);
    if (usual.substr(0, usual.find('-')) == language) return std::string(usual);
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kUsual{{{"en", "en-US"},
                                                                                   {"es", "es-US"},
                                                                                   {"hi", "hi-IN"},
                                                                                   {"pt", "pt-BR"},
                                                                                   {"fr", "fr-FR"},
                                                                                   {"de", "de-DE"},
                                                                                   {"it", "it-IT"},
                                                                                   {"nl", "nl-NL"},
                                                                                   {"ja", "ja-JP"}}};
    for (const auto& [plain, full] : kUsual)
        if (plain == language) return std::string(full);
    return std::string(language);
}

std::string connected(const Settings& settings, const sdk::Json& media, const std::string& callId) {
    const auto url = sdk::textOf(media, "url");
    if (url.empty()) return {};
    if (!settings.relayed)
        return "<Connect><Stream" + attribute("url", url) + ">" + parametersOf(media, callId) +
               "</Stream></Connect>";
    const auto hook = settings.hookFor(callId);
    return "<Connect" + (hook.empty() ? "" : attribute("action", hook) + attribute("method", "POST")) + ">" +
           relay(settings, media) + parametersOf(media, callId) + "</ConversationRelay></Connect>";
}

std::string dialled(const Settings& settings, const sdk::Json& transfer, const std::string& callId) {
    const auto to = sdk::textOf(transfer, "to"), from = sdk::textOf(transfer, "from");
    if (!sdk::isPhoneNumber(to)) return {};
    auto dial = "<Dial" + attribute("answerOnBridge", "true");
    if (const auto hook = settings.hookFor(callId); !hook.empty())
        dial += attribute("action", hook) + attribute("method", "POST");
    if (const auto ring = sdk::numberOf(transfer, "ring_seconds"); ring > 0)
        dial += attribute("timeout", std::to_string(ring));
    if (sdk::isPhoneNumber(from)) dial += attribute("callerId", from);
    return dial + "><Number" + askedForTaker(settings, transfer, callId) + ">" + to + "</Number></Dial>";
}

bool asksForTaker(std::string_view query) {
    return valueOf(parseForm(query), kAsksFor) == kTaker;
}

std::string said(std::string_view text, std::string_view language) {
    return "<Say" + attribute("language", language) + ">" + escapedXml(text) + "</Say>";
}

std::string response(const std::string& verbs) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>" + verbs + "</Response>";
}

}  // namespace overture::twilio
