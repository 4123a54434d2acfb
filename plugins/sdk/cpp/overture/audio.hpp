// Sound as the speech capabilities hand it over: mu-law (G.711) or PCM of 16 bits, little-endian, one channel.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "overture/plugin.hpp"

namespace overture::sdk {

using Samples = std::vector<std::int16_t>;

inline std::int16_t sampleOf(std::uint8_t mulaw) {
    const int code = ~mulaw & 0xff;
    const int magnitude = (((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
    return static_cast<std::int16_t>((code & 0x80) != 0 ? 0x84 - magnitude : magnitude - 0x84);
}

inline std::uint8_t mulawOf(std::int16_t sample) {
    constexpr int kBias = 0x84, kLargest = 32635;
    const bool negative = sample < 0;
    int magnitude = negative ? -static_cast<int>(sample) : sample;
    magnitude = (magnitude > kLargest ? kLargest : magnitude) + kBias;
    int exponent = 7;
    while (exponent > 0 && magnitude < 0x80 << exponent) --exponent;
    const int mantissa = magnitude >> (exponent + 3) & 0x0f;
    return static_cast<std::uint8_t>(~((negative ? 0x80 : 0) | exponent << 4 | mantissa));
}

/// What a request of a speech capability asks for.
struct AudioForm {
    bool mulaw = true;
    int rate = 8000;

    /// Bytes of so many milliseconds.
    std::size_t bytes(std::int64_t milliseconds) const {
        return static_cast<std::size_t>(milliseconds * rate / 1000) * (mulaw ? 1 : 2);
    }
    std::int64_t milliseconds(std::size_t bytes) const {
        return static_cast<std::int64_t>(bytes / (mulaw ? 1 : 2)) * 1000 / rate;
    }
};

/// Reads `encoding` and `rate`; throws Refused (invalid) with the place.
inline AudioForm audioFormOf(const Json& request) {
    const auto encoding = request.value("encoding", Json());
    if (encoding != "mulaw" && encoding != "pcm16")
        throw Refused(Outcome::invalid, "encoding: write mulaw or pcm16");
    const auto rate = request.value("rate", Json());
    if (!rate.is_number_integer() || rate.get<std::int64_t>() < 8000 || rate.get<std::int64_t>() > 48000)
        throw Refused(Outcome::invalid, "rate: write samples a second, from 8000 to 48000");
    return {encoding == "mulaw", rate.get<int>()};
}

/// Bytes as they come, cut anywhere, to samples.
class SampleReader {
public:
    explicit SampleReader(bool mulaw) : mulaw_(mulaw) {}
    Samples take(std::string_view bytes) {
        Samples out;
        out.reserve(bytes.size());
        for (const char byte : bytes) {
            const auto value = static_cast<std::uint8_t>(byte);
            if (mulaw_) {
                out.push_back(sampleOf(value));
            } else if (half_) {
                out.push_back(static_cast<std::int16_t>(low_ | value << 8));
                half_ = false;
            } else {
                low_ = value;
                half_ = true;
            }
        }
        return out;
    }

private:
    bool mulaw_, half_ = false;
    std::uint8_t low_ = 0;
};

/// The bytes of samples in that encoding.
inline std::string bytesOf(const Samples& samples, bool mulaw) {
    std::string out;
    out.reserve(samples.size() * (mulaw ? 1 : 2));
    for (const auto sample : samples) {
        if (mulaw) {
            out += static_cast<char>(mulawOf(sample));
            continue;
        }
        const auto bits = static_cast<std::uint16_t>(sample);
        out += static_cast<char>(bits & 0xff);
        out += static_cast<char>(bits >> 8);
    }
    return out;
}

}  // namespace overture::sdk
