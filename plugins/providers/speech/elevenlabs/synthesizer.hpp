#pragma once

#include "overture/plugin.hpp"

namespace overture::elevenlabs {

using sdk::Json;

/// ElevenLabs' text to speech, streamed. Any thread.
class StreamedSynthesizer final : public sdk::Synthesizer {
public:
    StreamedSynthesizer(sdk::Host host, Json settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) override;
    sdk::Answer voices(const Json& request, const sdk::Call& call) override;

private:
    std::string base() const { return settings_.value("base_url", "https://api.elevenlabs.io"); }
    std::vector<std::pair<std::string, std::string>> headers() const;

    sdk::Host host_;
    Json settings_;
};

}  // namespace overture::elevenlabs
