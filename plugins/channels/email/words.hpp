// Small things with text that several files here need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "overture/plugin.hpp"

namespace overture::email {

/// A document's string, "" when it is absent or none.
std::string textOf(const sdk::Json& document, const char* name);

/// Blanks and control characters of both ends away.
std::string_view trimmed(std::string_view text);
/// ASCII only.
std::string lower(std::string_view text);
bool startsIgnoringCase(std::string_view text, std::string_view prefix);
bool holdsIgnoringCase(std::string_view text, std::string_view word);
/// Without the line ends, whichever they are ("\r\n", "\n", "\r").
std::vector<std::string_view> linesOf(std::string_view text);
std::string joined(const std::vector<std::string>& pieces, std::string_view between);

/// Valid UTF-8 whatever came: wrong bytes become U+FFFD, zero bytes go.
std::string validUtf8(std::string_view text);
/// At most `most` bytes, cut between two characters.
std::string_view cutTo(std::string_view text, std::size_t most);

/// "Re: AW: Fwd: Roof" → "Roof".
std::string_view withoutRe(std::string_view subject);

}  // namespace overture::email
