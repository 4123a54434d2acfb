#include "carrier.hpp"
#include "mailbox.hpp"

OVERTURE_PLUGIN("smtp", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& given) {
    const auto settings = overture::smtp::Settings::read(host, given);
    overture::sdk::Opened opened;
    opened.carrier = std::make_shared<overture::smtp::Carrier>(host, settings);
    if (settings.mailbox) opened.mailbox = std::make_shared<overture::smtp::Mailbox>(*settings.mailbox);
    return opened;
})
