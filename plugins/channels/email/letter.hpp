// A draft as a message ready for a mail server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checks.hpp"
#include "overture/plugin.hpp"

namespace overture::email {

struct Letter {
    std::string text;  ///< Markdown, without subject and footer
    std::string subject;
    Mailbox from, to;
    std::string deliveryId;
    std::string company, postalAddress, unsubscribeUrl, language;
    std::vector<std::string> references;  ///< message ids of the thread with their brackets, oldest first
    std::int64_t atMicros = 0;
};

/// "<delivery id@sender's domain>": the same for the same delivery, however often it is composed.
std::string messageId(const Letter& letter);

/// The same message in pieces, for carriers that put it together themselves: {"from", "to": {"email", "name"}, "subject", "text",
/// "html", "headers"}. Throws as mimeOf().
sdk::Json piecesOf(const Letter& letter);

/// The whole message (RFC 5322, CRLF): text and HTML, thread headers, and how to unsubscribe: RFC 8058's one click where there
/// is an https address, otherwise by mail. Byte for byte the same for the same letter. Throws sdk::Refused naming the field that
/// cannot stand in a header.
std::string mimeOf(const Letter& letter);

}  // namespace overture::email
