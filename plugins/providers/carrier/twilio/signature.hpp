// The proof that a call came from Twilio: X-Twilio-Signature, as its own SDK computes it (twilio-node,
// lib/webhooks/webhooks.js) and docs/plugins.md sums it up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "form.hpp"

namespace overture::twilio {

/// Base64 of HMAC-SHA1 over the URL and then each field's name and value, names in order of UTF-16 code
/// units, the values of a repeated name de-duplicated and sorted.
std::string signatureOf(std::string_view authToken, std::string_view url, const Form& form);

/// What a server may see as the URL differs from what was signed in the port: as it is, without a port, and
/// with the scheme's standard port.
std::vector<std::string> spellingsOf(std::string_view url);

struct Received {
    std::string_view method, url, contentType, body, signature;
};

/// A form's fields are signed with the URL; any other body is proved by bodySHA256 in the signed query
/// (lower-case hex of the raw bytes). Compared in constant time.
bool isSigned(std::string_view authToken, const Received& call);

}  // namespace overture::twilio
