#pragma once

#include "overture/plugin.hpp"

namespace overture::scripted_speech {

using sdk::Json;

/// Says a text as sound that carries it. Any thread.
class TextSynthesizer final : public sdk::Synthesizer {
public:
    explicit TextSynthesizer(const Json& settings);
    sdk::Answer speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) override;
    sdk::Answer voices(const Json& request, const sdk::Call& call) override;

private:
    double charactersPerSecond_;
    std::int64_t firstAudioMs_;
};

}  // namespace overture::scripted_speech
