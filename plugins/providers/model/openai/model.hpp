#pragma once

#include <atomic>

#include "openai/settings.hpp"

namespace overture::openai {

/// POST {base_url}/chat/completions; streamed when the request has a first_token_ms or is asked in pieces, so that a silent server is known by then. A
/// server that refuses response_format, max_completion_tokens, temperature or seed is
/// asked again without it, and that is remembered. Any thread.
class ChatModel final : public sdk::Model {
public:
    ChatModel(sdk::Host host, Settings settings);
    sdk::Answer complete(const Json& request, const sdk::Call& call) override;
    sdk::Answer estimate(const Json& request, const sdk::Call& call) override;

private:
    class Asking;
    Settings current() const;
    bool giveWay(const sdk::HttpAnswer& answer, const Json& body);

    sdk::Host host_;
    Settings settings_;
    std::atomic<Structured> structured_;
    std::atomic<bool> oldTokenField_{false}, noTemperature_{false}, noSeed_{false}, noStreamOptions_{false},
        noStream_{false};
};

}  // namespace overture::openai
