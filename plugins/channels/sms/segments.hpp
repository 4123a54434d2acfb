#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace overture::sms {

enum class Encoding { gsm7, ucs2 };
std::string_view nameOf(Encoding encoding);  ///< "GSM-7" or "UCS-2"

/// How a text travels. One character outside GSM-7 makes the whole text UCS-2.
struct Measure {
    Encoding encoding = Encoding::gsm7;
    std::size_t units = 0;          ///< septets, or UTF-16 code units; headers and padding are not counted
    std::vector<std::size_t> cuts;  ///< where each segment begins, in bytes of the text; the first is 0

    /// At least 1: an empty text is an empty message.
    std::size_t segments() const { return cuts.size(); }
};

/// 160 septets or 70 code units travel alone; longer texts go in segments of 153 or 67, the rest holding the
/// six bytes of the concatenation header (3GPP TS 23.040, 9.2.3.24.1). An escape and its septet, or the two
/// halves of a surrogate pair, stay in one segment, so that a segment may be one unit short.
Measure measure(std::string_view utf8);

}  // namespace overture::sms
