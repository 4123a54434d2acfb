#pragma once

#include <string>
#include <string_view>

namespace overture::email {

/// The Markdown of a draft as the inside of an HTML body (md4c, CommonMark with bare links). HTML in the text is shown, not
/// obeyed; a line break stays one. Throws sdk::Refused for a link that is not http, https, mailto or tel, and for pictures.
std::string htmlOf(std::string_view markdown);

/// The five characters that mean something in HTML, written as what they are.
std::string escaped(std::string_view text);

}  // namespace overture::email
