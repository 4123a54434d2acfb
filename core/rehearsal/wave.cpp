#include <algorithm>

#include "rehearsal/phone.hpp"

namespace overture::rehearsal {
namespace {

constexpr std::uint32_t kPcm = 1, kMulaw = 7;

std::string littleEndian(std::uint32_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
}

std::uint32_t numberAt(std::string_view file, std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |=
            static_cast<std::uint32_t>(static_cast<unsigned char>(file[at + static_cast<std::size_t>(i)]))
            << (8 * i);
    return value;
}

Problem notThis(const std::string& what) {
    return {what, "", "Make one with: sox IN.wav -r 8000 -c 1 -b 16 OUT.wav"};
}

}  // namespace

std::string stereoWave(std::string_view leftMulaw, std::string_view rightMulaw) {
    const auto frames = std::max(leftMulaw.size(), rightMulaw.size());
    const auto bytes = static_cast<std::uint32_t>(frames * 4);
    std::string out = "RIFF" + littleEndian(36 + bytes, 4) + "WAVEfmt " + littleEndian(16, 4) +
                      littleEndian(kPcm, 2) + littleEndian(2, 2) + littleEndian(call::kRate, 4) +
                      littleEndian(call::kRate * 4, 4) + littleEndian(4, 2) + littleEndian(16, 2) + "data" +
                      littleEndian(bytes, 4);
    out.reserve(out.size() + bytes);
    const auto put = [&](std::string_view track, std::size_t at) {
        const auto sample =
            at < track.size() ? call::fromMulaw(static_cast<std::uint8_t>(track[at])) : std::int16_t{0};
        out += littleEndian(static_cast<std::uint16_t>(sample), 2);
    };
    for (std::size_t at = 0; at < frames; ++at) {
        put(leftMulaw, at);
        put(rightMulaw, at);
    }
    return out;
}

Result<std::string> mulawOfWave(std::string_view file) {
    if (file.size() < 12 || file.substr(0, 4) != "RIFF" || file.substr(8, 4) != "WAVE")
        return notThis("this is no WAV file");
    std::uint32_t form = 0, bits = 0;
    for (std::size_t at = 12; at + 8 <= file.size();) {
        const auto name = file.substr(at, 4);
        const std::size_t length = numberAt(file, at + 4, 4);
        const auto body = file.substr(at + 8, length);
        if (name == "fmt ") {
            if (body.size() < 16) return notThis("its format is cut off");
            form = numberAt(body, 0, 2);
            bits = numberAt(body, 14, 2);
            if (numberAt(body, 2, 2) != 1 || numberAt(body, 4, 4) != call::kRate)
                return notThis("a file that is played has one track of 8000 samples a second; this one has " +
                               std::to_string(numberAt(body, 2, 2)) + " of " +
                               std::to_string(numberAt(body, 4, 4)));
        } else if (name == "data") {
            if (form == kMulaw && bits == 8) return std::string(body);
            if (form != kPcm || bits != 16)
                return notThis("its samples are neither PCM of 16 bits nor mu-law");
            std::string out;
            out.reserve(body.size() / 2);
            for (std::size_t i = 0; i + 1 < body.size(); i += 2)
                out += static_cast<char>(call::toMulaw(static_cast<std::int16_t>(numberAt(body, i, 2))));
            return out;
        }
        at += 8 + length + length % 2;
    }
    return notThis("there is no sound in it");
}

}  // namespace overture::rehearsal
