#include "compliance/when_reader.hpp"

#include <algorithm>

namespace overture::compliance {

namespace {

constexpr std::size_t kFar =
    3;  // so many words between a bound and its time, and they do not belong together

}  // namespace

TimeReader::TimeReader(const TimeText& text) : text_(text) {}

std::vector<TimeItem> TimeReader::read() {
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

std::size_t TimeReader::length(std::size_t at, std::string_view kind) const {
    const auto* word = text_.find(at, kind);
    return word == nullptr ? 0 : word->words.size();
}

bool TimeReader::skip(std::size_t& at, std::string_view kind) const {
    const auto words = length(at, kind);
    at += words;
    return words > 0;
}

bool TimeReader::sign(std::size_t at, std::string_view sign) const {
    return text_.isWord(at, sign);
}

void TimeReader::take(TimeItem& item) {
    const bool near = item.begin - std::min(item.begin, boundEnd_) <= kFar;
    if (bound_ != TimeBound::none && near && item.bound == TimeBound::none) item.bound = bound_;
    item.negated = negated_ && item.begin - std::min(item.begin, negatedEnd_) <= 1;
    bound_ = TimeBound::none;
    negated_ = false;
    at_ = item.end;
    postposition(item);
    items_.push_back(item);
}

void TimeReader::postposition(TimeItem& item) {
    auto at = item.end;
    if (text_.isWord(at, "ko") || text_.isWord(at, "को")) ++at;
    for (const auto& [kind, bound] :
         {std::pair("notbeforepost", TimeBound::notBefore), std::pair("beforepost", TimeBound::before),
          std::pair("untilpost", TimeBound::until), std::pair("afterpost", TimeBound::after)})
        if (item.kind != Kind::ahead && skip(at, kind)) {
            item.bound = bound;
            at_ = item.end = at;
            return;
        }
    const bool ends = at + 1 >= text_.size() || sign(at + 1, ",") || sign(at + 1, ".") || sign(at + 1, "!");
    if (isDay(item) && ends && (sign(at, "no") || sign(at, "nicht") || sign(at, "nao") || sign(at, "non"))) {
        item.negated = true;
        at_ = item.end = at + 1;
        return;
    }
    if (skip(at, "notpost") && item.kind != Kind::clock) item.negated = true, at_ = item.end = at;
}

bool TimeReader::bound() {
    if (const auto words = length(at_, "notbefore")) return setBound(TimeBound::notBefore, words);
    if (negated_ && length(at_, "before") != 0) return setBound(TimeBound::notBefore, length(at_, "before"));
    if (negated_ && length(at_, "until") != 0) return setBound(TimeBound::notBefore, length(at_, "until"));
    if (const auto words = length(at_, "until"))
        return setBound(
            free_ || negated_ ? (free_ ? TimeBound::before : TimeBound::notBefore) : TimeBound::until, words);
    if (const auto words = length(at_, "after"))
        return setBound(negated_ ? TimeBound::before : TimeBound::after, words);
    if (const auto words = length(at_, "before")) return setBound(TimeBound::before, words);
    if (const auto words = length(at_, "by")) return setBound(TimeBound::by, words);
    return false;
}

bool TimeReader::setBound(TimeBound bound, std::size_t words) {
    bound_ = bound;
    boundEnd_ = at_ += words;
    negated_ = false;
    return true;
}

bool TimeReader::negation() {
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

bool TimeReader::vague() {
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

std::vector<TimeItem> timeItems(const TimeText& text) {
    return TimeReader(text).read();
}

}  // namespace overture::compliance
