#include "alphabet.hpp"

#include <array>
#include <cstdint>

namespace overture::sms {
namespace {

constexpr std::u32string_view kBasic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view kExtension = U"\f^{}\\[~]|€";
static_assert(kBasic.size() == 127 && kExtension.size() == 10);

/// Everything in both tables but the euro lies below this.
constexpr std::size_t kLow = 0x400;
constexpr auto kSeptets = [] {
    std::array<std::uint8_t, kLow> septets{};
    for (const char32_t c : kBasic) septets[c] = 1;
    for (const char32_t c : kExtension)
        if (c < kLow) septets[c] = 2;
    return septets;
}();

constexpr char32_t kReplacement = 0xFFFD;

/// Reads one character at `at` and moves past it; U+FFFD and one byte when there is none.
char32_t next(std::string_view utf8, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(utf8[i]); };
    const std::uint8_t lead = byte(at);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || at + length > utf8.size()) return ++at, kReplacement;
    char32_t value = length == 1 ? lead : lead & (0x7F >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80) return ++at, kReplacement;
        value = value << 6 | (byte(at + i) & 0x3F);
    }
    const bool tooLong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (tooLong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return ++at, kReplacement;
    at += length;
    return value;
}

}  // namespace

int septetsOf(char32_t character) {
    return character < kLow ? kSeptets[character] : character == U'€' ? 2 : 0;
}

std::u32string_view basicAlphabet() {
    return kBasic;
}
std::u32string_view extensionAlphabet() {
    return kExtension;
}

std::u32string decode(std::string_view utf8) {
    std::u32string text;
    text.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) text += next(utf8, at);
    return text;
}

std::string encode(std::u32string_view text) {
    std::string utf8;
    utf8.reserve(text.size());
    const auto put = [&](char32_t value) { utf8 += static_cast<char>(value); };
    for (const char32_t c : text) {
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
        } else {
            put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)),
                put(0x80 | (c & 0x3F));
        }
    }
    return utf8;
}

}  // namespace overture::sms
