#include "settings.hpp"

namespace overture::sendgrid {

using sdk::Outcome;
using sdk::Refused;

namespace {

std::shared_ptr<const PublicKey> keyIn(const sdk::Json& settings, const char* name) {
    const auto text = settings.value(name, "");
    if (text.empty()) return nullptr;
    auto key = PublicKey::read(text);
    if (!key)
        throw Refused(Outcome::invalid,
                      std::string("the setting ") + name +
                          " is no public key: copy the verification key as SendGrid shows it");
    return key;
}

}  // namespace

Settings Settings::read(const sdk::Host& host, const sdk::Json& settings) {
    Settings result;
    result.baseUrl = settings.value("base_url", "https://api.sendgrid.com");
    result.replyTo = settings.value("reply_to", "");
    result.toleranceSeconds = settings.value("tolerance_seconds", std::int64_t{259'200});
    result.eventKey = keyIn(settings, "event_key");
    result.parseKey = keyIn(settings, "parse_key");
    result.apiKey = host.secret("api_key").value_or("");
    if (result.apiKey.empty())
        throw Refused(Outcome::auth, "the secret api_key is missing; mail is sent with it");
    while (result.baseUrl.ends_with('/')) result.baseUrl.pop_back();
    return result;
}

}  // namespace overture::sendgrid
