#include "calls.hpp"
#include "carrier.hpp"
#include "media.hpp"
#include "relay.hpp"

namespace {

class Sockets final : public overture::sdk::Media {
public:
    explicit Sockets(overture::twilio::Settings settings) : settings_(std::move(settings)) {}
    std::unique_ptr<overture::sdk::MediaSocket> open() override {
        if (settings_.relayed) return std::make_unique<overture::twilio::Relay>(settings_);
        return std::make_unique<overture::twilio::Stream>();
    }

private:
    const overture::twilio::Settings settings_;
};

}  // namespace

OVERTURE_PLUGIN("twilio", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    const auto read = overture::twilio::Settings::read(host, settings);
    overture::sdk::Opened opened;
    opened.carrier = std::make_shared<overture::twilio::Carrier>(host, read);
    opened.calls = std::make_shared<overture::twilio::Calls>(host, read);
    opened.media = std::make_shared<Sockets>(read);
    return opened;
})
