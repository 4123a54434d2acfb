#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::vapi {

/// carrier.media/1 for one request of Vapi to its custom model: what the person said, and the reply as chunks of a stream of
/// chat completions. It has a socket for each request.
class Asked final : public sdk::MediaSocket {
public:
    Asked(const Settings& settings, std::int64_t second) : settings_(settings), second_(second) {}
    void read(bool binary, std::string_view message, const sdk::MediaHeard& heard) override;
    bool write(const sdk::MediaMessage& message, const sdk::MediaWire& wire) override;

private:
    void put(const sdk::MediaWire& wire, const sdk::Json& delta, const sdk::Json& finish);
    const Settings& settings_;
    const std::int64_t second_;  // of the request, since 1970
    std::string call_;
    bool written_ = false, over_ = false;
};

class Model final : public sdk::Media {
public:
    Model(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}
    std::unique_ptr<sdk::MediaSocket> open() override {
        return std::make_unique<Asked>(settings_, host_.nowMicros() / 1'000'000);
    }

private:
    sdk::Host host_;
    const Settings settings_;
};

}  // namespace overture::vapi
