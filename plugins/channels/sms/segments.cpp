#include "segments.hpp"

#include <algorithm>
#include <string>

#include "alphabet.hpp"

namespace overture::sms {
namespace {

std::size_t bytesOf(char32_t c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

std::size_t unitsOf(char32_t c, Encoding encoding) {
    if (encoding == Encoding::gsm7) return static_cast<std::size_t>(septetsOf(c));
    return c < 0x10000 ? 1 : 2;
}

std::vector<std::size_t> cut(const std::u32string& text, Encoding encoding, std::size_t room) {
    std::vector<std::size_t> cuts{0};
    std::size_t used = 0, byte = 0;
    for (const char32_t c : text) {
        const auto units = unitsOf(c, encoding);
        if (used + units > room) {
            cuts.push_back(byte);
            used = 0;
        }
        used += units;
        byte += bytesOf(c);
    }
    return cuts;
}

}  // namespace

std::string_view nameOf(Encoding encoding) {
    return encoding == Encoding::gsm7 ? "GSM-7" : "UCS-2";
}

Measure measure(std::string_view utf8) {
    const auto text = decode(utf8);
    const bool gsm = std::all_of(text.begin(), text.end(), [](char32_t c) { return septetsOf(c) > 0; });
    Measure result;
    result.encoding = gsm ? Encoding::gsm7 : Encoding::ucs2;
    for (const char32_t c : text) result.units += unitsOf(c, result.encoding);
    const std::size_t alone = gsm ? 160 : 70, joined = gsm ? 153 : 67;
    result.cuts = cut(text, result.encoding, result.units <= alone ? alone : joined);
    return result;
}

}  // namespace overture::sms
