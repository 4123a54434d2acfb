#include "settings.hpp"

namespace overture::surge {

using sdk::Outcome;
using sdk::Refused;

Settings Settings::read(const sdk::Host& host, const sdk::Json& settings) {
    Settings result;
    result.accountId = settings.value("account_id", "");
    result.sender = settings.value("sender", "");
    result.baseUrl = settings.value("base_url", "https://api.surge.app");
    result.toleranceSeconds = settings.value("tolerance_seconds", std::int64_t{300});
    result.apiKey = host.secret("api_key").value_or("");
    result.signingSecret = host.secret("signing_secret").value_or("");
    if (result.accountId.empty()) throw Refused(Outcome::invalid, "the setting account_id is missing");
    if (result.apiKey.empty())
        throw Refused(Outcome::auth, "the secret api_key is missing; messages are sent with it");
    if (result.signingSecret.empty())
        throw Refused(Outcome::auth, "the secret signing_secret is missing; webhooks are proved with it");
    while (result.baseUrl.ends_with('/')) result.baseUrl.pop_back();
    return result;
}

}  // namespace overture::surge
