#include "scripted-speech/synthesizer.hpp"
#include "scripted-speech/transcriber.hpp"

OVERTURE_PLUGIN("scripted-speech", "0.1.0", [](overture::sdk::Host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.transcriber = std::make_shared<overture::scripted_speech::TextTranscriber>(settings);
    opened.synthesizer = std::make_shared<overture::scripted_speech::TextSynthesizer>(settings);
    return opened;
})
