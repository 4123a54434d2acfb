#include "compliance/when_reader.hpp"

#include <algorithm>

namespace overture::compliance {

std::optional<int> TimeReader::amount(std::size_t& at) const {
    if (const auto number = text_.number(at); number >= 0) return ++at, number;
    if (const auto* word = text_.find(at, "number")) return at += word->words.size(), word->value;
    const auto* word = text_.find(at, "hinumber");
    if (word == nullptr) return std::nullopt;
    auto after = at + word->words.size();
    if (length(after, "oclock") == 0 && !unitAt(after) && length(after, "tarikh") == 0) return std::nullopt;
    at = after;
    return word->value;
}

std::optional<TimeUnit> TimeReader::unitAt(std::size_t at) const {
    for (const auto& [kind, name] :
         {std::pair("unit-minute", "minute"), std::pair("unit-hour", "hour"), std::pair("unit-day", "day"),
          std::pair("unit-week", "week"), std::pair("unit-fortnight", "fortnight"),
          std::pair("unit-month", "month"), std::pair("unit-year", "year")})
        if (const auto words = length(at, kind)) return TimeUnit{name, words};
    return std::nullopt;
}

bool TimeReader::ahead(TimeItem& item, int count, std::string_view unit) {
    if (count < 0 || count > 1000) return false;
    const auto is = [&](Kind kind, int value) {
        item.kind = kind;
        item.value = value;
        return true;
    };
    if (unit == "minute") return is(Kind::ahead, count);
    if (unit == "hour") return is(Kind::ahead, count * 60);
    if (unit == "day") return is(Kind::dayAhead, count);
    if (unit == "week") return is(Kind::dayAhead, count * 7);
    if (unit == "fortnight") return is(Kind::dayAhead, count * 14);
    return is(Kind::monthsAhead, unit == "month" ? count : count * 12);
}

bool TimeReader::relative(TimeItem& item) {
    auto at = at_;
    const bool within = skip(at, "within");
    const bool announced = within || skip(at, "in") || bound_ == TimeBound::after;
    if (const auto* half = text_.find(at, "halfhour")) {
        at += half->words.size();
        if (!announced && length(at, "later") == 0) return false;
        skip(at, "later");
        item.end = at;
        return ahead(item, half->value, "minute");
    }
    int count = 0, most = -1;
    if (const auto* few = text_.find(at, "few"); few != nullptr && unitAt(at + few->words.size())) {
        at += few->words.size();
        count = 2;
        most = 4;
    } else if (const auto number = amount(at)) {
        count = *number;
        if (sign(at, "-") || length(at, "or") != 0 || length(at, "to") != 0) {
            auto second = at + std::max<std::size_t>(1, std::max(length(at, "or"), length(at, "to")));
            const auto other = amount(second);
            if (other && unitAt(second)) at = second, most = *other;
        }
    } else if (unitAt(at) && announced && length(at_, "in") != 0 && unitAt(at)->name == "fortnight") {
        count = 1;
    } else {
        return false;
    }
    if (sign(at, "of")) ++at;
    const auto unit = unitAt(at);
    const bool ends = at >= text_.size() || sign(at, ".") || sign(at, ",") || sign(at, "!") ||
                      sign(at, "please") || sign(at, "pls") || sign(at, "thanks");
    if (!unit && ends && length(at_, "in") != 0 && count > 1 && count <= 60 && most < 0) {
        item.end = at;
        return ahead(item, count, "minute");
    }
    if (!unit) return false;
    at += unit->words;
    const bool andHalf = unit->name == "hour" && sign(at, "and") && sign(at + 1, "a") && sign(at + 2, "half");
    if (andHalf) at += 3;
    const bool later = skip(at, "later");
    if (!announced && !later &&
        !(sign(at, "from") || (sign(at, "on") && unit->name == "fortnight") || (text_.isWord(at, "s"))))
        return false;
    if (!ahead(item, count, unit->name)) return false;
    if (andHalf) item.value += 30;
    if (most > count) {
        TimeItem last;
        if (ahead(last, most, unit->name)) item.valueTo = last.value;
    }
    if (within) item.valueTo = item.value, item.value = 0;
    if (bound_ == TimeBound::after && item.kind == Kind::ahead) bound_ = TimeBound::none;
    item.end = at;
    if (!later && skip(at, "from")) {
        // "a week from Thursday": the day that follows is moved.
        TimeItem day;
        at_ = day.begin = at;
        if (item.kind == Kind::dayAhead && (weekday(day) || dayAhead(day))) {
            day.valueTo = -1;
            day.day = item.value;  // moved by so many days
            const auto begin = item.begin;
            item = day;
            item.begin = begin;
            return true;
        }
        at_ = item.begin;
        return false;
    }
    return true;
}

bool TimeReader::date(TimeItem& item) {
    return isoDate(item) || slashes(item) || dayAndMonth(item) || monthAndDay(item) || dayOfMonth(item);
}

bool TimeReader::isoDate(TimeItem& item) {
    if (text_.number(at_) < 2000 || text_.number(at_) > 2100 || !sign(at_ + 1, "-") ||
        text_.number(at_ + 2) < 1 || !sign(at_ + 3, "-") || text_.number(at_ + 4) < 1)
        return false;
    return isDate(item, text_.number(at_ + 2), text_.number(at_ + 4), text_.number(at_), at_ + 5);
}

bool TimeReader::slashes(TimeItem& item) {
    const auto first = text_.number(at_), second = text_.number(at_ + 2);
    const bool slash = sign(at_ + 1, "/"), dot = sign(at_ + 1, ".") && sign(at_ + 3, ".");
    if (!(slash || dot) || first < 1 || second < 1 || first > 31 || second > 31) return false;
    auto end = at_ + 3;
    int year = 0;
    if ((sign(end, "/") || sign(end, ".")) && text_.number(end + 1) >= 0 && text_.token(end + 1).glued) {
        year = text_.number(end + 1);
        if (year < 100) year += 2000;
        end += 2;
    } else if (dot && sign(end, ".")) {
        ++end;
    }
    if (!dot && isDate(item, first, second, year, end)) {
        if (first != second && second <= 12 && first <= 12) item.otherMonth = second, item.otherDay = first;
        return true;
    }
    return isDate(item, second, first, year, end);
}

bool TimeReader::isDate(TimeItem& item, int month, int day, int year, std::size_t end) const {
    if (month < 0 || month > 12 || day < 1 || day > 31) return false;
    item.kind = Kind::date;
    item.month = month;
    item.day = day;
    item.year = year;
    item.end = end;
    return true;
}

std::size_t TimeReader::yearAfter(std::size_t at, int& year) const {
    const auto comma = sign(at, ",") ? at + 1 : at;
    if (text_.number(comma) < 2020 || text_.number(comma) > 2100) return at;
    year = text_.number(comma);
    return comma + 1;
}

bool TimeReader::dayAndMonth(TimeItem& item) {
    auto at = at_;
    skip(at, "the");
    const auto day = text_.number(at);
    if (day < 1 || text_.token(at).digits > 2) return false;
    ++at;
    skip(at, "ordinal");
    if (sign(at, ".")) ++at;
    if (sign(at, "of") || sign(at, "de")) ++at;
    const auto* month = text_.find(at, "month");
    if (month == nullptr) return false;
    at += month->words.size();
    int year = 0;
    if (sign(at, "de")) ++at;
    const auto end = yearAfter(at, year);
    return isDate(item, month->value, day, year, end);
}

bool TimeReader::monthAndDay(TimeItem& item) {
    const auto* month = text_.find(at_, "month");
    if (month == nullptr) return false;
    auto at = at_ + month->words.size();
    if (sign(at, ".")) ++at;
    if (sign(at, "the")) ++at;
    const auto day = text_.number(at);
    if (day < 1 || text_.token(at).digits > 2 || sign(at + 1, ":") || length(at + 1, "am") ||
        length(at + 1, "pm"))
        return false;
    ++at;
    skip(at, "ordinal");
    int year = 0;
    const auto end = yearAfter(at, year);
    return isDate(item, month->value, day, year, end);
}

bool TimeReader::dayOfMonth(TimeItem& item) {
    auto at = at_;
    const bool named = skip(at, "the");
    const auto* spoken = text_.find(at, "hinumber");
    auto day = text_.number(at);
    if (day < 0 && spoken != nullptr && length(at + 1, "tarikh") != 0) day = spoken->value;
    if (day < 1 || day > 31) return false;
    ++at;
    const bool ordinal = skip(at, "ordinal"), tarikh = skip(at, "tarikh");
    const bool dot = named && sign(at, ".") && at + 1 >= text_.size();
    const bool bare = named && sign(at_, "el") && !unitAt(at) && !sign(at, ":");
    const bool dia = named && (sign(at_, "dia") || sign(at_ + 1, "dia"));
    if (!ordinal && !tarikh && !dot && !bare && !dia) return false;
    if (ordinal && (text_.isWord(at, "floor") || text_.isWord(at, "time") || text_.isWord(at, "street") ||
                    text_.isWord(at, "st") || text_.isWord(at, "ave") || text_.isWord(at, "grade")))
        return false;
    return isDate(item, 0, day, 0, at);
}

}  // namespace overture::compliance
