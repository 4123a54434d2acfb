// Inside call: one side of a recording.
#pragma once

#include <string>
#include <string_view>

#include "call/audio.hpp"

namespace overture::call {

/// Sound laid on the call's time line as it comes: silence fills what is missing, and what would lie on something is left out.
class Track {
public:
    void put(Moment at, std::string_view mulaw);
    /// What there is of it since this was asked last, without a gap.
    std::string take();
    milliseconds length() const { return lengthOf(length_); }

private:
    std::string waiting_;
    std::size_t length_ = 0;  // bytes, with those that were taken
};

/// What a WAV file of two tracks (mu-law, 8000 a second) begins with, when each of them has so many bytes.
std::string stereoHeader(std::size_t bytesOfOne);
/// The sound itself: one byte of each in turn; the shorter is filled up with silence.
std::string stereo(std::string_view left, std::string_view right);

}  // namespace overture::call
