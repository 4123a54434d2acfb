#include "compliance/when_reading.hpp"

#include <algorithm>
#include <cstdio>

namespace overture::compliance {

using namespace std::chrono;

std::optional<int> WhenReading::minuteOf(const ClockHour& hour, const WhenDays& days, int notBefore) const {
    const int early = hour.hour * 60 + hour.minute;
    if (hour.exact || hour.hour > 12) return early;
    const int am = hour.hour % 12 * 60 + hour.minute, pm = am + 720;
    for (const auto& part : parts_) {
        const bool amFits = am >= part.from - 120 && am <= part.to,
                   pmFits = pm >= part.from - 60 && pm <= part.to + 60;
        if (amFits != pmFits) return amFits ? am : pm;
    }
    if (notBefore >= 0) return am > notBefore ? am : pm;
    const int begins = static_cast<int>(listener_.dayBegins / minutes(1)),
              ends = static_cast<int>(listener_.dayEnds / minutes(1));
    const auto fits = [&](int minute) {
        const bool over =
            days.from == today_ && days.to - days.from == std::chrono::days(1) && minute <= minute_;
        return minute >= begins && minute < ends && !over;
    };
    if (fits(am) && fits(pm)) return std::nullopt;
    if (fits(am)) return am;
    if (fits(pm)) return pm;
    return days.from == today_ && am <= minute_ ? pm : hour.hour >= 6 && hour.hour < 12 ? am : pm;
}

std::optional<WhenSpan> WhenReading::resolveHours(const WhenDays& days) {
    if (strange_) return std::nullopt;
    if (clocks_.empty() && parts_.empty()) return WhenSpan{};
    if (clocks_.empty()) {
        WhenHours hours{parts_.front().from, parts_.front().to};
        for (const auto& part : parts_) {
            // "mañana por la mañana" names one part; "morning or afternoon" two.
            hours.from = std::min(hours.from, part.from);
            hours.to = std::max(hours.to, part.to);
            names_.push_back(said(part) + " is " + hoursText({part.from, part.to}) + boundText(part.bound));
        }
        return WhenSpan{hours, parts_.front().bound};
    }
    WhenSpan span;
    for (const auto& clock : clocks_) {
        std::optional<int> from, to;
        if (clock.hourTo) {
            to = minuteOf(*clock.hourTo, days);
            if (clock.hourTo->exact && !clock.hour.exact && clock.hour.hour <= 12) {
                const int am = clock.hour.hour % 12 * 60 + clock.hour.minute;
                from = am + 720 < *to ? am + 720 : am;
            } else {
                from = minuteOf(clock.hour, days);
                if (!from && to) from = clock.hour.hour % 12 * 60 + clock.hour.minute;
                if (from && !clock.hourTo->exact) to = minuteOf(*clock.hourTo, days, *from);
            }
            if (from && to && *to <= *from && *to + 720 <= 1440) to = *to + 720;
            if (from && to && *to < *from) {
                doubt_ = said(clock) + " ends before it begins";
                return std::nullopt;
            }
        } else {
            from = to = minuteOf(clock.hour, days);
        }
        if (!from || !to) {
            doubts_.push_back(said(clock) + " may be in the morning or in the evening");
            const int am = clock.hour.hour % 12 * 60 + clock.hour.minute;
            from = from.value_or(am);
            to = to.value_or(*from);
        }
        names_.push_back(said(clock) + " is " + hoursText({*from, *to}) + boundText(clock.bound));
        if (!span.hours)
            span = {WhenHours{*from, *to}, clock.bound};
        else if (span.bound == TimeBound::none && clock.bound == TimeBound::none)
            span.hours->to = std::max(span.hours->to, *to),
            span.hours->from = std::min(span.hours->from, *from);
        else if (clock.bound == TimeBound::before || clock.bound == TimeBound::by)
            span = {WhenHours{span.hours->from, *to}, TimeBound::none};
        else if (span.bound == TimeBound::before || span.bound == TimeBound::by)
            span = {WhenHours{*from, span.hours->to}, TimeBound::none};
    }
    return span;
}

std::string WhenReading::boundText(TimeBound bound) {
    switch (bound) {
        case TimeBound::after: return ", and it is to be after that";
        case TimeBound::notBefore: return ", and it is not to be before that";
        case TimeBound::until: return ", and they cannot until then";
        case TimeBound::before: return ", and it is to be before that";
        case TimeBound::by: return ", and it is to be by then";
        case TimeBound::none: break;
    }
    return {};
}

std::string WhenReading::clockText(int minute) {
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
    return text;
}

std::string WhenReading::hoursText(const WhenHours& hours) {
    return hours.from == hours.to ? clockText(hours.from)
                                  : clockText(hours.from) + " to " + clockText(hours.to);
}

}  // namespace overture::compliance
