#include "carrier.hpp"

OVERTURE_PLUGIN("twilio", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.carrier =
        std::make_shared<overture::twilio::Carrier>(host, overture::twilio::Settings::read(host, settings));
    return opened;
})
