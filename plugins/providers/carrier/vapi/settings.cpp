#include "settings.hpp"

#include "overture/bytes.hpp"
#include "overture/documents.hpp"

namespace overture::vapi {

using sdk::Outcome;
using sdk::Refused;

constexpr std::size_t kShortestSecret = 16;

Settings Settings::read(const sdk::Host& host, const sdk::Json& settings) {
    Settings result;
    result.phoneNumberId = settings.value("phone_number_id", "");
    result.webhookUrl = settings.value("webhook_url", "");
    result.baseUrl = settings.value("base_url", "https://api.vapi.ai");
    result.assistant = settings.value("assistant", sdk::Json::object());
    result.settledSeconds = settings.value("settled_seconds", 60);
    result.apiKey = host.secret("api_key").value_or("");
    result.serverSecret = host.secret("server_secret").value_or("");
    if (result.phoneNumberId.empty())
        throw Refused(Outcome::invalid, "the setting phone_number_id is missing");
    if (result.webhookUrl.empty())
        throw Refused(Outcome::invalid,
                      "the setting webhook_url is missing: Vapi tells what becomes of calls there");
    if (result.apiKey.empty()) throw Refused(Outcome::auth, "the secret api_key is missing");
    if (result.serverSecret.size() < kShortestSecret)
        throw Refused(Outcome::auth, "the secret server_secret is missing, or shorter than 16 characters");
    while (result.baseUrl.ends_with('/')) result.baseUrl.pop_back();
    return result;
}

bool Settings::proves(const sdk::Json& request) const {
    return sdk::sameSecret(sdk::headerOf(request, "X-Vapi-Secret"), serverSecret);
}

}  // namespace overture::vapi
