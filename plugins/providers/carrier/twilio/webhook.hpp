#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::twilio {

/// Proves a call of Twilio's and reads it, whether it is about a message or a telephone call: a binding has one hook.
sdk::Answer readWebhook(const Settings& settings, const sdk::Json& request);

}  // namespace overture::twilio
