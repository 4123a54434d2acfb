#pragma once

#include <string>
#include <string_view>

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::vapi {

/// A server message {message: {type, call, …}}, which the hook got.
sdk::Answer readWebhook(const Settings& settings, const sdk::Json& request);

/// "ringing", "answered" or "ended" for what Vapi calls the status of a call; "queued" for what comes before.
std::string statusOf(std::string_view vapiStatus);
/// "completed", "busy", "no_answer", "failed" for why Vapi says a call ended; there are hundreds, and new ones are plain ends.
std::string endOf(std::string_view endedReason);

}  // namespace overture::vapi
