#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::twilio {

/// carrier.media/1 for ConversationRelay: Twilio hears and speaks, words go both ways.
class Relay final : public sdk::MediaSocket {
public:
    explicit Relay(const Settings& settings)
        : language_(settings.usualLanguage), followed_(!settings.webhookUrl.empty()) {}
    void read(bool binary, std::string_view message, const sdk::MediaHeard& heard) override;
    bool write(const sdk::MediaMessage& message, const sdk::MediaWire& wire) override;

private:
    void begin(const sdk::Json& document, const sdk::MediaHeard& heard);
    bool begun_ = false;
    std::string language_;  // that Twilio hears and speaks
    const bool followed_;   // Twilio asks what comes after it
};

}  // namespace overture::twilio
