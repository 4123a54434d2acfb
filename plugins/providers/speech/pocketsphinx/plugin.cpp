#include "pocketsphinx/transcriber.hpp"

OVERTURE_PLUGIN("pocketsphinx", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.transcriber = std::make_shared<overture::pocketsphinx::SphinxTranscriber>(host, settings);
    return opened;
})
