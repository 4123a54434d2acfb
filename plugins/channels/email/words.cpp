#include "words.hpp"

#include <glib.h>

#include <algorithm>
#include <array>

namespace overture::email {
namespace {

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

std::string textOf(const sdk::Json& document, const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string_view trimmed(std::string_view text) {
    constexpr std::array<std::string_view, 3> kWide{"\u00A0", "\u200B", "\uFEFF"};
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; };
    for (bool changed = true; changed;) {
        const auto before = text.size();
        while (!text.empty() && blank(text.front())) text.remove_prefix(1);
        while (!text.empty() && blank(text.back())) text.remove_suffix(1);
        for (const auto wide : kWide) {
            if (text.starts_with(wide)) text.remove_prefix(wide.size());
            if (text.ends_with(wide)) text.remove_suffix(wide.size());
        }
        changed = text.size() != before;
    }
    return text;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = lowered(c);
    return result;
}

bool startsIgnoringCase(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(),
                      [](char a, char b) { return lowered(a) == lowered(b); });
}

bool holdsIgnoringCase(std::string_view text, std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [](char a, char b) { return lowered(a) == lowered(b); }) != text.end();
}

std::vector<std::string_view> linesOf(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return lines;
}

std::string joined(const std::vector<std::string>& pieces, std::string_view between) {
    std::string all;
    for (const auto& piece : pieces) {
        if (!all.empty()) all += between;
        all += piece;
    }
    return all;
}

std::string validUtf8(std::string_view text) {
    std::string whole(text);
    std::erase(whole, '\0');
    char* valid = g_utf8_make_valid(whole.data(), static_cast<gssize>(whole.size()));
    std::string result(valid);
    g_free(valid);
    return result;
}

std::string_view cutTo(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return text.substr(0, most);
}

std::string_view withoutRe(std::string_view subject) {
    constexpr std::array<std::string_view, 12> kMarks{
        "re:", "aw:", "wg:", "fw:", "fwd:", "sv:", "tr:", "rv:", "enc:", "res:", "antw:", "vs:"};
    for (bool changed = true; changed;) {
        changed = false;
        subject = trimmed(subject);
        for (const auto mark : kMarks)
            if (startsIgnoringCase(subject, mark)) {
                subject.remove_prefix(mark.size());
                changed = true;
            }
    }
    return subject;
}

}  // namespace overture::email
