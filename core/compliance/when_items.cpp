#include "compliance/when_items.hpp"

#include <algorithm>

namespace overture::compliance {
namespace {

using Kind = TimeItem::Kind;
using Which = TimeItem::Which;
using Third = TimeItem::Third;

constexpr std::size_t kFar =
    3;  // so many words between a bound and its time, and they do not belong together

/// Reads a text from the left, the longest phrase first.
class Reader {
public:
    explicit Reader(const TimeText& text) : text_(text) {}

    std::vector<TimeItem> read() {
        while (at_ < text_.size()) {
            TimeItem item;
            item.begin = at_;
            if (relative(item) || date(item) || clock(item) || weekday(item) || stretch(item) || part(item) ||
                dayAhead(item))
                take(item);
            else if (!bound() && !negation() && !vague())
                ++at_;
        }
        return std::move(items_);
    }

private:
    std::size_t length(std::size_t at, std::string_view kind) const {
        const auto* word = text_.find(at, kind);
        return word == nullptr ? 0 : word->words.size();
    }
    bool skip(std::size_t& at, std::string_view kind) const {
        const auto words = length(at, kind);
        at += words;
        return words > 0;
    }
    bool sign(std::size_t at, std::string_view sign) const { return text_.isWord(at, sign); }

    void take(TimeItem& item) {
        const bool near = item.begin - std::min(item.begin, boundEnd_) <= kFar;
        if (bound_ != Bound::none && near && item.bound == Bound::none) item.bound = bound_;
        item.negated = negated_ && item.begin - std::min(item.begin, negatedEnd_) <= 1;
        bound_ = Bound::none;
        negated_ = false;
        at_ = item.end;
        postposition(item);
        items_.push_back(item);
    }

    /// Hindi says it after the time: "10 baje ke baad", "somvar se pehle nahi".
    void postposition(TimeItem& item) {
        auto at = item.end;
        if (text_.isWord(at, "ko") || text_.isWord(at, "को")) ++at;
        for (const auto& [kind, bound] :
             {std::pair("notbeforepost", Bound::notBefore), std::pair("beforepost", Bound::before),
              std::pair("untilpost", Bound::until), std::pair("afterpost", Bound::after)})
            if (item.kind != Kind::ahead && skip(at, kind)) {
                item.bound = bound;
                at_ = item.end = at;
                return;
            }
        const bool ends =
            at + 1 >= text_.size() || sign(at + 1, ",") || sign(at + 1, ".") || sign(at + 1, "!");
        if (isDay(item) && ends &&
            (sign(at, "no") || sign(at, "nicht") || sign(at, "nao") || sign(at, "non"))) {
            item.negated = true;
            at_ = item.end = at + 1;
            return;
        }
        if (skip(at, "notpost") && item.kind != Kind::clock) item.negated = true, at_ = item.end = at;
    }

    bool bound() {
        if (const auto words = length(at_, "notbefore")) return setBound(Bound::notBefore, words);
        if (negated_ && length(at_, "before") != 0) return setBound(Bound::notBefore, length(at_, "before"));
        if (negated_ && length(at_, "until") != 0) return setBound(Bound::notBefore, length(at_, "until"));
        if (const auto words = length(at_, "until"))
            return setBound(free_ || negated_ ? (free_ ? Bound::before : Bound::notBefore) : Bound::until,
                            words);
        if (const auto words = length(at_, "after"))
            return setBound(negated_ ? Bound::before : Bound::after, words);
        if (const auto words = length(at_, "before")) return setBound(Bound::before, words);
        if (const auto words = length(at_, "by")) return setBound(Bound::by, words);
        return false;
    }
    bool setBound(Bound bound, std::size_t words) {
        bound_ = bound;
        boundEnd_ = at_ += words;
        negated_ = false;
        return true;
    }
    bool negation() {
        if (const auto words = length(at_, "free")) {
            free_ = true;
            at_ += words;
            return true;
        }
        const auto words = length(at_, "not");
        if (words == 0) return false;
        negated_ = true;
        negatedEnd_ = at_ += words;
        return true;
    }
    bool vague() {
        for (const char* kind : {"now", "unsure", "every"})
            if (const auto words = length(at_, kind)) {
                TimeItem item;
                item.kind = kind == std::string_view("now") ? Kind::now : Kind::unsure;
                item.value = kind == std::string_view("every");
                item.begin = at_;
                item.negated = negated_;
                at_ = item.end = at_ + words;
                items_.push_back(item);
                return true;
            }
        return false;
    }

