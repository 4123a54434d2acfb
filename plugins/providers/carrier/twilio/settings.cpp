#include "settings.hpp"

#include <array>

#include "form.hpp"
#include "overture/bytes.hpp"

namespace overture::twilio {

using sdk::Outcome;
using sdk::Refused;

namespace {

constexpr std::array<std::pair<const char*, const char*>, 6> kRelay{{
    {"relay_tts_provider", "ttsProvider"},
    {"relay_voice", "voice"},
    {"relay_transcription_provider", "transcriptionProvider"},
    {"relay_speech_model", "speechModel"},
    {"relay_interrupt_sensitivity", "interruptSensitivity"},
    {"relay_hints", "hints"},
}};

}  // namespace

Settings Settings::read(const sdk::Host& host, const sdk::Json& settings) {
    Settings result;
    result.accountSid = settings.value("account_sid", "");
    result.baseUrl = settings.value("base_url", "https://api.twilio.com");
    result.sender = settings.value("sender", "");
    result.messagingServiceSid = settings.value("messaging_service_sid", "");
    result.webhookUrl = settings.value("webhook_url", "");
    result.templates = settings.value("templates", sdk::Json::object());
    if (settings.contains("validity_seconds"))
        result.validitySeconds = settings["validity_seconds"].get<int>();
    result.settledSeconds = settings.value("settled_seconds", 60);
    result.authToken = host.secret("auth_token").value_or("");
    if (result.accountSid.empty()) throw Refused(Outcome::invalid, "the setting account_sid is missing");
    if (result.authToken.empty())
        throw Refused(Outcome::auth, "the secret auth_token is missing; webhooks are proved with it");
    result.relayed = settings.value("voice_media", "media-streams") == "conversation-relay";
    result.usualLanguage = settings.value("relay_language", "en-US");
    for (const auto& [name, attribute] : kRelay)
        if (const auto chosen = settings.value(name, std::string()); !chosen.empty())
            result.relay.emplace_back(attribute, chosen);
    while (result.baseUrl.ends_with('/')) result.baseUrl.pop_back();

    const auto apiKey = settings.value("api_key_sid", "");
    result.user = apiKey.empty() ? result.accountSid : apiKey;
    result.password = apiKey.empty() ? result.authToken : host.secret("api_key_secret").value_or("");
    if (result.password.empty())
        throw Refused(Outcome::auth, "the secret api_key_secret is missing; api_key_sid needs it");
    return result;
}

std::string Settings::contentOf(const std::string& name, const std::string& language) const {
    for (const auto& key : {name + "." + language, name})
        if (const auto found = templates.find(key); found != templates.end() && found->is_string())
            return found->get<std::string>();
    const bool isSid = name.size() == 34 && name.starts_with("HX");
    return isSid ? name : std::string();
}

std::string Settings::hookFor(const std::string& callId) const {
    const auto plain = webhookUrl.substr(0, webhookUrl.find('#'));
    if (plain.empty() || callId.empty()) return plain;
    return plain + (plain.find('?') == std::string::npos ? "?call=" : "&call=") + percentEncoded(callId);
}

std::string Settings::authorization() const {
    return "Basic " + sdk::toBase64(user + ":" + password);
}

}  // namespace overture::twilio
