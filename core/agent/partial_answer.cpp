#include "agent/partial_answer.hpp"

namespace overture::agent {
namespace {

constexpr std::size_t kMost = 256 * 1024;
constexpr int kDeepest = 32;

bool isHexDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::size_t lengthOf(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xf0) return 4;
    return first >= 0xe0 ? 3 : 2;
}

std::string utf8(unsigned code) {
    std::string out;
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
    return out;
}

}  // namespace

void PartialAnswer::take(std::string_view piece) {
    for (const char c : piece) {
        if (ended_ || lost_) return;
        if (seen_.size() + text_.size() > kMost) lost_ = true;
        if (inText_)
            readText(c);
        else
            read(c);
    }
}

/// Everything but the member's own text. What comes before the object (a code fence) is passed over.
void PartialAnswer::read(char c) {
    if (depth_ == 0 && c != '{') return;
    if (inString_) return readString(c);
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (found_ && !blank && c != ':') {
        if (c != '"') {
            lost_ = true;
            return;
        }
        auto object = parseJson(seen_.substr(0, memberAt_) + "}", "answer");
        if (!object && memberAt_ > 0 && seen_[memberAt_ - 1] == ',')
            object = parseJson(seen_.substr(0, memberAt_ - 1) + "}", "answer");
        if (!object || !object->is_object()) {
            lost_ = true;
            return;
        }
        before_ = std::move(*object);
        inText_ = true;
        return;
    }
    if (blank) return;
    if (c == '"') {
        inString_ = true;
        isKey_ = depth_ == 1 && keyNext_;
        if (isKey_) memberAt_ = seen_.size();
        string_.clear();
    } else if (c == '{' || c == '[') {
        ++depth_;
        keyNext_ = depth_ == 1 && c == '{';
        lost_ = depth_ > kDeepest;
    } else if (c == '}' || c == ']') {
        --depth_;
        lost_ = depth_ == 0;
    } else if (depth_ == 1) {
        keyNext_ = c == ',';
    }
    seen_ += c;
}

void PartialAnswer::readString(char c) {
    seen_ += c;
    if (escaped_) {
        escaped_ = false;
        string_ += '\\';
        string_ += c;
    } else if (c == '\\') {
        escaped_ = true;
    } else if (c == '"') {
        stringEnded();
    } else {
        string_ += c;
    }
}

void PartialAnswer::stringEnded() {
    inString_ = false;
    if (!isKey_) return;
    isKey_ = keyNext_ = false;
    found_ = string_ == member_;
}

void PartialAnswer::readText(char c) {
    if (!escape_.empty()) return readEscape(c);
    if (c == '"') {
        ended_ = true;
        return;
    }
    if (c == '\\') {
        escape_ = "\\";
        return;
    }
    character_ += c;
    if (character_.size() < lengthOf(static_cast<unsigned char>(character_.front()))) return;
    text_ += character_;
    character_.clear();
}

void PartialAnswer::readEscape(char c) {
    escape_ += c;
    if (escape_[1] != 'u') {
        static constexpr std::string_view kNames = "\"\\/bfnrt", kMeans = "\"\\/\b\f\n\r\t";
        const auto which = kNames.find(c);
        lost_ = which == std::string_view::npos;
        if (!lost_) text_ += kMeans[which];
        escape_.clear();
        return;
    }
    if (escape_.size() > 2 && !isHexDigit(c)) lost_ = true;
    if (escape_.size() < 6 || lost_) return;
    put(static_cast<unsigned>(std::stoul(escape_.substr(2), nullptr, 16)));
    escape_.clear();
}

void PartialAnswer::put(unsigned unit) {
    const bool high = unit >= 0xd800 && unit < 0xdc00, low = unit >= 0xdc00 && unit < 0xe000;
    if (low && high_ != 0)
        text_ += utf8(0x10000 + ((high_ - 0xd800) << 10) + (unit - 0xdc00));
    else if (!high && !low)
        text_ += utf8(unit);
    high_ = high ? unit : 0;
}

}  // namespace overture::agent
