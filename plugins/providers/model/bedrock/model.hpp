#pragma once

#include <atomic>

#include "bedrock/settings.hpp"

namespace overture::bedrock {

/// POST {base_url}/model/{model}/converse, or …/converse-stream when the request has a first_token_ms. A model that refuses a
/// schema, a temperature or a place in the cache is asked again without it, and that is remembered. Any thread.
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
    std::atomic<bool> noSchema_{false}, noTemperature_{false}, noCache_{false}, noStream_{false};
};

}  // namespace overture::bedrock
