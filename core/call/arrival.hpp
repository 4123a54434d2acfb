// Inside call: the person's sound as it comes over the wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "call/audio.hpp"

namespace overture::call {

/// Makes one even line of frames of what comes late, twice, in a wrong order, in odd lengths or not at all.
class Arrival {
public:
    struct Counts {
        std::int64_t frames = 0, missing = 0, late = 0,
                     wrong = 0;  ///< missing, in frames; the others in messages
    };
    /// A piece of sound that begins at `at` of the stream's clock (-1: where the last one ended). Returns what can be heard now,
    /// in frames: silence stands for up to a second that is missing, more than that is skipped.
    std::vector<std::string> take(std::int64_t at, std::string_view mulaw);
    const Counts& counts() const { return counts_; }
    /// Where the frames end that were given out, by the stream's clock.
    Moment position() const { return Moment(next_) - lengthOf(rest_.size()); }

private:
    std::int64_t next_ = -1;  // ms at which the next piece should begin
    std::string rest_;        // less than a frame
    Counts counts_;
};

}  // namespace overture::call
