#include "compliance/when.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/when_items.hpp"

namespace overture::compliance {
namespace {

using namespace std::chrono;
using Kind = TimeItem::Kind;
using Third = TimeItem::Third;
using Which = TimeItem::Which;

struct Days {
    local_days from, to;  ///< [from, to)
};

/// Minutes of the local day; equal for a moment.
struct Hours {
    int from = 0, to = 0;
};

class Reading {
public:
    Reading(std::string_view text, const Listener& listener)
        : text_(text, listener.language), listener_(listener), zone_(listener.zone) {
        const auto local = localTime(zone_, listener.now);
        today_ = local_days(local.date);
        minute_ = static_cast<int>(local.timeOfDay / minutes(1));
    }

    When read() {
        for (auto& item : timeItems(text_)) sort(std::move(item));
        chooseZone();
        if (days_.empty() && clocks_.empty() && parts_.empty() && !moment_) {
            if (now_) return told(listener_.now, listener_.now, "now");
            if (!vague_ && not_.size() == 1) return afterWhatIsRuledOut();
            if (vague_ || ruledOut_)
                return unsure(vague_ ? "\"" + *vague_ + "\" names no time" : "it says only when not");
            return {};
        }
        if (vague_ && days_.empty() && clocks_.empty() && !moment_ && parts_.empty()) return unsure(*vague_);
        if (moment_) return atMoment();
        const auto days = resolveDays();
        if (!days) return unsure(doubt_);
        const auto hours = resolveHours(*days);
        if (!hours) return unsure(doubt_);
        return together(*days, *hours);
    }

private:
    static local_days dayOf(const year_month_day& date) { return local_days(date); }

    std::string said(const TimeItem& item) const { return "\"" + text_.shown(item.begin, item.end) + "\""; }

    void sort(TimeItem item) {
        switch (item.kind) {
            case Kind::unsure:
                vague_ = text_.shown(item.begin, item.end);
                if (item.value == 1) doubts_.push_back("\"" + *vague_ + "\" is not one day");
                return;
            case Kind::now:
                if (!item.negated) now_ = true;
                return;
            case Kind::clock: clocks_.push_back(item); return;
            case Kind::part:
                if (item.negated && item.bound == Bound::none) {
                    ruledOut_ = true;
                    return;
                }
                parts_.push_back(item);
                return;
            case Kind::ahead: moment_ = item; return;
            default:
                if (item.negated && item.bound == Bound::none) {
                    not_.push_back(item);
                    ruledOut_ = true;
                } else
                    days_.push_back(item);
        }
    }

    /// "3pm your time", "3pm eastern".
    void chooseZone() {
        static constexpr std::pair<const char*, const char*> kZones[] = {{"eastern", "America/New_York"},
                                                                         {"est", "America/New_York"},
                                                                         {"edt", "America/New_York"},
                                                                         {"central", "America/Chicago"},
                                                                         {"cst", "America/Chicago"},
                                                                         {"cdt", "America/Chicago"},
                                                                         {"mountain", "America/Denver"},
                                                                         {"mst", "America/Denver"},
                                                                         {"mdt", "America/Denver"},
                                                                         {"pacific", "America/Los_Angeles"},
                                                                         {"pst", "America/Los_Angeles"},
                                                                         {"pdt", "America/Los_Angeles"},
                                                                         {"ist", "Asia/Kolkata"},
                                                                         {"gmt", "UTC"},
                                                                         {"utc", "UTC"},
                                                                         {"bst", "Europe/London"},
                                                                         {"cet", "Europe/Paris"},
                                                                         {"aest", "Australia/Brisbane"}};
        if (clocks_.empty()) return;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            if (text_.find(at, "yourtime") != nullptr) {
                if (listener_.ourZone.empty())
                    doubt_ = "\"your time\" is not theirs, and ours is not known here", strange_ = true;
                else
                    clockZone_ = listener_.ourZone;
            }
            for (const auto& [name, zone] : kZones)
                if (text_.isWord(at, name)) clockZone_ = zone;
        }
    }

