// Text as sound and back: each byte is three runs of samples of one loudness, the first louder than any other, the next two its
// halves; their signs are noise, so that it sounds like a voice and like no tone.
#pragma once

#include <optional>
#include <string_view>

#include "overture/audio.hpp"

namespace overture::scripted_speech {

/// The sound of one byte, `length` samples of it (at least kShortest).
void append(sdk::Samples& samples, std::uint8_t byte, std::size_t length);
constexpr std::size_t kShortest = 3 * 16;

/// Reads the bytes back; whatever is no such sound is silence to it.
class Reader {
public:
    struct Byte {
        std::uint8_t value;
        std::int64_t from, to;  ///< samples since the first
    };
    /// The next sample; a byte when one has ended with it.
    std::optional<Byte> take(std::int16_t sample);
    /// Samples since the last that was part of such a sound; from the beginning when there was none.
    std::int64_t quiet() const { return now_ - lastSound_; }
    std::int64_t now() const { return now_; }

private:
    std::optional<Byte> ended(int level);

    std::int64_t now_ = 0, lastSound_ = 0, began_ = 0, runBegan_ = 0;
    int level_ = -1;  // of the run; -1: none
    int run_ = 0;     // samples of it
    int part_ = 0;    // of the byte that is read: 0 before its first run
    int high_ = 0;
};

}  // namespace overture::scripted_speech
