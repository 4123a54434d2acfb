#include "base/ids.hpp"

#include <sodium.h>

#include "base/digest.hpp"

namespace overture {
namespace {

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool isDashPlace(std::size_t index) {
    return index == 8 || index == 13 || index == 18 || index == 23;
}

}  // namespace

std::string Uuid::text() const {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (const auto byte : bytes) {
        if (isDashPlace(out.size())) out += '-';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid uuid;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isDashPlace(i)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int digit = hexDigit(text[i]);
        if (digit < 0) return std::nullopt;
        auto& byte = uuid.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>((byte << 4) | digit);
        ++nibble;
    }
    return uuid;
}

Uuid uuid7(Instant at, std::uint64_t entropyHigh, std::uint64_t entropyLow) {
    const auto ms =
        static_cast<std::uint64_t>(std::chrono::floor<milliseconds>(at).time_since_epoch().count());
    Uuid uuid;
    for (int i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
    for (int i = 0; i < 2; ++i) uuid.bytes[6 + i] = static_cast<std::uint8_t>(entropyHigh >> (8 * i));
    for (int i = 0; i < 8; ++i) uuid.bytes[8 + i] = static_cast<std::uint8_t>(entropyLow >> (8 * i));
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x70);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

Uuid uuid7(Instant at) {
    std::uint64_t entropy[2];
    randombytes_buf(entropy, sizeof entropy);
    return uuid7(at, entropy[0], entropy[1]);
}

Uuid uuid7(Instant at, std::string_view name) {
    return uuid7(at, hash64(name, 1), hash64(name, 2));
}

}  // namespace overture
