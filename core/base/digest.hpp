#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace overture {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmacSha256(std::string_view key, std::string_view bytes);

std::string toHex(std::string_view bytes);
std::string toHex(const Digest& digest);
std::string toBase64(std::string_view bytes);
/// Strict standard alphabet with padding; an empty string when `text` is not base64.
std::string fromBase64(std::string_view text);

/// A 64-bit mix of the text, the same on every machine. For seeds and spreading, never for secrets.
std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0);

}  // namespace overture
