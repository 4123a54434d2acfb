#include "bedrock/embedder.hpp"
#include "bedrock/model.hpp"

OVERTURE_PLUGIN("bedrock", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::bedrock::requireCredentials(host);
    overture::sdk::Opened opened;
    opened.model = std::make_shared<overture::bedrock::ChatModel>(host, settings);
    opened.embedder = std::make_shared<overture::bedrock::TextEmbedder>(host, settings);
    return opened;
})
