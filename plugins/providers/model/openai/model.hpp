#pragma once

#include <atomic>

#include "settings.hpp"

namespace overture::openai {

/// POST {base_url}/chat/completions. A server that refuses response_format, max_completion_tokens, temperature or seed is
/// asked again without it, and that is remembered. Any thread.
class ChatModel final : public sdk::Model {
public:
    ChatModel(sdk::Host host, const Json& settings);
    sdk::Answer complete(const Json& request, const sdk::Call& call) override;

private:
    sdk::HttpAnswer post(const Json& body, std::int64_t deadlineMs) const;
    Settings current() const;
    bool giveWay(const sdk::HttpAnswer& answer, const Json& body);

    sdk::Host host_;
    Settings settings_;
    std::atomic<Structured> structured_;
    std::atomic<bool> oldTokenField_{false}, noTemperature_{false}, noSeed_{false};
};

}  // namespace overture::openai
