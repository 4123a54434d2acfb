#include "calls.hpp"
#include "carrier.hpp"
#include "media.hpp"

OVERTURE_PLUGIN("twilio", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    const auto read = overture::twilio::Settings::read(host, settings);
    overture::sdk::Opened opened;
    opened.carrier = std::make_shared<overture::twilio::Carrier>(host, read);
    opened.calls = std::make_shared<overture::twilio::Calls>(host, read);
    opened.media = std::make_shared<overture::twilio::Streams>();
    return opened;
})
