#include "settings.hpp"

namespace overture::meta {

using sdk::Outcome;
using sdk::Refused;

namespace {

std::string secret(const sdk::Host& host, const char* name, const char* why) {
    auto value = host.secret(name).value_or("");
    if (value.empty())
        throw Refused(Outcome::auth, std::string("the secret ") + name + " is missing; " + why);
    return value;
}

}  // namespace

Settings Settings::read(const sdk::Host& host, const sdk::Json& settings) {
    Settings result;
    result.phoneNumberId = settings.value("phone_number_id", "");
    result.version = settings.value("version", "v23.0");
    result.baseUrl = settings.value("base_url", "https://graph.facebook.com");
    result.previewLinks = settings.value("preview_links", true);
    if (result.phoneNumberId.empty())
        throw Refused(Outcome::invalid, "the setting phone_number_id is missing");
    while (result.baseUrl.ends_with('/')) result.baseUrl.pop_back();
    result.accessToken = secret(host, "access_token", "messages are sent with it");
    result.appSecret = secret(host, "app_secret", "webhooks are proved with it");
    result.verifyToken = secret(host, "verify_token", "the callback URL is confirmed with it");
    return result;
}

}  // namespace overture::meta
