#pragma once

#include <string>
#include <string_view>

namespace overture::email {

/// What the person wrote: without quoted lines, the line that introduces them ("On … wrote:", in the languages that mail
/// programs write), forwarded headers, and the signature ("-- ", "Sent from my phone"). Words between quoted pieces stay.
std::string withoutQuotes(std::string_view text);

}  // namespace overture::email
