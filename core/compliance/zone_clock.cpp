#include "compliance/zone_clock.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "base/digest.hpp"
#include "base/time.hpp"

namespace overture::compliance {
namespace {

using namespace std::chrono;

constexpr Instant kFirst{sys_days{2000y / January / 1}};
constexpr Instant kLast{sys_days{2100y / January / 1}};
constexpr Instant kCompareFrom{sys_days{2020y / January / 1}};
constexpr Instant kCompareTo{sys_days{2040y / January / 1}};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace

ZoneClock::ZoneClock(std::string_view zone) {
    Instant from = kFirst;
    stretches_.push_back({Instant::min(), Instant::max(), localTime(zone, from).offset});
    while (from < kLast) {
        const auto change = nextOffsetChange(zone, from);
        from = change ? *change : from + days(700);
        const auto offset = localTime(zone, from).offset;
        if (offset == stretches_.back().offset) continue;
        stretches_.back().end = from;
        stretches_.push_back({from, Instant::max(), offset});
    }
    std::string heard;
    for (const auto& stretch : stretches_)
        if (stretch.end > kCompareFrom && stretch.begin < kCompareTo)
            heard += std::to_string(std::max(stretch.begin, kCompareFrom).time_since_epoch().count()) + "," +
                     std::to_string(stretch.offset.count()) + ";";
    signature_ = hash64(heard);
}

const ZoneClock* ZoneClock::find(std::string_view zone) {
    static std::shared_mutex mutex;
    static std::unordered_map<std::string, std::unique_ptr<const ZoneClock>, TextHash, std::equal_to<>>
        clocks;
    {
        const std::shared_lock lock(mutex);
        if (const auto at = clocks.find(zone); at != clocks.end()) return at->second.get();
    }
    if (!isZone(zone)) return nullptr;
    std::unique_ptr<const ZoneClock> made(new ZoneClock(zone));
    const std::unique_lock lock(mutex);
    return clocks.try_emplace(std::string(zone), std::move(made)).first->second.get();
}

const ZoneClock::Stretch& ZoneClock::at(Instant instant) const {
    const auto after =
        std::upper_bound(stretches_.begin(), stretches_.end(), instant,
                         [](Instant value, const Stretch& stretch) { return value < stretch.begin; });
    return *std::prev(after);
}

}  // namespace overture::compliance
