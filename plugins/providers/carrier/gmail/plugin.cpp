#include "carrier.hpp"

OVERTURE_PLUGIN("gmail", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& given) {
    const auto settings = overture::gmail::Settings::read(host, given);
    const auto mailbox = std::make_shared<overture::gmail::Mailbox>(host, settings);
    overture::sdk::Opened opened;
    opened.carrier = std::make_shared<overture::gmail::Carrier>(host, settings, mailbox);
    if (!settings.query.empty()) opened.mailbox = mailbox;
    return opened;
})
