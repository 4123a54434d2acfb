#pragma once

#include "settings.hpp"

namespace overture::ses {

/// The engine's events of one event of SES's. `id` is the notice's own. A complaint and an unsubscription are the person's STOP.
sdk::Json eventsOf(const sdk::Json& event, const std::string& id, const Settings& settings);

}  // namespace overture::ses
