// What may stand in a header: one line, and addresses that a server takes. Each throws sdk::Refused (`invalid`) naming the
// field; nothing is quietly taken out.
#pragma once

#include <string>
#include <string_view>

namespace overture::email {

/// One line without control characters, valid UTF-8, at most 998 bytes (RFC 5322, 2.1.1).
void checkLine(std::string_view value, std::string_view field);

struct Mailbox {
    std::string name, address;
    std::string domain() const { return address.substr(address.rfind('@') + 1); }
};

/// "ann@example.com" or "Ann Lee <ann@example.com>". An address is ASCII, local@domain (RFC 5321, 4.5.3.1: 64 and 255 bytes);
/// quoted local parts and those with a blank are refused.
Mailbox mailbox(std::string_view text, std::string_view field);
bool isAddress(std::string_view address);

}  // namespace overture::email
