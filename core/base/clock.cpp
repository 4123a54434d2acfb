#include "base/clock.hpp"

namespace overture {

Instant SystemClock::now() const {
    return std::chrono::floor<microseconds>(std::chrono::system_clock::now());
}

Instant VirtualClock::now() const {
    std::scoped_lock lock(mutex_);
    return now_;
}

void VirtualClock::advanceTo(Instant instant) {
    std::scoped_lock lock(mutex_);
    if (instant > now_) now_ = instant;
}

}  // namespace overture
