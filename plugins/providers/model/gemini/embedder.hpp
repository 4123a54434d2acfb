#pragma once

#include "gemini/settings.hpp"

namespace overture::gemini {

/// POST {base_url}/models/{model}:batchEmbedContents, as often as there are a hundred texts. Any thread.
class TextEmbedder final : public sdk::Embedder {
public:
    TextEmbedder(sdk::Host host, const Json& settings) : host_(host), settings_(Settings::read(settings)) {}
    sdk::Answer embed(const Json& request, const sdk::Call& call) override;

private:
    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::gemini
