#pragma once

#include "openai/settings.hpp"

namespace overture::openai {

/// POST {base_url}/embeddings. Any thread.
class TextEmbedder final : public sdk::Embedder {
public:
    TextEmbedder(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer embed(const Json& request, const sdk::Call& call) override;

private:
    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::openai
