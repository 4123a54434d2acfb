#pragma once

#include <string_view>

#include "form.hpp"
#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::twilio {

/// What Twilio says of a call, already proved: its status, who answered, a person who calls us, what follows a relay, how a transfer
/// went. `query` is the hook's, which names our own id of the call; `request` has `media` where it may be connected to.
sdk::Answer readCall(const Settings& settings, const Form& form, std::string_view query,
                     const sdk::Json& request);

/// "completed", "busy", "no_answer", "failed", "cancelled" of a status after which a call is over; "" of any other.
std::string_view endOf(std::string_view twilioStatus);

}  // namespace overture::twilio
