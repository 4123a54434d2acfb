#include "channel.hpp"

OVERTURE_PLUGIN("email", "0.1.0", [](overture::sdk::Host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.channel = std::make_shared<overture::email::Channel>(settings);
    return opened;
})
