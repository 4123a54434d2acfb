#include "deepgram/transcriber.hpp"

OVERTURE_PLUGIN("deepgram", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.transcriber = std::make_shared<overture::deepgram::LiveTranscriber>(host, settings);
    return opened;
})
