// One text about time while it is read. Only for when*.cpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "compliance/when.hpp"
#include "compliance/when_items.hpp"

namespace overture::compliance {

struct WhenDays {
    std::chrono::local_days from, to;  ///< [from, to)
};

/// Minutes of the local day; equal for a moment.
struct WhenHours {
    int from = 0, to = 0;
};

struct WhenSpan {
    std::optional<WhenHours> hours;  ///< nothing: the whole day
    TimeBound bound = TimeBound::none;
};

/// Puts the pieces of a text together: the days (when_days.cpp), the hours (when_hours.cpp), and both (when.cpp).
class WhenReading {
public:
    WhenReading(std::string_view text, const Listener& listener);
    When read();

private:
    using Kind = TimeItem::Kind;
    using Third = TimeItem::Third;
    using Which = TimeItem::Which;
    using local_days = std::chrono::local_days;
    using year_month_day = std::chrono::year_month_day;

    static local_days dayOf(const year_month_day& date);
    std::string said(const TimeItem& item) const;
    void sort(TimeItem item);
    /// "3pm your time", "3pm eastern".
    void chooseZone();
    When told(Instant from, Instant to, std::string why) const;
    When unsure(std::string why) const;
    /// "not this week": from its end on.
    When afterWhatIsRuledOut();
    When atMoment();
    local_days monday() const;
    static WhenDays thirdOf(const WhenDays& whole, Third third);
    std::optional<WhenDays> stretchOf(const TimeItem& item) const;
    std::optional<local_days> nextDate(int month, int day, int year) const;
    std::optional<WhenDays> ofDate(const TimeItem& item, const std::optional<WhenDays>& within);
    static WhenDays oneDay(local_days day);
    std::optional<WhenDays> no(std::string why);
    std::optional<WhenDays> ofWeekday(const TimeItem& item, const std::optional<WhenDays>& week);
    /// Whether a time named besides the day is still to come today.
    bool stillAhead() const;
    std::optional<WhenDays> ofDay(const TimeItem& item, const std::optional<WhenDays>& within);
    static bool isStretch(const TimeItem& item);
    std::optional<WhenDays> resolveDays();
    std::string dayText(const WhenDays& days) const;
    /// "3" as the one of 03:00 and 15:00 that is meant; nothing when both may be.
    std::optional<int> minuteOf(const ClockHour& hour, const WhenDays& days, int notBefore = -1) const;
    std::optional<WhenSpan> resolveHours(const WhenDays& days);
    static std::string boundText(TimeBound bound);
    static std::string clockText(int minute);
    static std::string hoursText(const WhenHours& hours);
    Instant at(local_days day, int minute) const;
    When together(WhenDays days, const WhenSpan& span);
    /// The next day whose hours are not over; today's when they have begun.
    WhenDays nextDays(const WhenHours& hours) const;
    When wholeDays(WhenDays days);
    When finish(Instant from, Instant to, bool open);

    TimeText text_;
    const Listener& listener_;
    std::string zone_, clockZone_;
    local_days today_;
    int minute_ = 0;
    std::vector<TimeItem> days_, not_, clocks_, parts_;
    std::vector<WhenDays> excluded_;
    std::optional<TimeItem> moment_;
    std::optional<std::string> vague_;
    bool now_ = false, ruledOut_ = false, strange_ = false;
    TimeBound dayBound_ = TimeBound::none;
    std::string doubt_;
    std::vector<std::string> doubts_, names_;
};

}  // namespace overture::compliance
