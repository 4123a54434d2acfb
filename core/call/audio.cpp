#include "call/audio.hpp"

#include <array>
#include <cmath>

namespace overture::call {
namespace {

constexpr int kBias = 0x84, kClip = 32635;

std::int16_t decoded(std::uint8_t byte) {
    const int flipped = ~byte & 0xff;
    const int exponent = flipped >> 4 & 7, mantissa = flipped & 0x0f;
    const int magnitude = ((mantissa << 3) + kBias) << exponent;
    return static_cast<std::int16_t>((flipped & 0x80) != 0 ? kBias - magnitude : magnitude - kBias);
}

const std::array<std::int16_t, 256>& table() {
    static const auto made = [] {
        std::array<std::int16_t, 256> all{};
        for (int i = 0; i < 256; ++i)
            all[static_cast<std::size_t>(i)] = decoded(static_cast<std::uint8_t>(i));
        return all;
    }();
    return made;
}

}  // namespace

std::int16_t fromMulaw(std::uint8_t byte) {
    return table()[byte];
}

std::uint8_t toMulaw(std::int16_t sample) {
    const int sign = sample < 0 ? 0x80 : 0;
    int magnitude = sample < 0 ? -static_cast<int>(sample) : sample;
    if (magnitude > kClip) magnitude = kClip;
    magnitude += kBias;
    int exponent = 7;
    for (int mask = 0x4000; exponent > 0 && (magnitude & mask) == 0; mask >>= 1) --exponent;
    const int mantissa = magnitude >> (exponent + 3) & 0x0f;
    return static_cast<std::uint8_t>(~(sign | exponent << 4 | mantissa));
}

std::string silence(milliseconds length) {
    return std::string(static_cast<std::size_t>(length.count()) * kRate / 1000, static_cast<char>(0xff));
}

milliseconds lengthOf(std::size_t bytes) {
    return milliseconds(static_cast<std::int64_t>(bytes * 1000 / kRate));
}

double loudnessOf(std::string_view mulaw) {
    if (mulaw.empty()) return 0;
    double sum = 0;
    for (const char byte : mulaw) {
        const double sample = fromMulaw(static_cast<std::uint8_t>(byte)) / 32768.0;
        sum += sample * sample;
    }
    return std::sqrt(sum / static_cast<double>(mulaw.size()));
}

}  // namespace overture::call
