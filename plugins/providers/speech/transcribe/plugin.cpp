#include "transcribe/transcriber.hpp"

OVERTURE_PLUGIN("transcribe", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.transcriber = std::make_shared<overture::transcribe::StreamingTranscriber>(host, settings);
    return opened;
})
