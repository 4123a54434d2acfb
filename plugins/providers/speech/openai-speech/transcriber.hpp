#pragma once

#include "overture/plugin.hpp"

namespace overture::openai_speech {

using sdk::Json;

/// OpenAI's realtime transcription. Any thread.
class RealtimeTranscriber final : public sdk::Transcriber {
public:
    RealtimeTranscriber(sdk::Host host, Json settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer listen(const Json& request, const sdk::Call& call, sdk::Heard heard,
                       std::unique_ptr<sdk::Listening>& listening) override;

private:
    sdk::Host host_;
    Json settings_;
};

}  // namespace overture::openai_speech
