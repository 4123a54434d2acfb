#include "carrier.hpp"

OVERTURE_PLUGIN("surge", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.carrier =
        std::make_shared<overture::surge::Carrier>(host, overture::surge::Settings::read(host, settings));
    return opened;
})
