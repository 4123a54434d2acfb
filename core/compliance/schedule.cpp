#include "compliance/schedule.hpp"

#include <algorithm>

namespace overture::compliance {

using namespace std::chrono;

std::optional<Instant> nextOpen(const Rule& window, const ZoneClock& clock, Instant from, Instant horizon) {
    while (from <= horizon) {
        const auto& stretch = clock.at(from);
        const auto local = from + stretch.offset;
        const auto last = std::min(stretch.end, horizon + microseconds(1));
        for (auto day = floor<days>(local); Instant(day) - stretch.offset < last; day += days(1)) {
            const auto& open = window.open[weekday(day).c_encoding()];
            if (open.empty() || window.isClosedDay(day)) continue;
            for (const auto& time : open) {
                if (local >= Instant(day) + time.to) continue;
                const auto found = std::max(local, Instant(day) + time.from) - stretch.offset;
                if (found < last) return found;
                break;
            }
        }
        if (stretch.end > horizon) return std::nullopt;
        from = stretch.end;
    }
    return std::nullopt;
}

Instant nextUnderCap(std::size_t attempts, seconds period, const std::vector<Instant>& tries, Instant from) {
    if (attempts == 0 || tries.size() < attempts) return from;
    auto sorted = tries;
    const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(attempts - 1);
    std::nth_element(sorted.begin(), nth, sorted.end(), std::greater<>());
    return std::max(from, *nth + period);
}

}  // namespace overture::compliance
