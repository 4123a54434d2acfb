#pragma once

#include "bedrock/settings.hpp"

namespace overture::bedrock {

/// POST {base_url}/model/{model}/invoke in the words of the model's maker: Titan takes one text a call, Cohere 96. Any thread.
class TextEmbedder final : public sdk::Embedder {
public:
    TextEmbedder(sdk::Host host, const Json& settings) : host_(host), settings_(Settings::read(settings)) {}
    sdk::Answer embed(const Json& request, const sdk::Call& call) override;

private:
    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::bedrock
