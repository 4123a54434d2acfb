#include "flite/synthesizer.hpp"

OVERTURE_PLUGIN("flite", "0.1.0", [](overture::sdk::Host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.synthesizer = std::make_shared<overture::flite::FliteSynthesizer>(settings);
    return opened;
})
