#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "campaign/csv.hpp"

namespace overture::campaign {
namespace {

// What Windows-1252 has where Latin-1 has control characters (WHATWG Encoding Standard, index-windows-1252).
constexpr std::array<char16_t, 32> kWindows = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

std::string fromWindows(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const unsigned code = byte >= 0x80 && byte < 0xa0 ? kWindows[byte - 0x80] : byte;
        if (code < 0x80) {
            out += c;
        } else if (code < 0x800) {
            out += static_cast<char>(0xc0 | (code >> 6));
            out += static_cast<char>(0x80 | (code & 0x3f));
        } else {
            out += static_cast<char>(0xe0 | (code >> 12));
            out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
            out += static_cast<char>(0x80 | (code & 0x3f));
        }
    }
    return out;
}

// Unpaired surrogates become U+FFFD, and half a character at the end is dropped.
std::string fromUtf16(std::string_view bytes, bool bigEndian) {
    icu::UnicodeString text;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const auto a = static_cast<unsigned char>(bytes[i]), b = static_cast<unsigned char>(bytes[i + 1]);
        text.append(static_cast<char16_t>(bigEndian ? a << 8 | b : b << 8 | a));
    }
    std::string out;
    text.toUTF8String(out);
    return out;
}

// A UTF-16 file of mostly Latin letters has a zero in nearly every second byte, always on the same side.
char utf16WithoutBom(std::string_view bytes) {
    const auto sample = bytes.substr(0, 4096);
    std::size_t zeros[2] = {0, 0};
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (sample[i] == 0) ++zeros[i % 2];
    const auto many = sample.size() / 4, few = sample.size() / 50;
    if (sample.size() < 8) return 0;
    return zeros[1] > many && zeros[0] <= few ? 'l' : zeros[0] > many && zeros[1] <= few ? 'b' : 0;
}

// A file of UTF-8 with a few broken bytes is still UTF-8; the other way round a Windows file hardly ever
// holds a valid UTF-8 sequence.
bool isMostlyUtf8(std::string_view bytes) {
    std::size_t good = 0, bad = 0;
    for (std::size_t i = 0; i < bytes.size();) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = byte < 0x80         ? 1
                                   : (byte >> 5) == 6  ? 2
                                   : (byte >> 4) == 14 ? 3
                                   : (byte >> 3) == 30 ? 4
                                                       : 0;
        const bool whole = length > 1 && i + length <= bytes.size() && isUtf8(bytes.substr(i, length));
        if (whole) ++good;
        if (!whole && length != 1) ++bad;
        i += whole ? length : 1;
    }
    return good > 10 * bad;
}

}  // namespace

std::string_view decodeTable(std::string_view bytes, std::string& storage, std::string& encoding) {
    const auto keep = [&](std::string text, const char* name) {
        storage = std::move(text);
        encoding = name;
        return std::string_view(storage);
    };
    if (bytes.starts_with("\xff\xfe")) return keep(fromUtf16(bytes.substr(2), false), "UTF-16");
    if (bytes.starts_with("\xfe\xff")) return keep(fromUtf16(bytes.substr(2), true), "UTF-16");
    const bool marked = bytes.starts_with("\xef\xbb\xbf");
    if (marked) bytes.remove_prefix(3);
    if (const char order = marked ? 0 : utf16WithoutBom(bytes))
        return keep(fromUtf16(bytes, order == 'b'), "UTF-16");
    if (isUtf8(bytes)) {
        encoding = "UTF-8";
        return bytes;
    }
    if (marked || isMostlyUtf8(bytes)) return keep(toValidUtf8(bytes), "UTF-8");
    return keep(fromWindows(bytes), "Windows-1252");
}

}  // namespace overture::campaign
