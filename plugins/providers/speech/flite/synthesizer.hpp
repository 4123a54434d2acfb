#pragma once

#include "overture/plugin.hpp"

namespace overture::flite {

using sdk::Json;

/// Flite's English voices, in this process. Any thread.
class FliteSynthesizer final : public sdk::Synthesizer {
public:
    explicit FliteSynthesizer(const Json& settings);
    sdk::Answer speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) override;
    sdk::Answer voices(const Json& request, const sdk::Call& call) override;

private:
    std::string voice_;
};

}  // namespace overture::flite
