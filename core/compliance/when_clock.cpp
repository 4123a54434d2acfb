#include "compliance/when_reader.hpp"

#include <algorithm>

namespace overture::compliance {

std::optional<ClockHour> TimeReader::hourAt(std::size_t& at, bool marked, bool& sure) const {
    const auto start = at;
    sure = false;
    if (const auto words = length(at, "noon")) return at += words, sure = true, ClockHour{12, 0, true};
    if (const auto words = length(at, "midnight")) return at += words, sure = true, ClockHour{24, 0, true};
    int shift = 0;
    if (const auto words = length(at, "half"))
        at += words, shift = 30;
    else if (const auto past = length(at, "quarterpast"))
        at += past, shift = 15;
    else if (const auto to = length(at, "quarterto"))
        at += to, shift = -15;
    else if (const auto next = length(at, "halfnext"))
        at += next, shift = -30;
    else if (const auto more = length(at, "halfhi"))
        at += more, shift = 30;
    marked = marked || shift != 0;
    const bool digits = text_.number(at) >= 0;
    if (digits && text_.token(at).digits > 2 && text_.token(at).digits != 4) return at = start, std::nullopt;
    const auto number = amount(at);
    const auto* half = digits ? nullptr : text_.find(at, "number");
    const bool spelled = half != nullptr && half->value % 15 == 0 && half->value > 12;  // "ten thirty"
    if (!number || (!digits && !marked && !spelled && length(at, "oclock") == 0 && length(at, "am") == 0 &&
                    length(at, "pm") == 0))
        return at = start, std::nullopt;
    ClockHour hour{*number, 0, false};
    if (digits && text_.token(at - 1).digits == 4) hour = {*number / 100, *number % 100, true};
    if ((sign(at, ":") || sign(at, ".") || sign(at, "h")) && text_.number(at + 1) >= 0 &&
        text_.token(at + 1).glued && text_.token(at + 1).digits == 2 && text_.number(at + 1) < 60) {
        sure = !sign(at, ".");
        hour.exact = sign(at, "h") || text_.token(at - 1).digits == 2;
        hour.minute = text_.number(at + 1);
        at += 2;
        if (hour.exact && hour.hour >= 10 && hour.hour <= 12) hour.exact = false;
    } else if (digits && text_.token(at - 1).digits == 4) {
        sure = marked;
    }
    const auto* past = digits ? nullptr : text_.find(at, "number");
    if (past != nullptr && past->value % 15 == 0 && past->value > 12) {
        hour.minute = past->value;
        at += past->words.size();
        sure = true;
    }
    if (skip(at, "andhalf")) hour.minute = 30;
    const bool clock24 = skip(at, "oclock24");
    const bool clock = clock24 || skip(at, "oclock");
    if (clock24) hour.exact = true;
    if (clock24 && text_.number(at) >= 0 && text_.number(at) < 60 && text_.token(at).digits == 2)
        hour.minute = text_.number(at), ++at;
    auto pm = length(at, "pm"), am = length(at, "am");
    const bool pmBefore = pm > am;
    if (pm != 0 || am != 0) {
        if (hour.hour > 12)
            pm = am = 0;
        else
            hour.hour = hour.hour % 12 + (pmBefore ? 12 : 0), hour.exact = true;
        at += std::max(pm, am);
    }
    sure = sure || clock || pm != 0 || am != 0 || shift != 0;
    if (hour.hour > 24 || (hour.hour == 24 && hour.minute != 0)) return at = start, std::nullopt;
    if (hour.hour > 12 || hour.hour == 0) hour.exact = true;
    if (!sure && (unitAt(at) || length(at, "ordinal") != 0 || sign(at, "%") || sign(at, "/") ||
                  text_.find(at, "month") != nullptr || text_.isWord(at, "k") || text_.isWord(at, "people") ||
                  text_.isWord(at, "years") || text_.isWord(at, "tarikh")))
        return at = start, std::nullopt;
    const auto total = hour.hour * 60 + hour.minute + shift;
    hour.hour = (total + 1440) / 60 % 24 + (total == 1440 ? 24 : 0);
    hour.minute = (total + 1440) % 60;
    return hour;
}

bool TimeReader::clock(TimeItem& item) {
    auto at = at_;
    bool marked = skip(at, "at");
    const bool between = length(at, "between") != 0 && at == at_;
    auto first = at + (between ? length(at, "between") : 0);
    if (between && skip(first, "at")) marked = true;
    if (at > 0 && (sign(at - 1, "$") || sign(at - 1, "/"))) return false;
    const bool afterDay = !items_.empty() && isDay(items_.back()) &&
                          (items_.back().end == at_ || (sign(at_ - 1, ",") && items_.back().end + 1 == at_));
    const bool bounded = bound_ != TimeBound::none && at_ - boundEnd_ <= 1;
    bool sure = false, sureTo = false;
    auto end = first;
    const auto hour = hourAt(end, marked || bounded || between, sure);
    if (!hour) return false;
    item.hour = *hour;
    auto second = end;
    if (sign(second, "-") || sign(second, "–") || sign(second, "/"))
        ++second;
    else if (!skip(second, "to") && !skip(second, "or"))
        second = 0;
    if (second != 0) {
        skip(second, "at");
        const auto to = hourAt(second, marked || bounded || between || sure, sureTo);
        if (to && (sure || sureTo || between || marked || bounded || afterDay) &&
            (text_.number(second - 1) >= 0 || sureTo || between || marked)) {
            item.hourTo = to;
            end = second;
        }
    }
    const bool beforeDay = dayBeginsAt(end);
    if (between && !item.hourTo && !sure) return false;
    if (!sure && !sureTo && !marked && !bounded && !between && !afterDay && !beforeDay) return false;
    if (between && !item.hourTo) item.bound = TimeBound::after;
    item.kind = Kind::clock;
    item.end = end;
    return true;
}

bool TimeReader::isDay(const TimeItem& item) {
    return item.kind == Kind::date || item.kind == Kind::weekday || item.kind == Kind::dayAhead ||
           item.kind == Kind::part;
}

bool TimeReader::dayBeginsAt(std::size_t at) const {
    if (sign(at, "on")) ++at;
    return length(at, "weekday") != 0 || length(at, "plus") != 0 || length(at, "tonight") != 0 ||
           length(at, "part") != 0;
}

}  // namespace overture::compliance
