#include "call/track.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace overture::call {
namespace {

constexpr std::size_t kMostWaiting = 4 * 1024 * 1024;  // bytes; nobody takes them any more
constexpr std::size_t kBytesPerMs = kRate / 1000;
constexpr char kSilence = static_cast<char>(0xff);

std::string lowFirst(std::size_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
}

}  // namespace

void Track::put(Moment at, std::string_view mulaw) {
    if (waiting_.size() > kMostWaiting || at < Moment(0)) return;
    const auto place = static_cast<std::size_t>(at.count()) * kBytesPerMs;
    if (place > length_) waiting_.append(place - length_, kSilence);
    length_ = std::max(length_, place);
    mulaw.remove_prefix(std::min(mulaw.size(), length_ - place));
    waiting_ += mulaw;
    length_ += mulaw.size();
}

std::string Track::take() {
    return std::exchange(waiting_, {});
}

std::string stereoHeader(std::size_t bytesOfOne) {
    constexpr std::size_t kMulaw = 7, kTracks = 2, kFormat = 18, kFacts = 4;
    const auto bytes = bytesOfOne * kTracks;
    const auto after = 4 + (8 + kFormat) + (8 + kFacts) + (8 + bytes);
    return "RIFF" + lowFirst(after, 4) + "WAVEfmt " + lowFirst(kFormat, 4) + lowFirst(kMulaw, 2) +
           lowFirst(kTracks, 2) + lowFirst(kRate, 4) + lowFirst(kRate * kTracks, 4) + lowFirst(kTracks, 2) +
           lowFirst(8, 2) + lowFirst(0, 2) + "fact" + lowFirst(kFacts, 4) + lowFirst(bytesOfOne, 4) + "data" +
           lowFirst(bytes, 4);
}

std::string stereo(std::string_view left, std::string_view right) {
    const auto length = std::max(left.size(), right.size());
    std::string out(2 * length, kSilence);
    for (std::size_t i = 0; i < left.size(); ++i) out[2 * i] = left[i];
    for (std::size_t i = 0; i < right.size(); ++i) out[2 * i + 1] = right[i];
    return out;
}

}  // namespace overture::call
