#pragma once

#include <atomic>

#include "gemini/settings.hpp"

namespace overture::gemini {

/// POST {base_url}/models/{model}:generateContent, or :streamGenerateContent when the request has a first_token_ms. A model that
/// refuses a schema, a thinking budget or a seed is asked again without it, and that is remembered. Any thread.
class ChatModel final : public sdk::Model {
public:
    ChatModel(sdk::Host host, const Json& settings) : host_(host), settings_(Settings::read(settings)) {}
    sdk::Answer complete(const Json& request, const sdk::Call& call) override;
    sdk::Answer estimate(const Json& request, const sdk::Call& call) override;

private:
    class Asking;
    Settings current() const;

    sdk::Host host_;
    Settings settings_;
    std::atomic<bool> noSchema_{false}, noThinking_{false}, noSeed_{false};
};

}  // namespace overture::gemini
