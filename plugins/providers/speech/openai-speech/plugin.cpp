#include "openai-speech/converser.hpp"
#include "openai-speech/synthesizer.hpp"
#include "openai-speech/transcriber.hpp"

OVERTURE_PLUGIN("openai-speech", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.transcriber = std::make_shared<overture::openai_speech::RealtimeTranscriber>(host, settings);
    opened.synthesizer = std::make_shared<overture::openai_speech::SpeechSynthesizer>(host, settings);
    opened.converser = std::make_shared<overture::openai_speech::RealtimeConverser>(host, settings);
    return opened;
})
