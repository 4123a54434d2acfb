// Mail that a server hands over as it comes in, instead of keeping it in a mailbox.
#pragma once

#include <string>

#include "overture/plugin.hpp"

namespace overture::smtp {

/// A whole message as the body of a POST, proved by "X-Overture-Signature: t=SECONDS,v1=HEX": HMAC-SHA256 with the secret over the
/// seconds, a dot and the body, five minutes old at most. Anything else is `rejected`.
sdk::Answer receivedMail(const sdk::Json& request, const std::string& secret, std::int64_t nowSeconds);

}  // namespace overture::smtp
