// What a text names of times, piece by piece, before it is put together.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "compliance/when_words.hpp"

namespace overture::compliance {

enum class TimeBound { none, after, notBefore, before, by, until };

/// One hour of a clock, as said.
struct ClockHour {
    int hour = 0, minute = 0;
    bool exact = false;  ///< false: 3 may be 03:00 or 15:00
};

/// A piece of a text that names a time.
struct TimeItem {
    enum class Kind {
        date,         ///< a day of a month, perhaps without its month (0) and year (0)
        weekday,      ///< value 0 = Sunday … 6
        dayAhead,     ///< value days from today
        week,         ///< value weeks from this one; `part` narrows it
        weekend,      ///< value weekends from this one
        month,        ///< value months from this one, or month number `month`; `part` narrows it
        year,         ///< value years from this one
        ahead,        ///< value minutes from now
        monthsAhead,  ///< value months from today: one day
        clock,        ///< hour, perhaps until `hourTo`
        part,         ///< minutes `from` to `to` of the day
        now,
        unsure  ///< "later", "soon"; value 1: "every", "usually"
    };
    Kind kind{};
    std::size_t begin = 0, end = 0;  ///< tokens
    int value = 0, valueTo = -1;     ///< valueTo: "Monday to Wednesday", "two to three days"
    int month = 0, day = 0, year = 0;
    int otherMonth = 0, otherDay = 0;  ///< 3/4 the other way round
    ClockHour hour;
    std::optional<ClockHour> hourTo;
    int from = 0, to = 0;
    enum class Third { all, early, middle, late } third = Third::all;
    enum class Which { any, thisOne, next } which = Which::any;
    TimeBound bound = TimeBound::none;
    bool negated = false, tonight = false;
};

/// Every such piece, in order.
std::vector<TimeItem> timeItems(const TimeText& text);

}  // namespace overture::compliance
