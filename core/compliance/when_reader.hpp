// A text about time, read word by word. Only for when*.cpp.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "compliance/when_items.hpp"

namespace overture::compliance {

struct TimeUnit {
    std::string_view name;
    std::size_t words;
};

/// Reads a text from the left, the longest phrase first: dates and what is ahead (when_dates.cpp), hours (when_clock.cpp), days, weeks
/// and parts of the day (when_stretches.cpp), and what bounds them (when_items.cpp).
class TimeReader {
public:
    explicit TimeReader(const TimeText& text);
    std::vector<TimeItem> read();

private:
    using Kind = TimeItem::Kind;
    using Which = TimeItem::Which;
    using Third = TimeItem::Third;

    std::size_t length(std::size_t at, std::string_view kind) const;
    bool skip(std::size_t& at, std::string_view kind) const;
    bool sign(std::size_t at, std::string_view sign) const;
    void take(TimeItem& item);
    /// Hindi says it after the time: "10 baje ke baad", "somvar se pehle nahi".
    void postposition(TimeItem& item);
    bool bound();
    bool setBound(TimeBound bound, std::size_t words);
    bool negation();
    bool vague();
    /// A number in digits or words, and where it ends.
    std::optional<int> amount(std::size_t& at) const;
    std::optional<TimeUnit> unitAt(std::size_t at) const;
    static bool ahead(TimeItem& item, int count, std::string_view unit);
    /// "in two hours", "half an hour from now", "2 ghante baad", "a week from Thursday".
    bool relative(TimeItem& item);
    bool date(TimeItem& item);
    bool isoDate(TimeItem& item);
    bool slashes(TimeItem& item);
    bool isDate(TimeItem& item, int month, int day, int year, std::size_t end) const;
    std::size_t yearAfter(std::size_t at, int& year) const;
    bool dayAndMonth(TimeItem& item);
    bool monthAndDay(TimeItem& item);
    bool dayOfMonth(TimeItem& item);
    std::optional<ClockHour> hourAt(std::size_t& at, bool marked, bool& sure) const;
    /// "at 3", "3pm", "15:30", "2-4pm", "between 9 and 11".
    bool clock(TimeItem& item);
    static bool isDay(const TimeItem& item);
    bool dayBeginsAt(std::size_t at) const;
    bool weekday(TimeItem& item);
    /// Weeks, weekends, months, years, and their ends.
    bool stretch(TimeItem& item);
    bool lateToday(TimeItem& item, std::size_t end) const;
    bool part(TimeItem& item);
    static bool isPart(TimeItem& item, const TimeWord& word, std::size_t at);
    bool dayAhead(TimeItem& item);

    const TimeText& text_;
    std::size_t at_ = 0, boundEnd_ = 0, negatedEnd_ = 0;
    TimeBound bound_ = TimeBound::none;
    bool negated_ = false, free_ = false;
    std::vector<TimeItem> items_;
};

}  // namespace overture::compliance