    When told(Instant from, Instant to, std::string why) const {
        return {When::Kind::told, from, to, false, std::move(why)};
    }
    When unsure(std::string why) const { return {When::Kind::unsure, {}, {}, false, std::move(why)}; }

    /// "not this week": from its end on.
    When afterWhatIsRuledOut() {
        const auto& item = not_.front();
        const bool present = item.value == 0 && (isStretch(item) || item.kind == Kind::dayAhead);
        const auto days = ofDay(item, std::nullopt);
        if (!present || !days) return unsure("it says only when not");
        names_.push_back(said(item) + " is " + dayText(*days) + ", and it is not to be then");
        return finish(at(days->to, 0), at(days->to + std::chrono::days(7), 0), true);
    }

    When atMoment() {
        const auto& item = *moment_;
        const auto first = listener_.now + minutes(item.value);
        const auto last = item.valueTo > item.value ? listener_.now + minutes(item.valueTo) : first;
        if (!days_.empty() || !clocks_.empty()) return unsure(said(item) + " and another time");
        const auto local = localTime(zone_, first).text();
        return told(item.valueTo > item.value && item.value == 0 ? listener_.now : first, last,
                    said(item) + " is " + local + " in " + zone_);
    }

    // --- Days

    local_days monday() const { return today_ - (weekday(today_) - Monday); }

