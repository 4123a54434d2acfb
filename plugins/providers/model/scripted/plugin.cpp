#include "model.hpp"

OVERTURE_PLUGIN("scripted", "0.1.0", [](overture::sdk::Host, const overture::sdk::Json&) {
    overture::sdk::Opened opened;
    opened.model = std::make_shared<overture::scripted::ScriptedModel>();
    return opened;
})