    /// A number in digits or words, and where it ends.
    std::optional<int> amount(std::size_t& at) const {
        if (const auto number = text_.number(at); number >= 0) return ++at, number;
        if (const auto* word = text_.find(at, "number")) return at += word->words.size(), word->value;
        const auto* word = text_.find(at, "hinumber");
        if (word == nullptr) return std::nullopt;
        auto after = at + word->words.size();
        if (length(after, "oclock") == 0 && !unitAt(after) && length(after, "tarikh") == 0)
            return std::nullopt;
        at = after;
        return word->value;
    }
    struct Unit {
        std::string_view name;
        std::size_t words;
    };
    std::optional<Unit> unitAt(std::size_t at) const {
        for (const auto& [kind, name] : {std::pair("unit-minute", "minute"), std::pair("unit-hour", "hour"),
                                         std::pair("unit-day", "day"), std::pair("unit-week", "week"),
                                         std::pair("unit-fortnight", "fortnight"),
                                         std::pair("unit-month", "month"), std::pair("unit-year", "year")})
            if (const auto words = length(at, kind)) return Unit{name, words};
        return std::nullopt;
    }

    static bool ahead(TimeItem& item, int count, std::string_view unit) {
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

    /// "in two hours", "half an hour from now", "2 ghante baad", "a week from Thursday".
    bool relative(TimeItem& item) {
        auto at = at_;
        const bool within = skip(at, "within");
        const bool announced = within || skip(at, "in") || bound_ == Bound::after;
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
        const bool andHalf =
            unit->name == "hour" && sign(at, "and") && sign(at + 1, "a") && sign(at + 2, "half");
        if (andHalf) at += 3;
        const bool later = skip(at, "later");
        if (!announced && !later && !(sign(at, "from") || (text_.isWord(at, "s")))) return false;
        if (!ahead(item, count, unit->name)) return false;
        if (andHalf) item.value += 30;
        if (most > count) {
            TimeItem last;
            if (ahead(last, most, unit->name)) item.valueTo = last.value;
        }
        if (within) item.valueTo = item.value, item.value = 0;
        if (bound_ == Bound::after && item.kind == Kind::ahead) bound_ = Bound::none;
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

    bool date(TimeItem& item) {
        return isoDate(item) || slashes(item) || dayAndMonth(item) || monthAndDay(item) || dayOfMonth(item);
    }
    bool isoDate(TimeItem& item) {
        if (text_.number(at_) < 2000 || text_.number(at_) > 2100 || !sign(at_ + 1, "-") ||
            text_.number(at_ + 2) < 1 || !sign(at_ + 3, "-") || text_.number(at_ + 4) < 1)
            return false;
        return isDate(item, text_.number(at_ + 2), text_.number(at_ + 4), text_.number(at_), at_ + 5);
    }
    bool slashes(TimeItem& item) {
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
            if (first != second && second <= 12 && first <= 12)
                item.otherMonth = second, item.otherDay = first;
            return true;
        }
        return isDate(item, second, first, year, end);
    }
    bool isDate(TimeItem& item, int month, int day, int year, std::size_t end) const {
        if (month < 0 || month > 12 || day < 1 || day > 31) return false;
        item.kind = Kind::date;
        item.month = month;
        item.day = day;
        item.year = year;
        item.end = end;
        return true;
    }
    std::size_t yearAfter(std::size_t at, int& year) const {
        const auto comma = sign(at, ",") ? at + 1 : at;
        if (text_.number(comma) < 2020 || text_.number(comma) > 2100) return at;
        year = text_.number(comma);
        return comma + 1;
    }
    bool dayAndMonth(TimeItem& item) {
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
    bool monthAndDay(TimeItem& item) {
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
    bool dayOfMonth(TimeItem& item) {
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

    std::optional<ClockHour> hourAt(std::size_t& at, bool marked, bool& sure) const {
        const auto start = at;
        sure = false;
        if (const auto words = length(at, "noon")) return at += words, sure = true, ClockHour{12, 0, true};
        if (const auto words = length(at, "midnight"))
            return at += words, sure = true, ClockHour{24, 0, true};
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
        if (digits && text_.token(at).digits > 2 && text_.token(at).digits != 4)
            return at = start, std::nullopt;
        const auto number = amount(at);
        if (!number || (!digits && !marked && length(at, "oclock") == 0 && length(at, "am") == 0 &&
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
                      text_.find(at, "month") != nullptr || text_.isWord(at, "k") ||
                      text_.isWord(at, "people") || text_.isWord(at, "years") || text_.isWord(at, "tarikh")))
            return at = start, std::nullopt;
        const auto total = hour.hour * 60 + hour.minute + shift;
        hour.hour = (total + 1440) / 60 % 24 + (total == 1440 ? 24 : 0);
        hour.minute = (total + 1440) % 60;
        return hour;
    }

    /// "at 3", "3pm", "15:30", "2-4pm", "between 9 and 11".
    bool clock(TimeItem& item) {
        auto at = at_;
        bool marked = skip(at, "at");
        const bool between = length(at, "between") != 0 && at == at_;
        auto first = at + (between ? length(at, "between") : 0);
        if (between && skip(first, "at")) marked = true;
        if (at > 0 && (sign(at - 1, "$") || sign(at - 1, "/"))) return false;
        const bool afterDay =
            !items_.empty() && isDay(items_.back()) &&
            (items_.back().end == at_ || (sign(at_ - 1, ",") && items_.back().end + 1 == at_));
        const bool bounded = bound_ != Bound::none && at_ - boundEnd_ <= 1;
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
        if (between && !item.hourTo) item.bound = Bound::after;
        item.kind = Kind::clock;
        item.end = end;
        return true;
    }
    static bool isDay(const TimeItem& item) {
        return item.kind == Kind::date || item.kind == Kind::weekday || item.kind == Kind::dayAhead ||
               item.kind == Kind::part;
    }
    bool dayBeginsAt(std::size_t at) const {
        if (sign(at, "on")) ++at;
        return length(at, "weekday") != 0 || length(at, "plus") != 0 || length(at, "tonight") != 0 ||
               length(at, "part") != 0;
    }

    bool weekday(TimeItem& item) {
        auto at = at_;
        if (skip(at, "next"))
            item.which = Which::next;
        else if (skip(at, "this") || skip(at, "coming"))
            item.which = Which::thisOne;
        const auto* day = text_.find(at, "weekday");
        if (day == nullptr) return false;
        at += day->words.size();
        if (item.which == Which::any && skip(at, "nextafter")) item.which = Which::next;
        item.kind = Kind::weekday;
        item.value = day->value;
        auto to = at;
        if (length(at, "nextafter") == 0 && text_.find(at, "unit-week") != nullptr && sign(at, "week")) {
            item.day = 7;
            to = ++at;
        }
        if (sign(to, "-") || sign(to, "–"))
            ++to;
        else if (!sign(to, "or") && !(sign(to, "and") && !(at_ > 0 && length(at_ - 1, "between") != 0)))
            skip(to, "to");
        if (to != at)
            if (const auto* last = text_.find(to, "weekday")) {
                item.valueTo = last->value;
                at = to + last->words.size();
            }
        item.end = at;
        return true;
    }

    /// Weeks, weekends, months, years, and their ends.
    bool stretch(TimeItem& item) {
        auto at = at_;
        if (const auto words = length(at, "weekafternext")) {
            item.kind = Kind::week;
            item.value = 2;
            item.end = at + words;
            return true;
        }
        const bool announced = sign(at, "in") || sign(at, "en");
        if (announced) ++at;
        const auto third = at;
        if (skip(at, "endof"))
            item.third = Third::late;
        else if (skip(at, "startof"))
            item.third = Third::early;
        else if (skip(at, "middleof"))
            item.third = Third::middle;
        const bool narrowed = at != third;
        skip(at, "the");
        if (sign(at, "del") || sign(at, "de") || sign(at, "la") || sign(at, "der") || sign(at, "do") ||
            sign(at, "da"))
            ++at;
        const auto before = at;
        int offset = 0;
        if (skip(at, "next"))
            offset = 1;
        else
            skip(at, "this");
        bool pointed = at != before;
        if (!pointed) skip(at, "the");
        if (const auto words = length(at, "weekend")) {
            at += words;
            if (skip(at, "nextafter")) offset = 1;
            item.kind = Kind::weekend;
        } else if (const auto* month = text_.find(at, "month");
                   month != nullptr && (narrowed || announced || pointed || bound_ != Bound::none ||
                                        month->words[0].size() > 4)) {
            at += month->words.size();
            item.kind = Kind::month;
            item.month = month->value;
            offset = 0;
        } else {
            const auto unit = unitAt(at);
            if (!unit || unit->name == "minute" || unit->name == "hour") return false;
            at += unit->words;
            if (!pointed && skip(at, "nextafter")) offset = 1, pointed = true;
            if (!pointed && !narrowed) return false;
            if (unit->name == "day") {
                if (offset == 0 && narrowed) return lateToday(item, at);
                return false;
            }
            item.kind = unit->name == "week" ? Kind::week : unit->name == "month" ? Kind::month : Kind::year;
            if (unit->name == "fortnight") item.kind = Kind::dayAhead, offset = 14;
        }
        if (at < text_.size() && skip(at, "endof")) item.third = Third::late;
        item.value = offset;
        item.end = at;
        return true;
    }
    bool lateToday(TimeItem& item, std::size_t end) const {
        item.kind = Kind::part;
        item.from = 15 * 60;
        item.to = 17 * 60;
        item.end = end;
        return true;
    }

    bool part(TimeItem& item) {
        auto at = at_;
        if (const auto* tonight = text_.find(at, "tonight")) {
            item.tonight = true;
            return isPart(item, *tonight, at);
        }
        // "mañana por la mañana": the first is the day, the second the part.
        const bool pointed = text_.find(at, "part") == nullptr && (skip(at, "this") || skip(at, "the"));
        if (pointed) item.which = Which::thisOne;
        const auto* part = text_.find(at, "part");
        if (part == nullptr) return false;
        const auto day = length(at, "plus");
        if (day >= part->words.size()) return false;
        return isPart(item, *part, at);
    }
    static bool isPart(TimeItem& item, const TimeWord& word, std::size_t at) {
        item.kind = Kind::part;
        item.from = word.value;
        item.to = word.until;
        item.end = at + word.words.size();
        return true;
    }

    bool dayAhead(TimeItem& item) {
        const auto* day = text_.find(at_, "plus");
        if (day == nullptr) return false;
        item.kind = Kind::dayAhead;
        item.value = day->value;
        item.end = at_ + day->words.size();
        return true;
    }

    const TimeText& text_;
    std::size_t at_ = 0, boundEnd_ = 0, negatedEnd_ = 0;
    Bound bound_ = Bound::none;
    bool negated_ = false, free_ = false;
    std::vector<TimeItem> items_;
};

}  // namespace

std::vector<TimeItem> timeItems(const TimeText& text) {
    return Reader(text).read();
}

}  // namespace overture::compliance
