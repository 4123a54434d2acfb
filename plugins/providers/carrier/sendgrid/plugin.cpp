#include "carrier.hpp"

OVERTURE_PLUGIN("sendgrid", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.carrier = std::make_shared<overture::sendgrid::Carrier>(
        host, overture::sendgrid::Settings::read(host, settings));
    return opened;
})
