#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace overture::whatsapp {

/// Markdown in WhatsApp's own marks: *bold*, _italic_, ~struck out~, `code`; a heading is bold, a link its words and then the
/// address. Marks that mark nothing ("5 * 3", "a_b") stand as they are, and so do addresses and code.
std::string formatted(std::string_view markdown);

/// Code points of a valid text.
std::size_t charactersOf(std::string_view text);
bool isUtf8(std::string_view text);
/// Blanks and control characters of both ends away.
std::string_view trimmed(std::string_view text);

/// Line ends, tabs and runs of blanks as one blank: what a template's variable may hold.
std::string onOneLine(std::string_view text);

}  // namespace overture::whatsapp
