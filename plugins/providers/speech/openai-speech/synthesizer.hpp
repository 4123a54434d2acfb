#pragma once

#include "overture/plugin.hpp"

namespace overture::openai_speech {

using sdk::Json;

/// OpenAI's text to speech, streamed. Any thread.
class SpeechSynthesizer final : public sdk::Synthesizer {
public:
    SpeechSynthesizer(sdk::Host host, Json settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) override;
    sdk::Answer voices(const Json& request, const sdk::Call& call) override;

private:
    sdk::Host host_;
    Json settings_;
};

}  // namespace overture::openai_speech
