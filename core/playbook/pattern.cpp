#include "playbook/pattern.hpp"

#include <algorithm>
#include <cstring>

namespace overture::playbook {
namespace {

bool isAlpha(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isDigit(unsigned char c) {
    return c >= '0' && c <= '9';
}

bool inClass(unsigned char c, unsigned char letter) {
    const auto lower = static_cast<unsigned char>(letter | 0x20);
    bool yes = false;
    switch (isAlpha(letter) ? lower : 0) {
        case 'a': yes = isAlpha(c); break;
        case 'c': yes = c < 32 || c == 127; break;
        case 'd': yes = isDigit(c); break;
        case 'g': yes = c > 32 && c < 127; break;
        case 'l': yes = c >= 'a' && c <= 'z'; break;
        case 'p': yes = c > 32 && c < 127 && !isAlpha(c) && !isDigit(c); break;
        case 's': yes = c == ' ' || (c >= 9 && c <= 13); break;
        case 'u': yes = c >= 'A' && c <= 'Z'; break;
        case 'w': yes = isAlpha(c) || isDigit(c); break;
        case 'x': yes = isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); break;
        default: return letter == c;
    }
    return letter == lower ? yes : !yes;
}

}  // namespace

bool isPlain(std::string_view pattern) {
    return pattern.find_first_of("^$*+?.([%-") == std::string_view::npos;
}

Pattern::Pattern(std::string_view subject, std::string_view pattern, std::function<void(std::size_t)> count)
    : subject_(subject), pattern_(pattern), count_(std::move(count)) {}

bool Pattern::find(std::size_t from) {
    const bool anchored = !pattern_.empty() && pattern_[0] == '^';
    for (; from <= subject_.size(); ++from) {
        if (matchAt(from)) return true;
        if (anchored) return false;
    }
    return false;
}

bool Pattern::matchAt(std::size_t from) {
    captures_.clear();
    open_.clear();
    depth_ = 0;
    from_ = from;
    to_ = match(from, !pattern_.empty() && pattern_[0] == '^' ? 1 : 0);
    if (to_ == kNone) return false;
    if (std::find(open_.begin(), open_.end(), true) != open_.end()) throw PatternError("unfinished capture");
    return true;
}

std::size_t Pattern::match(std::size_t at, std::size_t item) {
    struct Depth {
        int& value;
        explicit Depth(int& depth) : value(depth) {
            if (++value > kDepth) throw PatternError("pattern too complex");
        }
        ~Depth() { --value; }
    } const depth(depth_);
    for (;;) {
        count_(1);
        if (item == pattern_.size()) return at;
        const char first = pattern_[item];
        const char second = item + 1 < pattern_.size() ? pattern_[item + 1] : '\0';
        if (first == '(')
            return second == ')' ? startCapture(at, item + 2, true) : startCapture(at, item + 1, false);
        if (first == ')') return endCapture(at, item + 1);
        if (first == '$' && item + 1 == pattern_.size()) return at == subject_.size() ? at : kNone;
        if (first == '%' && second == 'b') {
            at = balanced(at, item + 2);
            if (at == kNone) return kNone;
            item += 4;
            continue;
        }
        if (first == '%' && second == 'f') {
            if (item + 2 >= pattern_.size() || pattern_[item + 2] != '[')
                throw PatternError("missing '[' after '%f' in pattern");
            const auto end = itemEnd(item + 2);
            if (!frontier(at, item + 2, end)) return kNone;
            item = end;
            continue;
        }
        if (first == '%' && isDigit(static_cast<unsigned char>(second))) {
            at = backReference(at, second);
            if (at == kNone) return kNone;
            item += 2;
            continue;
        }
        const auto end = itemEnd(item);
        if (end - item > 8) count_((end - item) / 8);
        const char repeat = end < pattern_.size() ? pattern_[end] : '\0';
        if (repeat == '*') return maxExpand(at, item, end);
        if (repeat == '-') return minExpand(at, item, end);
        const bool here = single(at, item, end);
        if (repeat == '?') {
            if (here) {
                const auto result = match(at + 1, end + 1);
                if (result != kNone) return result;
            }
            item = end + 1;
            continue;
        }
        if (!here) return kNone;
        if (repeat == '+') return maxExpand(at + 1, item, end);
        ++at;
        item = end;
    }
}

std::size_t Pattern::maxExpand(std::size_t at, std::size_t item, std::size_t next) {
    std::size_t times = 0;
    while (single(at + times, item, next))
        if (++times % 16 == 0) count_(next - item);
    for (;; --times) {
        const auto result = match(at + times, next + 1);
        if (result != kNone || times == 0) return result;
    }
}

std::size_t Pattern::minExpand(std::size_t at, std::size_t item, std::size_t next) {
    for (;; ++at) {
        const auto result = match(at, next + 1);
        if (result != kNone) return result;
        count_(1 + (next - item) / 8);
        if (!single(at, item, next)) return kNone;
    }
}

std::size_t Pattern::startCapture(std::size_t at, std::size_t item, bool position) {
    if (captures_.size() >= kCaptures) throw PatternError("too many captures");
    captures_.push_back({at, 0, position});
    open_.push_back(!position);
    const auto count = captures_.size();
    const auto result = match(at, item);
    if (result == kNone) {
        captures_.resize(count - 1);
        open_.resize(count - 1);
    }
    return result;
}

std::size_t Pattern::endCapture(std::size_t at, std::size_t item) {
    for (auto i = captures_.size(); i-- > 0;) {
        if (!open_[i]) continue;
        open_[i] = false;
        captures_[i].length = at - captures_[i].from;
        const auto result = match(at, item);
        if (result == kNone) open_[i] = true;
        return result;
    }
    throw PatternError("invalid pattern capture");
}

std::size_t Pattern::balanced(std::size_t at, std::size_t item) {
    if (item + 1 >= pattern_.size()) throw PatternError("missing arguments to '%b'");
    if (at >= subject_.size() || subject_[at] != pattern_[item]) return kNone;
    std::size_t level = 1;
    for (auto end = at + 1; end < subject_.size(); ++end) {
        if (end % 64 == 0) count_(8);
        if (subject_[end] == pattern_[item + 1]) {
            if (--level == 0) return end + 1;
        } else if (subject_[end] == pattern_[item]) {
            ++level;
        }
    }
    return kNone;
}

std::size_t Pattern::backReference(std::size_t at, char digit) {
    const auto number = static_cast<std::size_t>(digit - '1');
    if (digit == '0' || number >= captures_.size() || open_[number])
        throw PatternError(std::string("invalid capture index %") + digit);
    const auto& capture = captures_[number];
    count_(1 + capture.length / 16);
    const auto text = subject_.substr(capture.from, capture.length);
    return subject_.substr(at, text.size()) == text ? at + text.size() : kNone;
}

bool Pattern::frontier(std::size_t at, std::size_t item, std::size_t end) {
    const auto before = at == 0 ? static_cast<unsigned char>(0) : subjectAt(at - 1);
    return !inSet(before, item, end - 1) && inSet(subjectAt(at), item, end - 1);
}

std::size_t Pattern::itemEnd(std::size_t item) const {
    const char first = pattern_[item++];
    if (first == '%') {
        if (item >= pattern_.size()) throw PatternError("malformed pattern (ends with '%')");
        return item + 1;
    }
    if (first != '[') return item;
    if (item < pattern_.size() && pattern_[item] == '^') ++item;
    do {
        if (item >= pattern_.size()) throw PatternError("malformed pattern (missing ']')");
        if (pattern_[item++] == '%') ++item;
    } while (item >= pattern_.size() || pattern_[item] != ']');
    return item + 1;
}

bool Pattern::single(std::size_t at, std::size_t item, std::size_t end) const {
    if (at >= subject_.size()) return false;
    const auto c = static_cast<unsigned char>(subject_[at]);
    switch (pattern_[item]) {
        case '.': return true;
        case '%': return inClass(c, static_cast<unsigned char>(pattern_[item + 1]));
        case '[': return inSet(c, item, end - 1);
        default: return static_cast<unsigned char>(pattern_[item]) == c;
    }
}

/// `item` is at '[', `last` at its ']'.
bool Pattern::inSet(unsigned char c, std::size_t item, std::size_t last) const {
    bool yes = true;
    if (pattern_[item + 1] == '^') {
        yes = false;
        ++item;
    }
    while (++item < last) {
        const auto here = static_cast<unsigned char>(pattern_[item]);
        if (here == '%') {
            ++item;
            if (inClass(c, static_cast<unsigned char>(pattern_[item]))) return yes;
        } else if (item + 2 < last && pattern_[item + 1] == '-') {
            item += 2;
            if (here <= c && c <= static_cast<unsigned char>(pattern_[item])) return yes;
        } else if (here == c) {
            return yes;
        }
    }
    return !yes;
}

}  // namespace overture::playbook