    static Days thirdOf(const Days& whole, Third third) {
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

    std::optional<Days> stretchOf(const TimeItem& item) const {
        const year_month_day date(today_);
        const auto month = date.year() / date.month();
        if (item.kind == Kind::week)
            return thirdOf({monday() + days(7 * item.value), monday() + days(7 * item.value + 7)},
                           item.third);
        if (item.kind == Kind::weekend) {
            auto saturday = monday() + days(5);
            if (today_ > saturday && item.value == 0) return Days{today_, saturday + days(2)};
            saturday += days(7 * item.value);
            return Days{saturday, saturday + days(2)};
        }
        if (item.kind == Kind::year)
            return Days{dayOf((date.year() + years(item.value)) / January / 1),
                        dayOf((date.year() + years(item.value + 1)) / January / 1)};
        if (item.kind != Kind::month) return std::nullopt;
        auto wanted = month + months(item.value);
        if (item.month != 0) {
            wanted = date.year() / std::chrono::month(static_cast<unsigned>(item.month));
            if (wanted < month) wanted += years(1);
        }
        return thirdOf({dayOf(wanted / 1), dayOf((wanted + months(1)) / 1)}, item.third);
    }

    std::optional<local_days> nextDate(int month, int day, int year) const {
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

    std::optional<Days> ofDate(const TimeItem& item, const std::optional<Days>& within) {
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

    static Days oneDay(local_days day) { return {day, day + days(1)}; }
    std::optional<Days> no(std::string why) {
        doubt_ = std::move(why);
        return std::nullopt;
    }

    std::optional<Days> ofWeekday(const TimeItem& item, const std::optional<Days>& week) {
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
                    doubts_.push_back("today is that day: " + said(item) +
                                      " may be today or a week from now"),
                        ahead = days(7);
                day = today_ + ahead;
            }
        }
        day += days(item.day);
        if (item.valueTo < 0) return oneDay(day);
        const std::chrono::weekday last(static_cast<unsigned>(item.valueTo));
        return Days{day, day + (last - weekday(day)) + days(1)};
    }

    /// Whether a time named besides the day is still to come today.
    bool stillAhead() const {
        for (const auto& part : parts_)
            if (part.to <= minute_) return false;
        for (const auto& clock : clocks_)
            if (clock.hour.exact && clock.hour.hour * 60 + clock.hour.minute <= minute_) return false;
        return true;
    }

    std::optional<Days> ofDay(const TimeItem& item, const std::optional<Days>& within) {
        if (item.kind == Kind::date) return ofDate(item, within);
        if (item.kind == Kind::weekday) return ofWeekday(item, within);
        if (item.kind == Kind::dayAhead) {
            const auto day = today_ + days(item.value + item.day);
            return Days{day, day + days(1 + std::max(0, item.valueTo - item.value))};
        }
        if (item.kind == Kind::monthsAhead) {
            const year_month_day date(today_);
            auto ahead = date + months(item.value);
            if (!ahead.ok()) ahead = ahead.year() / ahead.month() / last;
            return oneDay(dayOf(ahead));
        }
        return stretchOf(item);
    }

    static bool isStretch(const TimeItem& item) {
        return item.kind == Kind::week || item.kind == Kind::weekend || item.kind == Kind::month ||
               item.kind == Kind::year;
    }

    std::optional<Days> resolveDays() {
        if (days_.empty()) {
            for (const auto& item : not_)
                if (const auto out = ofDay(item, std::nullopt)) excluded_.push_back(*out);
            for (const auto& part : parts_)
                if (part.tonight || part.which == Which::thisOne) return oneDay(today_);
            return Days{today_, today_};  // the next day on which the hours are still ahead
        }
        std::optional<Days> within;
        for (const auto& item : days_)
            if (isStretch(item) && item.bound == Bound::none && days_.size() > 1) within = stretchOf(item);
        std::optional<Days> all;
        for (const auto& item : days_) {
            if (within && isStretch(item)) continue;
            const auto days = ofDay(item, within);
            if (!days) return std::nullopt;
            names_.push_back(said(item) + " is " + dayText(*days) + boundText(item.bound));
            dayBound_ = item.bound != Bound::none ? item.bound : dayBound_;
            if (!all)
                all = days;
            else if (item.kind == Kind::weekday && days_.front().kind == Kind::date) {
                if (weekday(all->from) != weekday(days->from))
                    return no(dayText(*all) + " is not that weekday");
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

    std::string dayText(const Days& days) const {
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

    // --- Hours

    struct Span {
        std::optional<Hours> hours;  ///< nothing: the whole day
        Bound bound = Bound::none;
    };

    /// "3" as the one of 03:00 and 15:00 that is meant; nothing when both may be.
    std::optional<int> minuteOf(const ClockHour& hour, const Days& days, int notBefore = -1) const {
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

    std::optional<Span> resolveHours(const Days& days) {
        if (strange_) return std::nullopt;
        if (clocks_.empty() && parts_.empty()) return Span{};
        if (clocks_.empty()) {
            Hours hours{parts_.front().from, parts_.front().to};
            for (const auto& part : parts_) {
                // "mañana por la mañana" names one part; "morning or afternoon" two.
                hours.from = std::min(hours.from, part.from);
                hours.to = std::max(hours.to, part.to);
                names_.push_back(said(part) + " is " + hoursText({part.from, part.to}) +
                                 boundText(part.bound));
            }
            return Span{hours, parts_.front().bound};
        }
        Span span;
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
                span = {Hours{*from, *to}, clock.bound};
            else if (span.bound == Bound::none && clock.bound == Bound::none)
                span.hours->to = std::max(span.hours->to, *to),
                span.hours->from = std::min(span.hours->from, *from);
            else if (clock.bound == Bound::before || clock.bound == Bound::by)
                span = {Hours{span.hours->from, *to}, Bound::none};
            else if (span.bound == Bound::before || span.bound == Bound::by)
                span = {Hours{*from, span.hours->to}, Bound::none};
        }
        return span;
    }

    static std::string boundText(Bound bound) {
        switch (bound) {
            case Bound::after: return ", and it is to be after that";
            case Bound::notBefore: return ", and it is not to be before that";
            case Bound::until: return ", and they cannot until then";
            case Bound::before: return ", and it is to be before that";
            case Bound::by: return ", and it is to be by then";
            case Bound::none: break;
        }
        return {};
    }
    static std::string clockText(int minute) {
        char text[16];
        std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
        return text;
    }
    static std::string hoursText(const Hours& hours) {
        return hours.from == hours.to ? clockText(hours.from)
                                      : clockText(hours.from) + " to " + clockText(hours.to);
    }

    // --- Together

    Instant at(local_days day, int minute) const {
        const auto& zone = clockZone_.empty() ? zone_ : clockZone_;
        return instantOf(zone, year_month_day(day + days(minute / 1440)), minutes(minute % 1440));
    }

    When together(Days days, const Span& span) {
        const bool anyDay = days.from == days.to;
        if (!span.hours) return wholeDays(days);
        auto hours = *span.hours;
        bool open = false;
        switch (span.bound) {
            case Bound::after:
            case Bound::notBefore:
            case Bound::until:
                hours = {hours.to == hours.from       ? hours.from
                         : span.bound == Bound::after ? hours.to
                                                      : hours.from,
                         1440};
                break;
            case Bound::before:
            case Bound::by:
                hours = {0, hours.from == hours.to || span.bound == Bound::before ? hours.from : hours.to};
                break;
            case Bound::none: break;
        }
        if (anyDay) days = nextDays(hours);
        const bool many = days.to - days.from > std::chrono::days(1);
        if (many && dayBound_ == Bound::none) doubts_.push_back("on which of these days is not said");
        if (dayBound_ == Bound::notBefore || dayBound_ == Bound::until || dayBound_ == Bound::after)
            open = true;
        auto from = at(days.from, hours.from), to = at(days.from, hours.to);
        if (dayBound_ == Bound::after && !anyDay) from = at(days.to, hours.from), to = at(days.to, hours.to);
        if (open) to = from + std::chrono::days(7);
        return finish(from, to, open);
    }

    /// The next day whose hours are not over; today's when they have begun.
    Days nextDays(const Hours& hours) const {
        auto day = today_;
        const auto isOut = [&](local_days one) {
            return std::any_of(excluded_.begin(), excluded_.end(),
                               [&](const Days& out) { return one >= out.from && one < out.to; });
        };
        while (isOut(day) || (hours.from == hours.to ? at(day, hours.from) <= listener_.now
                                                     : at(day, hours.to) <= listener_.now))
            day += days(1);
        return oneDay(day);
    }

    When wholeDays(Days days) {
        bool open = false;
        if (dayBound_ == Bound::before)
            days = {today_, days.from};
        else if (dayBound_ == Bound::by)
            days = {today_, days.to};
        else if (dayBound_ != Bound::none) {
            open = true;
            const auto from = dayBound_ == Bound::after ? days.to : days.from;
            days = {from, from + std::chrono::days(7)};
        }
        if (days.from >= days.to) {
            return unsure("that is over");
        }
        return finish(at(days.from, 0), at(days.to, 0), open);
    }

    When finish(Instant from, Instant to, bool open) {
        if (to < listener_.now || (to == listener_.now && from != to)) return unsure("that is over");
        from = std::max(from, listener_.now);
        to = std::max(to, from);
        auto why = join(names_, "; ");
        if (open) why += why.empty() ? "" : "; no end is named";
        for (const auto& doubt : doubts_) why += (why.empty() ? "" : "; ") + doubt;
        const auto kind = doubts_.empty() ? When::Kind::told : When::Kind::unsure;
        return {kind, from, to, open, std::move(why)};
    }

    TimeText text_;
    const Listener& listener_;
    std::string zone_, clockZone_;
    local_days today_;
    int minute_ = 0;
    std::vector<TimeItem> days_, not_, clocks_, parts_;
    std::vector<Days> excluded_;
    std::optional<TimeItem> moment_;
    std::optional<std::string> vague_;
    bool now_ = false, ruledOut_ = false, strange_ = false;
    Bound dayBound_ = Bound::none;
    std::string doubt_;
    std::vector<std::string> doubts_, names_;
};

}  // namespace

When readWhen(std::string_view text, const Listener& listener) {
    return Reading(text, listener).read();
}

std::string_view nameOf(When::Kind kind) {
    return kind == When::Kind::told ? "told" : kind == When::Kind::unsure ? "unsure" : "none";
}

}  // namespace overture::compliance
