#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "playbook/reader.hpp"

namespace overture::playbook {
namespace {

bool isDay(std::string_view text) {
    static constexpr std::array<std::string_view, 7> names = {"mon", "tue", "wed", "thu",
                                                              "fri", "sat", "sun"};
    return std::find(names.begin(), names.end(), lowerAscii(text)) != names.end();
}

/// "09:30" → minutes since midnight; 24:00 is allowed as an end. -1 when it is no time.
int minutesOf(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return -1;
    const int hour = (text[0] - '0') * 10 + text[1] - '0';
    const int minute = (text[3] - '0') * 10 + text[4] - '0';
    const int all = hour * 60 + minute;
    return minute < 60 && all <= 24 * 60 ? all : -1;
}

}  // namespace

std::optional<std::string> problemWithClock(const std::string& text) {
    const auto parts = split(text, '-');
    if (parts.size() != 2) return "\"" + text + "\" is not a span of time; write it like \"10:00-11:00\"";
    const int from = minutesOf(trim(parts[0]));
    const int to = minutesOf(trim(parts[1]));
    if (from < 0 || to < 0) return "\"" + text + "\" is not a span of time; write it like \"10:00-11:00\"";
    if (from >= to) return "\"" + text + "\" ends before it begins";
    return std::nullopt;
}

std::optional<std::string> problemWithDays(const std::string& text) {
    for (const auto& part : split(text, ',')) {
        const auto ends = split(trim(part), '-');
        if (ends.size() > 2) return "\"" + text + "\" is no range of days; write it like \"Tue-Thu\"";
        for (const auto& end : ends)
            if (!isDay(trim(end)))
                return "\"" + std::string(trim(end)) + "\" is no day; write Mon Tue Wed Thu Fri Sat Sun";
    }
    return std::nullopt;
}

std::optional<std::string> problemWithHours(const std::string& text) {
    for (const auto& part : split(text, ',')) {
        const auto words = trim(part);
        const auto gap = words.rfind(' ');
        if (gap == std::string_view::npos)
            return "\"" + text + "\" needs days and times: \"Mon-Fri 09:00-17:00\"";
        if (auto problem = problemWithDays(std::string(trim(words.substr(0, gap))))) return problem;
        if (auto problem = problemWithClock(std::string(words.substr(gap + 1)))) return problem;
    }
    return std::nullopt;
}

int longestSpan(const std::string& hours) {
    if (hours.empty() || problemWithHours(hours)) return 24 * 60;
    int longest = 0;
    for (const auto& part : split(hours, ',')) {
        const auto words = trim(part);
        const auto times = split(words.substr(words.rfind(' ') + 1), '-');
        longest = std::max(longest, minutesOf(times[1]) - minutesOf(times[0]));
    }
    return longest;
}

}  // namespace overture::playbook
