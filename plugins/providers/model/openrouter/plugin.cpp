#include "openai/embedder.hpp"
#include "openai/model.hpp"
#include "openrouter/settings.hpp"

OVERTURE_PLUGIN("openrouter", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& given) {
    const auto settings = overture::openrouter::readSettings(given);
    overture::sdk::Opened opened;
    opened.model = std::make_shared<overture::openai::ChatModel>(host, settings);
    opened.embedder = std::make_shared<overture::openai::TextEmbedder>(host, settings);
    return opened;
})
