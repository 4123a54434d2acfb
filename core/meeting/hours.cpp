#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "meeting/meetings.hpp"

namespace overture::meeting {
namespace {

constexpr const char* kForm = "Write it as \"Mon-Fri 09:00-17:00, Sat 10:00-12:00\".";

// Every part keeps its place in the text, for messages.
struct Word {
    std::string text;
    std::size_t column;  // 1-based
};

Problem problem(const Word& word, const std::string& what, const std::string& remedy = kForm) {
    return Problem{what, "column " + std::to_string(word.column), remedy};
}

std::optional<unsigned> dayOf(const std::string& word) {
    static constexpr std::array<const char*, 7> names = {"sunday",   "monday", "tuesday", "wednesday",
                                                         "thursday", "friday", "saturday"};
    for (unsigned i = 0; i < 7; ++i) {
        const std::string name(names[i]);
        if (word.size() >= 3 && name.starts_with(word)) return i;
        if ((i == 2 && word == "tues") || (i == 4 && (word == "thur" || word == "thurs"))) return i;
    }
    return std::nullopt;
}

std::optional<seconds> timeOf(const std::string& word) {
    unsigned hour = 0, minute = 0;
    const auto* end = word.data() + word.size();
    auto read = std::from_chars(word.data(), end, hour);
    if (read.ec != std::errc{} || read.ptr - word.data() > 2) return std::nullopt;
    if (read.ptr != end) {
        if (*read.ptr != ':' || end - read.ptr != 3) return std::nullopt;
        read = std::from_chars(read.ptr + 1, end, minute);
        if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    }
    if (hour > 24 || minute > 59 || (hour == 24 && minute > 0)) return std::nullopt;
    return hours(hour) + minutes(minute);
}

// Words and commas; the dash lies within a word: spaces around it are taken out, and the long dash is a dash.
std::vector<Word> wordsOf(const std::string& text) {
    std::vector<Word> words;
    bool apart = true, dashed = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = std::string_view(text).substr(i);
        const bool longDash = rest.starts_with("–") || rest.starts_with("—");
        const char c = longDash ? '-' : text[i];
        if (c == ' ' || c == '\t') {
            apart = true;
        } else if (c == ',' || c == ';') {
            words.push_back({",", i + 1});
            apart = true, dashed = false;
        } else {
            const bool joins = !words.empty() && words.back().text != "," && (!apart || dashed || c == '-');
            if (!joins) words.push_back({"", i + 1});
            words.back().text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            apart = false, dashed = c == '-';
        }
        if (longDash) i += 2;
    }
    return words;
}

bool isTimes(const Word& word) {
    return !word.text.empty() && word.text[0] >= '0' && word.text[0] <= '9';
}

Result<std::vector<unsigned>> daysOf(const Word& word) {
    if (word.text == "daily" || word.text == "everyday") return std::vector<unsigned>{0, 1, 2, 3, 4, 5, 6};
    const auto dash = word.text.find('-');
    const auto first = dayOf(word.text.substr(0, dash));
    const auto last = dash == std::string::npos ? first : dayOf(word.text.substr(dash + 1));
    if (!first || !last) {
        const auto near =
            nearest(word.text.substr(0, dash), {"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
        auto meant = first || near.empty()
                         ? std::string()
                         : " Did you mean \"" + std::string(1, static_cast<char>(near[0] - 32)) +
                               near.substr(1) + "\"?";
        return problem(word, "\"" + word.text + "\" is not a day of the week", std::string(kForm) + meant);
    }
    std::vector<unsigned> found;
    for (auto day = *first;; day = (day + 1) % 7) {
        found.push_back(day);
        if (day == *last) return found;
    }
}

Result<std::pair<seconds, seconds>> timesOf(const Word& word) {
    const auto dash = word.text.find('-');
    if (word.text.starts_with("24h") || word.text == "24/7")
        return problem(word, "\"" + word.text + "\" does not say which days and times",
                       "For all day, every day write \"Mon-Sun 00:00-24:00\".");
    if (dash == std::string::npos)
        return problem(word, "\"" + word.text + "\" has a beginning and no end",
                       "Write a range such as \"09:00-17:00\".");
    const auto from = timeOf(word.text.substr(0, dash)), to = timeOf(word.text.substr(dash + 1));
    if (!from || !to)
        return problem(word,
                       "\"" + (from ? word.text.substr(dash + 1) : word.text.substr(0, dash)) +
                           "\" is not a time of day",
                       "Write times from 00:00 to 24:00, such as \"09:00-17:00\".");
    if (*from >= *to)
        return problem(word, "\"" + word.text + "\" ends before it begins",
                       "Hours past midnight are two ranges: \"Fri 22:00-24:00, Sat 00:00-06:00\".");
    return std::pair(*from, *to);
}

void tidy(std::vector<WeekHours::Range>& ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
        return std::pair(a.day, a.from) < std::pair(b.day, b.from);
    });
    std::vector<WeekHours::Range> out;
    for (const auto& range : ranges) {
        if (!out.empty() && out.back().day == range.day && range.from <= out.back().to)
            out.back().to = std::max(out.back().to, range.to);
        else
            out.push_back(range);
    }
    ranges = std::move(out);
}

}  // namespace

Result<WeekHours> WeekHours::parse(const std::string& text) {
    WeekHours hours;
    std::vector<unsigned> days;
    bool open = false;  // days were named whose times are still to come
    const auto words = wordsOf(text);
    for (const auto& word : words) {
        if (word.text == ",") continue;
        if (!isTimes(word)) {
            const auto named = daysOf(word);
            if (!named) return named.problem();
            if (!open) days.clear();
            days.insert(days.end(), named->begin(), named->end());
            open = true;
            continue;
        }
        const auto times = timesOf(word);
        if (!times) return times.problem();
        if (days.empty())
            return problem(word, "\"" + word.text + "\" does not say on which days",
                           "Write the days first: \"Mon-Fri " + word.text + "\".");
        for (const auto day : days) hours.ranges_.push_back({day, times->first, times->second});
        open = false;
    }
    if (words.empty()) return Problem{"the hours are empty", "column 1", kForm};
    if (open)
        return problem(words.back(), "\"" + words.back().text + "\" has no times",
                       "Write them after the days: \"" + words.back().text + " 09:00-17:00\".");
    tidy(hours.ranges_);
    return hours;
}

bool WeekHours::contains(std::chrono::weekday day, seconds from, seconds to) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
        return range.day == day.c_encoding() && from >= range.from && to <= range.to && from <= to;
    });
}

}  // namespace overture::meeting
