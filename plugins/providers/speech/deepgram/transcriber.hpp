#pragma once

#include "overture/plugin.hpp"

namespace overture::deepgram {

using sdk::Json;

/// Deepgram's live transcription. Any thread.
class LiveTranscriber final : public sdk::Transcriber {
public:
    LiveTranscriber(sdk::Host host, Json settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer listen(const Json& request, const sdk::Call& call, sdk::Heard heard,
                       std::unique_ptr<sdk::Listening>& listening) override;

private:
    sdk::Host host_;
    Json settings_;
};

}  // namespace overture::deepgram
