#include "settings.hpp"

namespace overture::gmail {

using sdk::Outcome;
using sdk::Refused;

Settings Settings::read(const sdk::Host& host, const sdk::Json& settings) {
    Settings result;
    result.baseUrl = settings.value("base_url", "https://gmail.googleapis.com");
    result.tokenUrl = settings.value("token_url", "https://oauth2.googleapis.com/token");
    result.keysUrl = settings.value("keys_url", "https://www.googleapis.com/oauth2/v3/certs");
    result.clientId = settings.value("client_id", "");
    result.query = settings.value("query", "in:inbox newer_than:14d");
    result.label = settings.value("label", "overture-taken");
    result.topic = settings.value("topic", "");
    result.pushAudience = settings.value("push_audience", "");
    result.pushAccount = settings.value("push_account", "");
    for (const char* name : {"refresh_token", "client_secret"})
        if (host.secret(name).value_or("").empty())
            throw Refused(Outcome::auth,
                          std::string("the secret ") + name + " is missing; access is granted by it");
    while (result.baseUrl.ends_with('/')) result.baseUrl.pop_back();
    return result;
}

sdk::Grant Settings::grant() const {
    return {.tokenUrl = tokenUrl,
            .clientId = clientId,
            .clientSecret = "client_secret",
            .refreshToken = "refresh_token"};
}

}  // namespace overture::gmail
