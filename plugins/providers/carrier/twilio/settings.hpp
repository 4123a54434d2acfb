#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "overture/plugin.hpp"

namespace overture::twilio {

/// One binding's settings and secrets; plugin.json describes them.
struct Settings {
    std::string accountSid, baseUrl, sender, messagingServiceSid, webhookUrl, user, password, authToken;
    sdk::Json templates = sdk::Json::object();  ///< name, or name.language → ContentSid
    std::optional<int> validitySeconds;
    int settledSeconds = 60;
    bool relayed = false;                 ///< calls come as words (ConversationRelay), not as sound
    std::string usualLanguage = "en-US";  ///< of the relay, until a call says another
    std::vector<std::pair<std::string, std::string>>
        relay;  ///< attributes of <ConversationRelay> that were chosen

    /// Throws sdk::Refused naming the setting or secret that is missing.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
    std::string accountUrl() const { return baseUrl + accountPath(); }
    std::string accountPath() const { return "/2010-04-01/Accounts/" + accountSid; }
    /// The ContentSid of a template as a playbook names it; "" when there is none.
    std::string contentOf(const std::string& name, const std::string& language) const;
    /// Where Twilio reports on one call, "" unless webhook_url is set; our own id of it is "" as long as there is none.
    std::string hookFor(const std::string& callId) const;
    /// The value of the Authorization header.
    std::string authorization() const;
};

}  // namespace overture::twilio
