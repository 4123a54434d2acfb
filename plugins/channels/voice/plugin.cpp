#include "channel.hpp"

OVERTURE_PLUGIN("voice", "0.1.0", [](overture::sdk::Host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.channel = std::make_shared<overture::voice::Texts>(settings);
    opened.callManners = std::make_shared<overture::voice::Manners>();
    return opened;
})
