#include "carrier.hpp"

OVERTURE_PLUGIN("meta", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.carrier =
        std::make_shared<overture::meta::Carrier>(host, overture::meta::Settings::read(host, settings));
    return opened;
})
