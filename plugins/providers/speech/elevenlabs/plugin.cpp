#include "elevenlabs/synthesizer.hpp"

OVERTURE_PLUGIN("elevenlabs", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.synthesizer = std::make_shared<overture::elevenlabs::StreamedSynthesizer>(host, settings);
    return opened;
})
