#include "api/limits.hpp"

#include <algorithm>

namespace overture::api {
namespace {

constexpr std::size_t kMostWindows = 10000;  // then those that have ended are forgotten

}  // namespace

Limits::State Limits::count(const std::string& name, Instant now, int times) {
    const int most = most_ * times;
    const std::lock_guard lock(mutex_);
    if (windows_.size() > kMostWindows)
        std::erase_if(windows_, [&](const auto& entry) { return entry.second.end <= now; });
    auto& window = windows_[name];
    if (window.end <= now) window = {now + window_, 0};
    if (window.calls <= most) ++window.calls;
    return {window.calls <= most, most, std::max(0, most - window.calls),
            std::chrono::ceil<seconds>(window.end - now)};
}

}  // namespace overture::api
