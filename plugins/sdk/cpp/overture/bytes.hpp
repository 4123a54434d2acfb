// Base64 and hex for plugins; needs no library.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overture::sdk {

inline constexpr std::string_view kBase64Letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard alphabet, padded.
inline std::string toBase64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t at) {
            return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : std::uint32_t{0};
        };
        const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        text += kBase64Letters[group >> 18];
        text += kBase64Letters[group >> 12 & 63];
        text += i + 1 < bytes.size() ? kBase64Letters[group >> 6 & 63] : '=';
        text += i + 2 < bytes.size() ? kBase64Letters[group & 63] : '=';
    }
    return text;
}

/// Nothing when `text` is not padded base64 of the standard alphabet.
inline std::optional<std::string> fromBase64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::string bytes;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pad = i >= text.size() - padding;
        const auto value = pad ? 0 : kBase64Letters.find(text[i]);
        if (value == std::string_view::npos) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        if (i % 4 != 3) continue;
        for (const int shift : {16, 8, 0}) bytes += static_cast<char>(group >> shift & 0xFF);
        group = 0;
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

/// The alphabet of URLs (RFC 4648 5), without padding.
inline std::string toBase64Url(std::string_view bytes) {
    auto text = toBase64(bytes);
    while (text.ends_with('=')) text.pop_back();
    for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

/// With or without padding; nothing when `text` is none.
inline std::optional<std::string> fromBase64Url(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string standard(text);
    if (standard.find_first_of("+/=") != std::string::npos) return std::nullopt;
    for (auto& c : standard) c = c == '-' ? '+' : c == '_' ? '/' : c;
    standard.append((4 - standard.size() % 4) % 4, '=');
    return fromBase64(standard);
}

/// Small letters.
inline std::string toHex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        text += kDigits[static_cast<std::uint8_t>(c) >> 4];
        text += kDigits[static_cast<std::uint8_t>(c) & 15];
    }
    return text;
}

/// Takes as long for a wrong byte at the start as for one at the end: for signatures and tokens.
inline bool sameSecret(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i)
        difference =
            difference | (static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]));
    return difference == 0;
}

}  // namespace overture::sdk
