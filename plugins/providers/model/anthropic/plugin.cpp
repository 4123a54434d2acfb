#include "anthropic/model.hpp"

OVERTURE_PLUGIN("anthropic", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.model = std::make_shared<overture::anthropic::ChatModel>(host, settings);
    return opened;
})
