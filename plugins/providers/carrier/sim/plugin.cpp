#include "carrier.hpp"

OVERTURE_PLUGIN("sim", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    const auto carrier = std::make_shared<overture::sim::Carrier>(host, settings);
    overture::sdk::Opened opened;
    opened.carrier = carrier;
    opened.simulated = carrier;
    return opened;
})
