#include "call/arrival.hpp"

#include <algorithm>

namespace overture::call {
namespace {

constexpr std::size_t kLongest = kRate;      // bytes in one message: one second
constexpr std::int64_t kTolerated = 10;      // ms; carriers round
constexpr std::int64_t kLongestFill = 1000;  // ms

}  // namespace

std::vector<std::string> Arrival::take(std::int64_t at, std::string_view mulaw) {
    if (mulaw.empty() || mulaw.size() > kLongest) {
        ++counts_.wrong;
        return {};
    }
    if (next_ < 0 || at < 0) {
        if (at >= 0 || next_ < 0) next_ = std::max<std::int64_t>(at, 0);
    } else if (at + kTolerated < next_) {
        ++counts_.late;
        return {};
    } else if (const auto gap = at - next_; gap > kTolerated) {
        const auto filled = std::min(gap, kLongestFill);
        counts_.missing += gap / kFrame.count();
        rest_ += silence(milliseconds(filled));
        next_ = at;
    }
    rest_ += mulaw;
    next_ += lengthOf(mulaw.size()).count();
    std::vector<std::string> frames;
    std::size_t used = 0;
    for (; rest_.size() - used >= kFrameBytes; used += kFrameBytes)
        frames.push_back(rest_.substr(used, kFrameBytes));
    rest_.erase(0, used);
    counts_.frames += static_cast<std::int64_t>(frames.size());
    return frames;
}

}  // namespace overture::call
