// Room call: what happens in one call, as a state machine: frames, words, sentences and a clock that is passed in. No threads, no
// sockets, no vendors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace overture::call {

/// Sound is mu-law (G.711), 8000 samples a second, one channel; a frame is 20 ms of it.
constexpr int kRate = 8000;
constexpr std::size_t kFrameBytes = 160;
constexpr milliseconds kFrame{20};

/// Milliseconds since the call's stream began.
using Moment = milliseconds;

std::int16_t fromMulaw(std::uint8_t byte);
std::uint8_t toMulaw(std::int16_t sample);
std::string silence(milliseconds length);
milliseconds lengthOf(std::size_t bytes);
/// Root mean square of the samples, 0 to 1.
double loudnessOf(std::string_view mulaw);

}  // namespace overture::call
