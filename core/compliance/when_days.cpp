#include "compliance/when_reading.hpp"

#include <algorithm>

namespace overture::compliance {

using namespace std::chrono;

local_days WhenReading::monday() const {
    return today_ - (weekday(today_) - Monday);
}

WhenDays WhenReading::thirdOf(const WhenDays& whole, Third third) {
    const auto length = (whole.to - whole.from).count();
    if (third == Third::all) return whole;
    if (length <= 7) {
        const int from = third == Third::early ? 0 : third == Third::middle ? 2 : 3;
        const int to = third == Third::early ? 2 : third == Third::middle ? 3 : 5;
        return {whole.from + days(from), whole.from + days(to)};
    }
    const auto part = length > 31 ? length / 3 : 7;
    if (third == Third::early) return {whole.from, whole.from + days(part)};
    if (third == Third::late) return {whole.to - days(part), whole.to};
    const auto middle = whole.from + days(length / 2);
    return {middle - days(part / 2), middle + days(part / 2 + 1)};
}

std::optional<WhenDays> WhenReading::stretchOf(const TimeItem& item) const {
    const year_month_day date(today_);
    const auto month = date.year() / date.month();
    if (item.kind == Kind::week)
        return thirdOf({monday() + days(7 * item.value), monday() + days(7 * item.value + 7)}, item.third);
    if (item.kind == Kind::weekend) {
        auto saturday = monday() + days(5);
        if (today_ > saturday && item.value == 0) return WhenDays{today_, saturday + days(2)};
        saturday += days(7 * item.value);
        return WhenDays{saturday, saturday + days(2)};
    }
    if (item.kind == Kind::year)
        return WhenDays{dayOf((date.year() + years(item.value)) / January / 1),
                        dayOf((date.year() + years(item.value + 1)) / January / 1)};
    if (item.kind != Kind::month) return std::nullopt;
    auto wanted = month + months(item.value);
    if (item.month != 0) {
        wanted = date.year() / std::chrono::month(static_cast<unsigned>(item.month));
        if (wanted < month) wanted += years(1);
    }
    return thirdOf({dayOf(wanted / 1), dayOf((wanted + months(1)) / 1)}, item.third);
}

std::optional<local_days> WhenReading::nextDate(int month, int day, int year) const {
    const year_month_day date(today_);
    for (int i = 0; i < 60; ++i) {
        auto candidate = date.year() / date.month() + months(i);
        if (month != 0 && candidate.month() != std::chrono::month(static_cast<unsigned>(month))) continue;
        if (year != 0 && candidate.year() != std::chrono::year(year)) continue;
        const auto found = candidate / std::chrono::day(static_cast<unsigned>(day));
        if (found.ok() && dayOf(found) >= today_) return dayOf(found);
    }
    return std::nullopt;
}

std::optional<WhenDays> WhenReading::ofDate(const TimeItem& item, const std::optional<WhenDays>& within) {
    if (item.month == 0 && within && (within->to - within->from) > days(7)) {
        for (auto day = within->from; day < within->to; day += days(1))
            if (static_cast<unsigned>(year_month_day(day).day()) == static_cast<unsigned>(item.day))
                return oneDay(day);
        return no("there is no such day in that month");
    }
    if (item.otherMonth != 0) {
        const bool american =
            zone_.starts_with("America/") && (listener_.language.empty() || listener_.language == "en");
        doubts_.push_back(said(item) + " can be read as day and month or as month and day");
        const auto found = american ? nextDate(item.month, item.day, item.year)
                                    : nextDate(item.otherMonth, item.otherDay, item.year);
        if (found) return oneDay(*found);
    }
    const auto found = nextDate(item.month, item.day, item.year);
    if (!found) return no(said(item) + " is over or no day at all");
    if (item.month == 0 && *found == today_)
        doubts_.push_back("today is that day: " + said(item) + " may be today or in a month");
    if (item.month != 0 && item.year == 0 && *found - today_ > days(300))
        doubts_.push_back(said(item) + " has just been");
    return oneDay(*found);
}

WhenDays WhenReading::oneDay(local_days day) {
    return {day, day + days(1)};
}

std::optional<WhenDays> WhenReading::no(std::string why) {
    doubt_ = std::move(why);
    return std::nullopt;
}

std::optional<WhenDays> WhenReading::ofWeekday(const TimeItem& item, const std::optional<WhenDays>& week) {
    const std::chrono::weekday wanted(static_cast<unsigned>(item.value));
    local_days day;
    if (week && week->to - week->from <= days(7) && week->to - week->from > days(1)) {
        for (day = week->from; day < week->to && weekday(day) != wanted; day += days(1)) continue;
        if (day == week->to) return no("that " + said(item) + " is not in that week");
        if (day < today_) return no(said(item) + " is over");
    } else {
        auto ahead = wanted - weekday(today_);
        if (item.which == Which::next) {
            day = monday() + days(7) + (wanted - Monday);
            if (ahead > days(0) && today_ + ahead < monday() + days(7))
                doubts_.push_back(said(item) + " may be in this week or the next");
        } else {
            if (ahead == days(0) && item.which == Which::any && !stillAhead())
                ahead = days(7);
            else if (ahead == days(0) && item.which == Which::any)
                doubts_.push_back("today is that day: " + said(item) + " may be today or a week from now"),
                    ahead = days(7);
            day = today_ + ahead;
        }
    }
    day += days(item.day);
    if (item.valueTo < 0) return oneDay(day);
    const std::chrono::weekday last(static_cast<unsigned>(item.valueTo));
    return WhenDays{day, day + (last - weekday(day)) + days(1)};
}

bool WhenReading::stillAhead() const {
    for (const auto& part : parts_)
        if (part.to <= minute_) return false;
    for (const auto& clock : clocks_)
        if (clock.hour.exact && clock.hour.hour * 60 + clock.hour.minute <= minute_) return false;
    return true;
}

std::optional<WhenDays> WhenReading::ofDay(const TimeItem& item, const std::optional<WhenDays>& within) {
    if (item.kind == Kind::date) return ofDate(item, within);
    if (item.kind == Kind::weekday) return ofWeekday(item, within);
    if (item.kind == Kind::dayAhead) {
        const auto day = today_ + days(item.value + item.day);
        return WhenDays{day, day + days(1 + std::max(0, item.valueTo - item.value))};
    }
    if (item.kind == Kind::monthsAhead) {
        const year_month_day date(today_);
        auto ahead = date + months(item.value);
        if (!ahead.ok()) ahead = ahead.year() / ahead.month() / last;
        return oneDay(dayOf(ahead));
    }
    return stretchOf(item);
}

bool WhenReading::isStretch(const TimeItem& item) {
    return item.kind == Kind::week || item.kind == Kind::weekend || item.kind == Kind::month ||
           item.kind == Kind::year;
}

std::optional<WhenDays> WhenReading::resolveDays() {
    if (days_.empty()) {
        for (const auto& item : not_)
            if (const auto out = ofDay(item, std::nullopt)) excluded_.push_back(*out);
        for (const auto& part : parts_)
            if (part.tonight || part.which == Which::thisOne) return oneDay(today_);
        return WhenDays{today_, today_};  // the next day on which the hours are still ahead
    }
    std::optional<WhenDays> within;
    for (const auto& item : days_)
        if (isStretch(item) && item.bound == TimeBound::none && days_.size() > 1) within = stretchOf(item);
    std::optional<WhenDays> all;
    for (const auto& item : days_) {
        if (within && isStretch(item)) continue;
        const auto days = ofDay(item, within);
        if (!days) return std::nullopt;
        names_.push_back(said(item) + " is " + dayText(*days) + boundText(item.bound));
        dayBound_ = item.bound != TimeBound::none ? item.bound : dayBound_;
        if (!all)
            all = days;
        else if (item.kind == Kind::weekday && days_.front().kind == Kind::date) {
            if (weekday(all->from) != weekday(days->from)) return no(dayText(*all) + " is not that weekday");
        } else if (item.kind == Kind::date && days_.front().kind == Kind::weekday) {
            if (weekday(days->from) != weekday(local_days(all->from)))
                return no(dayText(*days) + " is not that weekday");
            all = days;
        } else if (days->from > all->to) {
            doubts_.push_back("two days are named");
        } else {
            all->to = std::max(all->to, days->to);
            all->from = std::min(all->from, days->from);
        }
    }
    for (const auto& item : not_)
        if (const auto out = ofDay(item, std::nullopt)) excluded_.push_back(*out);
    if (all->to <= today_) return no("that is over");
    return all;
}

std::string WhenReading::dayText(const WhenDays& days) const {
    const auto one = [](local_days day) {
        static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const year_month_day date(day);
        return std::string(kDays[weekday(day).c_encoding()]) + " " +
               std::to_string(static_cast<unsigned>(date.day())) + " " +
               kMonths[static_cast<unsigned>(date.month()) - 1] + " " +
               std::to_string(static_cast<int>(date.year()));
    };
    return days.to - days.from == std::chrono::days(1)
               ? one(days.from)
               : one(days.from) + " to " + one(days.to - std::chrono::days(1));
}

}  // namespace overture::compliance
