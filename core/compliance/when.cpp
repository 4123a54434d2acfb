#include "compliance/when_reading.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::compliance {

using namespace std::chrono;

WhenReading::WhenReading(std::string_view text, const Listener& listener)
    : text_(text, listener.language), listener_(listener), zone_(listener.zone) {
    const auto local = localTime(zone_, listener.now);
    today_ = local_days(local.date);
    minute_ = static_cast<int>(local.timeOfDay / minutes(1));
}

When WhenReading::read() {
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

local_days WhenReading::dayOf(const year_month_day& date) {
    return local_days(date);
}

std::string WhenReading::said(const TimeItem& item) const {
    return "\"" + text_.shown(item.begin, item.end) + "\"";
}

void WhenReading::sort(TimeItem item) {
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
            if (item.negated && item.bound == TimeBound::none) {
                ruledOut_ = true;
                return;
            }
            parts_.push_back(item);
            return;
        case Kind::ahead: moment_ = item; return;
        default:
            if (item.negated && item.bound == TimeBound::none) {
                not_.push_back(item);
                ruledOut_ = true;
            } else
                days_.push_back(item);
    }
}

void WhenReading::chooseZone() {
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

When WhenReading::told(Instant from, Instant to, std::string why) const {
    return {When::Kind::told, from, to, false, std::move(why)};
}

When WhenReading::unsure(std::string why) const {
    return {When::Kind::unsure, {}, {}, false, std::move(why)};
}

When WhenReading::afterWhatIsRuledOut() {
    const auto& item = not_.front();
    const bool present = item.value == 0 && (isStretch(item) || item.kind == Kind::dayAhead);
    const auto days = ofDay(item, std::nullopt);
    if (!present || !days) return unsure("it says only when not");
    names_.push_back(said(item) + " is " + dayText(*days) + ", and it is not to be then");
    return finish(at(days->to, 0), at(days->to + std::chrono::days(7), 0), true);
}

When WhenReading::atMoment() {
    const auto& item = *moment_;
    const auto first = listener_.now + minutes(item.value);
    const auto last = item.valueTo > item.value ? listener_.now + minutes(item.valueTo) : first;
    if (!days_.empty() || !clocks_.empty()) return unsure(said(item) + " and another time");
    const auto local = localTime(zone_, first).text();
    return told(item.valueTo > item.value && item.value == 0 ? listener_.now : first, last,
                said(item) + " is " + local + " in " + zone_);
}

Instant WhenReading::at(local_days day, int minute) const {
    const auto& zone = clockZone_.empty() ? zone_ : clockZone_;
    return instantOf(zone, year_month_day(day + days(minute / 1440)), minutes(minute % 1440));
}

When WhenReading::together(WhenDays days, const WhenSpan& span) {
    const bool anyDay = days.from == days.to;
    if (!span.hours) return wholeDays(days);
    auto hours = *span.hours;
    bool open = false;
    switch (span.bound) {
        case TimeBound::after:
        case TimeBound::notBefore:
        case TimeBound::until:
            hours = {hours.to == hours.from           ? hours.from
                     : span.bound == TimeBound::after ? hours.to
                                                      : hours.from,
                     1440};
            break;
        case TimeBound::before:
        case TimeBound::by:
            hours = {0, hours.from == hours.to || span.bound == TimeBound::before ? hours.from : hours.to};
            break;
        case TimeBound::none: break;
    }
    if (anyDay) days = nextDays(hours);
    const bool begun =
        anyDay && clocks_.empty() && days.from == today_ && hours.from < minute_ && hours.to <= 12 * 60;
    if (begun && parts_.front().which == Which::any && span.bound == TimeBound::none)
        doubts_.push_back("this morning is under way: it may be today or tomorrow");
    const bool many = days.to - days.from > std::chrono::days(1);
    if (many && dayBound_ == TimeBound::none) doubts_.push_back("on which of these days is not said");
    if (dayBound_ == TimeBound::notBefore || dayBound_ == TimeBound::until || dayBound_ == TimeBound::after)
        open = true;
    auto from = at(days.from, hours.from), to = at(days.from, hours.to);
    if (dayBound_ == TimeBound::after && !anyDay) from = at(days.to, hours.from), to = at(days.to, hours.to);
    if (open) to = from + std::chrono::days(7);
    return finish(from, to, open);
}

WhenDays WhenReading::nextDays(const WhenHours& hours) const {
    auto day = today_;
    const auto isOut = [&](local_days one) {
        return std::any_of(excluded_.begin(), excluded_.end(),
                           [&](const WhenDays& out) { return one >= out.from && one < out.to; });
    };
    while (isOut(day) || (hours.from == hours.to ? at(day, hours.from) <= listener_.now
                                                 : at(day, hours.to) <= listener_.now))
        day += days(1);
    return oneDay(day);
}

When WhenReading::wholeDays(WhenDays days) {
    bool open = false;
    if (dayBound_ == TimeBound::before)
        days = {today_, days.from};
    else if (dayBound_ == TimeBound::by)
        days = {today_, days.to};
    else if (dayBound_ != TimeBound::none) {
        open = true;
        const auto from = dayBound_ == TimeBound::after ? days.to : days.from;
        days = {from, from + std::chrono::days(7)};
    }
    if (days.from >= days.to) {
        return unsure("that is over");
    }
    return finish(at(days.from, 0), at(days.to, 0), open);
}

When WhenReading::finish(Instant from, Instant to, bool open) {
    if (to < listener_.now || (to == listener_.now && from != to)) return unsure("that is over");
    from = std::max(from, listener_.now);
    to = std::max(to, from);
    auto why = join(names_, "; ");
    if (open) why += why.empty() ? "" : "; no end is named";
    for (const auto& doubt : doubts_) why += (why.empty() ? "" : "; ") + doubt;
    const auto kind = doubts_.empty() ? When::Kind::told : When::Kind::unsure;
    return {kind, from, to, open, std::move(why)};
}

When readWhen(std::string_view text, const Listener& listener) {
    return WhenReading(text, listener).read();
}

std::string_view nameOf(When::Kind kind) {
    return kind == When::Kind::told ? "told" : kind == When::Kind::unsure ? "unsure" : "none";
}

}  // namespace overture::compliance
