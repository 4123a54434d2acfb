#include "gemini/embedder.hpp"
#include "gemini/model.hpp"

OVERTURE_PLUGIN("gemini", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.model = std::make_shared<overture::gemini::ChatModel>(host, settings);
    opened.embedder = std::make_shared<overture::gemini::TextEmbedder>(host, settings);
    return opened;
})
