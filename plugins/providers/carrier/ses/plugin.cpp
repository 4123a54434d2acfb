#include "carrier.hpp"

OVERTURE_PLUGIN("ses", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.carrier =
        std::make_shared<overture::ses::Carrier>(host, overture::ses::Settings::read(host, settings));
    return opened;
})
