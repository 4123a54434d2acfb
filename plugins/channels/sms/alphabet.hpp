#pragma once

#include <string>
#include <string_view>

namespace overture::sms {

/// Septets of one character in the GSM 7-bit default alphabet: 1, or 2 for its extension table (an escape and
/// a septet), or 0 when it has none. Source: 3GPP TS 23.038, 6.2.1 and 6.2.1.1.
int septetsOf(char32_t character);

/// Every character for which septetsOf() is not 0, in the order of the two tables.
std::u32string_view basicAlphabet();
std::u32string_view extensionAlphabet();

/// UTF-8 to code points; every byte that belongs to no character becomes U+FFFD.
std::u32string decode(std::string_view utf8);
std::string encode(std::u32string_view text);

}  // namespace overture::sms
