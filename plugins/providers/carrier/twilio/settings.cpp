#include "settings.hpp"

#include "overture/bytes.hpp"

namespace overture::twilio {

using sdk::Outcome;
using sdk::Refused;

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

std::string Settings::authorization() const {
    return "Basic " + sdk::toBase64(user + ":" + password);
}

}  // namespace overture::twilio
