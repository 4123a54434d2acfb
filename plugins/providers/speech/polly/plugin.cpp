#include "polly/synthesizer.hpp"

OVERTURE_PLUGIN("polly", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings) {
    overture::sdk::Opened opened;
    opened.synthesizer = std::make_shared<overture::polly::PollySynthesizer>(host, settings);
    return opened;
})
