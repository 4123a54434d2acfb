#include "scripted-speech/sound.hpp"

#include <array>

namespace overture::scripted_speech {
namespace {

constexpr int kMark = 16;
constexpr int kShortestRun = 8;
constexpr std::size_t kGap = 4;

/// Loudnesses that mu-law keeps exactly, the sixteen of half a byte and the mark's.
const std::array<std::int16_t, 17>& levels() {
    static const auto made = [] {
        std::array<std::int16_t, 17> out{};
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = sdk::sampleOf(static_cast<std::uint8_t>(0xC0 - 3 * i));
        return out;
    }();
    return made;
}

int levelOf(std::int16_t sample) {
    static const auto levelByLoudness = [] {
        std::array<std::int8_t, 32769> out{};
        out.fill(-1);
        for (std::size_t i = 0; i < levels().size(); ++i)
            out[static_cast<std::size_t>(levels()[i])] = static_cast<std::int8_t>(i);
        return out;
    }();
    return levelByLoudness[static_cast<std::size_t>(sample < 0 ? -sample : sample)];
}

void appendRun(sdk::Samples& samples, int level, std::size_t length) {
    const auto loud = levels()[static_cast<std::size_t>(level)];
    std::uint32_t noise = 0x9E3779B9U + static_cast<std::uint32_t>(level);
    for (std::size_t i = kGap; i < length; ++i) {
        noise = noise * 1664525U + 1013904223U;
        samples.push_back((noise >> 31) != 0 ? loud : static_cast<std::int16_t>(-loud));
    }
    samples.insert(samples.end(), kGap, 0);
}

}  // namespace

void append(sdk::Samples& samples, std::uint8_t byte, std::size_t length) {
    const auto third = length / 3;
    appendRun(samples, kMark, length - 2 * third);
    appendRun(samples, byte >> 4, third);
    appendRun(samples, byte & 0x0f, third);
}

std::optional<Reader::Byte> Reader::take(std::int16_t sample) {
    const int level = levelOf(sample);
    std::optional<Byte> byte;
    if (level != level_) {
        if (level_ >= 0 && run_ >= kShortestRun) byte = ended(level_);
        level_ = level;
        run_ = 0;
        runBegan_ = now_;
    }
    ++run_;
    ++now_;
    return byte;
}

std::optional<Reader::Byte> Reader::ended(int level) {
    if (level == kMark) {
        began_ = runBegan_;
        part_ = 1;
    } else if (part_ == 1) {
        high_ = level;
        part_ = 2;
    } else if (part_ == 2) {
        part_ = 0;
        lastSound_ = now_;
        return Byte{static_cast<std::uint8_t>(high_ << 4 | level), began_, now_};
    } else {
        return std::nullopt;
    }
    lastSound_ = now_;
    return std::nullopt;
}

}  // namespace overture::scripted_speech
