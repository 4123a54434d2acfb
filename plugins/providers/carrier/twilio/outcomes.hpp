// What Twilio's answers mean for the engine. No message carries a number or a text: Twilio's own sentences
// do.
#pragma once

#include <string>
#include <string_view>

#include "overture/plugin.hpp"

namespace overture::twilio {

/// For a request that may have had an effect: everything but a 2xx answer. What is not known to have been
/// refused may have been accepted (there is no idempotency key), so it is `unknown`.
sdk::Answer problemOf(const sdk::HttpAnswer& answer);

/// For a request that only reads: whatever went wrong on the way may be tried again.
sdk::Answer readProblemOf(const sdk::HttpAnswer& answer);

/// An error of a status after which this number will never get anything by WhatsApp.
bool isOfNoUse(std::string_view code);

/// "queued" or "sent" for what creation answers, and what is known later: "delivered", "undelivered",
/// "failed", "read".
std::string_view statusOf(std::string_view twilioStatus);

}  // namespace overture::twilio
