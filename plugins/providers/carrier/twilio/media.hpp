#pragma once

#include "overture/plugin.hpp"

namespace overture::twilio {

/// carrier.media/1 for Media Streams, both ways.
class Stream final : public sdk::MediaSocket {
public:
    void read(bool binary, std::string_view message, const sdk::MediaHeard& heard) override;
    bool write(const sdk::MediaMessage& message, const sdk::MediaWire& wire) override;

private:
    void begin(const sdk::Json& document, const sdk::MediaHeard& heard);
    void media(const sdk::Json& document, const sdk::MediaHeard& heard);
    std::string streamSid_;
};

}  // namespace overture::twilio
