#include "asked.hpp"
#include "calls.hpp"

OVERTURE_PLUGIN("vapi", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    const auto read = overture::vapi::Settings::read(host, settings);
    overture::sdk::Opened opened;
    opened.calls = std::make_shared<overture::vapi::Calls>(host, read);
    opened.media = std::make_shared<overture::vapi::Model>(host, read);
    return opened;
})
