#pragma once

#include <string>
#include <string_view>

namespace overture::email {

/// What a person reads in an HTML mail (libxml2's HTML parser, which takes broken pages): blocks on lines of their own, no
/// scripts, styles or hidden parts, and without what mail programs mark as quoted. UTF-8 in, UTF-8 out.
std::string textOfHtml(std::string_view html);

}  // namespace overture::email
