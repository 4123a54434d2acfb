#include "compliance/when_reader.hpp"

namespace overture::compliance {

bool TimeReader::weekday(TimeItem& item) {
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

bool TimeReader::stretch(TimeItem& item) {
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
               month != nullptr && (narrowed || announced || pointed || bound_ != TimeBound::none ||
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

bool TimeReader::lateToday(TimeItem& item, std::size_t end) const {
    item.kind = Kind::part;
    item.from = 15 * 60;
    item.to = 17 * 60;
    item.end = end;
    return true;
}

bool TimeReader::part(TimeItem& item) {
    auto at = at_;
    if (const auto* tonight = text_.find(at, "tonight")) {
        item.tonight = true;
        return isPart(item, *tonight, at);
    }
    // "mañana por la mañana": the first is the day, the second the part.
    if (text_.find(at, "part") == nullptr) {
        if (skip(at, "this"))
            item.which = Which::thisOne;
        else
            skip(at, "the");
    }
    const auto* part = text_.find(at, "part");
    if (part == nullptr) return false;
    const auto day = length(at, "plus");
    if (day >= part->words.size()) return false;
    return isPart(item, *part, at);
}

bool TimeReader::isPart(TimeItem& item, const TimeWord& word, std::size_t at) {
    item.kind = Kind::part;
    item.from = word.value;
    item.to = word.until;
    item.end = at + word.words.size();
    return true;
}

bool TimeReader::dayAhead(TimeItem& item) {
    const auto* day = text_.find(at_, "plus");
    if (day == nullptr) return false;
    item.kind = Kind::dayAhead;
    item.value = day->value;
    item.end = at_ + day->words.size();
    return true;
}

}  // namespace overture::compliance
