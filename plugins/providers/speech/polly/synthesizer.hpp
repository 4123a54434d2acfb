#pragma once

#include "overture/plugin.hpp"

namespace overture::polly {

using sdk::Json;

/// Amazon Polly's SynthesizeSpeech. Any thread.
class PollySynthesizer final : public sdk::Synthesizer {
public:
    PollySynthesizer(sdk::Host host, Json settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) override;
    sdk::Answer voices(const Json& request, const sdk::Call& call) override;

private:
    std::string region() const { return settings_.value("region", "us-east-1"); }
    sdk::HttpRequest signedRequest(const std::string& method, const std::string& path,
                                   std::string body) const;

    sdk::Host host_;
    Json settings_;
};

}  // namespace overture::polly
