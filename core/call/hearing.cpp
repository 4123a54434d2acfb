#include "call/hearing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace overture::call {
namespace {

constexpr double kQuietest = 0.008;  // nothing below it is a voice
constexpr double kOverFloor = 3.0;
constexpr auto kBridged = milliseconds(100);  // between two syllables

constexpr int kLowest = 350, kHighest = 2200, kStep = 25, kSame = 50;
constexpr double kPure = 0.75;  // share of the sound that is in one tone
constexpr auto kShortestBeep = milliseconds(120), kLongestBeep = milliseconds(2000);
constexpr int kFax = 2100;  // Hz, of a fax that answers
constexpr auto kSurelyFax = milliseconds(600);

/// Share of the frame's power that lies in one frequency (Goertzel).
double shareOf(const std::array<double, kFrameBytes>& samples, double power, int frequency) {
    const double turn = 2 * std::cos(2 * std::numbers::pi * frequency / kRate);
    double before = 0, last = 0;
    for (const double sample : samples) {
        const double next = sample + turn * last - before;
        before = last;
        last = next;
    }
    const double found = last * last + before * before - turn * last * before;
    return 2 * found / (power * static_cast<double>(samples.size()));
}

/// The frequency that nearly all of the frame is made of; 0 when there is none.
int toneOf(std::string_view frame) {
    if (frame.size() != kFrameBytes) return 0;
    std::array<double, kFrameBytes> samples{};
    double power = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = fromMulaw(static_cast<std::uint8_t>(frame[i])) / 32768.0;
        power += samples[i] * samples[i];
    }
    if (std::sqrt(power / static_cast<double>(samples.size())) < kQuietest) return 0;
    int best = 0;
    double most = 0;
    for (int frequency = kLowest; frequency <= kHighest; frequency += kStep)
        if (const double share = shareOf(samples, power, frequency); share > most) {
            most = share;
            best = frequency;
        }
    return most >= kPure ? best : 0;
}

}  // namespace

bool Voice::next(std::string_view frame) {
    const double loud = loudnessOf(frame);
    const bool voice = loud > std::max(kQuietest, floor_ * kOverFloor);
    // Up slowly, so that speech does not raise it; down at once.
    floor_ = loud < floor_ ? floor_ * 0.9 + loud * 0.1 : floor_ + (loud - floor_) * 0.0005;
    const auto length = lengthOf(frame.size());
    if (voice) {
        lasting_ += length;
        quiet_ = milliseconds(0);
    } else {
        quiet_ += length;
        if (quiet_ > kBridged)
            lasting_ = milliseconds(0);
        else if (lasting_.count() > 0)
            lasting_ += length;
    }
    return voice;
}

Tones::Tone Tones::next(std::string_view frame) {
    const int found = toneOf(frame);
    const bool same = found != 0 && frequency_ != 0 && std::abs(found - frequency_) <= kSame;
    if (!same) {
        const auto tone = ended();
        frequency_ = found;
        length_ = found == 0 ? milliseconds(0) : lengthOf(frame.size());
        told_ = false;
        return tone;
    }
    length_ += lengthOf(frame.size());
    if (told_) return Tone::none;
    if (std::abs(frequency_ - kFax) <= kSame && length_ >= kSurelyFax) {
        told_ = true;
        return Tone::fax;
    }
    if (length_ > kLongestBeep) {
        told_ = true;
        return Tone::beep;
    }
    return Tone::none;
}

Tones::Tone Tones::ended() {
    return frequency_ != 0 && !told_ && length_ >= kShortestBeep ? Tone::beep : Tone::none;
}

}  // namespace overture::call
