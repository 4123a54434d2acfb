#include "settings.hpp"

namespace overture::ses {

using sdk::Outcome;
using sdk::Refused;

Settings Settings::read(const sdk::Host& host, const sdk::Json& settings) {
    Settings result;
    result.region = settings.value("region", "us-east-1");
    result.configurationSet = settings.value("configuration_set", "");
    result.topicArn = settings.value("topic_arn", "");
    result.toleranceSeconds = settings.value("tolerance_seconds", std::int64_t{86'400});
    result.baseUrl = settings.value("base_url", "https://email." + result.region + ".amazonaws.com");
    result.credentials = {host.secret("access_key_id").value_or(""),
                          host.secret("secret_access_key").value_or(""),
                          host.secret("session_token").value_or("")};
    if (result.credentials.accessKeyId.empty())
        throw Refused(Outcome::auth, "the secret access_key_id is missing; requests are signed with it");
    if (result.credentials.secretAccessKey.empty())
        throw Refused(Outcome::auth, "the secret secret_access_key is missing; requests are signed with it");
    while (result.baseUrl.ends_with('/')) result.baseUrl.pop_back();
    return result;
}

std::string Settings::messageId(const std::string& id) const {
    return "<" + id + "@" + (region == "us-east-1" ? "email" : region) + ".amazonses.com>";
}

}  // namespace overture::ses
