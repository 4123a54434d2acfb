#pragma once

#include "overture/plugin.hpp"

namespace overture::openai_speech {

using sdk::Json;

/// OpenAI's realtime conversation: it hears the caller and answers with its own voice, when it is asked to. Any thread.
class RealtimeConverser final : public sdk::Converser {
public:
    RealtimeConverser(sdk::Host host, Json settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer listen(const Json& request, const sdk::Call& call, sdk::Heard heard,
                       std::unique_ptr<sdk::Conversing>& conversing) override;
    sdk::Answer estimate(const Json& request, const sdk::Call& call) override;

private:
    sdk::Host host_;
    Json settings_;
};

}  // namespace overture::openai_speech
