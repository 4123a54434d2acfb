#pragma once

#include "overture/plugin.hpp"

namespace overture::transcribe {

using sdk::Json;

/// Amazon Transcribe's streams. Any thread.
class StreamingTranscriber final : public sdk::Transcriber {
public:
    StreamingTranscriber(sdk::Host host, Json settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer listen(const Json& request, const sdk::Call& call, sdk::Heard heard,
                       std::unique_ptr<sdk::Listening>& listening) override;

private:
    sdk::Host host_;
    Json settings_;
};

}  // namespace overture::transcribe
