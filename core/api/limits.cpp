#include "api/limits.hpp"

#include <algorithm>

namespace overture::api {
namespace {

constexpr std::size_t kMostWindows = 10000;  // then those that have ended are forgotten

}  // namespace

Limits::State Limits::count(const std::string& name, Instant now) {
    const std::lock_guard lock(mutex_);
    if (windows_.size() > kMostWindows)
        std::erase_if(windows_, [&](const auto& entry) { return entry.second.end <= now; });
    auto& window = windows_[name];
    if (window.end <= now) window = {now + window_, 0};
    if (window.calls <= most_) ++window.calls;
    return {window.calls <= most_, most_, std::max(0, most_ - window.calls),
            std::chrono::ceil<seconds>(window.end - now)};
}

}  // namespace overture::api
