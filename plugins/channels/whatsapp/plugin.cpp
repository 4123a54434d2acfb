#include "channel.hpp"

OVERTURE_PLUGIN("whatsapp", "0.1.0", [](overture::sdk::Host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.channel = std::make_shared<overture::whatsapp::Channel>(settings);
    return opened;
})
