#include "slots.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "signals.hpp"
#include "words.hpp"

namespace overture::scripted {
namespace {

struct Time {
    int minutes = 0;
    bool exact = false;
};

bool digits(const std::string& word) {
    return !word.empty() && word.size() <= 4 &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int> ordinal(const std::string& word) {
    static const std::map<std::string, int> kOrdinals{
        {"first", 1},   {"1st", 1},     {"one", 1},     {"pehla", 1},  {"pehli", 1},  {"पहला", 1},
        {"पहली", 1},    {"primero", 1}, {"primera", 1}, {"second", 2}, {"2nd", 2},    {"two", 2},
        {"doosra", 2},  {"dusra", 2},   {"doosri", 2},  {"दूसरा", 2},   {"दूसरी", 2},   {"segundo", 2},
        {"segunda", 2}, {"third", 3},   {"3rd", 3},     {"three", 3},  {"teesra", 3}, {"tisra", 3},
        {"तीसरा", 3},   {"तीसरी", 3},   {"tercero", 3}, {"fourth", 4}, {"4th", 4},    {"four", 4},
        {"fifth", 5},   {"5th", 5},     {"five", 5}};
    const auto found = kOrdinals.find(word);
    return found == kOrdinals.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int> weekday(const std::string& word) {
    static const std::vector<std::vector<std::string>> kDays{
        {"sunday", "sun", "रविवार", "ravivar", "domingo"},
        {"monday", "mon", "सोमवार", "somvar", "lunes"},
        {"tuesday", "tue", "tues", "मंगलवार", "mangalvar", "martes"},
        {"wednesday", "wed", "बुधवार", "budhvar", "miércoles"},
        {"thursday", "thu", "thur", "thurs", "गुरुवार", "guruvar", "jueves"},
        {"friday", "fri", "शुक्रवार", "shukravar", "viernes"},
        {"saturday", "sat", "शनिवार", "shanivar", "sábado"}};
    for (std::size_t day = 0; day < kDays.size(); ++day)
        if (std::find(kDays[day].begin(), kDays[day].end(), word) != kDays[day].end())
            return static_cast<int>(day);
    return std::nullopt;
}

/// Times of day: "10:30", "2pm", "at 2".
std::vector<Time> timesIn(std::string_view text) {
    const auto words = wordsOf(text);
    std::vector<Time> out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto word = words[i];
        std::string half;
        for (const auto* ending : {"am", "pm"})
            if (word.size() > 2 && word.ends_with(ending) && digits(word.substr(0, word.size() - 2))) {
                half = ending;
                word.resize(word.size() - 2);
            }
        if (!digits(word) || word.size() > 2) continue;
        int hour = std::atoi(word.c_str()), minute = 0;
        const std::string colon = word + ":";
        bool clock = !half.empty();
        if (i + 1 < words.size() && half.empty()) {
            auto next = words[i + 1];
            std::string nextHalf;
            for (const auto* ending : {"am", "pm"})
                if (next.size() == 4 && next.ends_with(ending)) {
                    nextHalf = ending;
                    next.resize(2);
                }
            if (next.size() == 2 && digits(next) &&
                std::string(text).find(colon + next) != std::string::npos) {
                minute = std::atoi(next.c_str());
                clock = true;
                half = nextHalf;
                ++i;
            }
        }
        if (half.empty() && i + 1 < words.size() && (words[i + 1] == "am" || words[i + 1] == "pm")) {
            half = words[i + 1];
            clock = true;
        }
        const bool after = i > 0 && (words[i - 1] == "at" || words[i - 1] == "around");
        const bool baje = i + 1 < words.size() &&
                          (words[i + 1] == "baje" || words[i + 1] == "बजे" || words[i + 1] == "o'clock");
        if (!clock && !after && !baje) continue;
        if (hour > 23 || minute > 59) continue;
        if (!half.empty()) hour = hour % 12 + (half == "pm" ? 12 : 0);
        out.push_back({hour * 60 + minute, !half.empty() || hour > 12});
    }
    return out;
}

bool matches(const Time& a, const Time& b) {
    return a.exact && b.exact ? a.minutes == b.minutes : a.minutes % 720 == b.minutes % 720;
}

std::set<int> weekdaysIn(std::string_view text) {
    std::set<int> out;
    for (const auto& word : wordsOf(text))
        if (const auto day = weekday(word)) out.insert(*day);
    return out;
}

bool slotFits(const std::string& slot, const std::set<int>& days, const std::vector<Time>& times) {
    const auto slotDays = weekdaysIn(slot);
    const auto slotTimes = timesIn(slot);
    const bool dayFits = days.empty() || std::any_of(days.begin(), days.end(),
                                                     [&](int day) { return slotDays.count(day) > 0; });
    const bool timeFits = times.empty() || std::any_of(times.begin(), times.end(), [&](const Time& time) {
                              return std::any_of(slotTimes.begin(), slotTimes.end(),
                                                 [&](const Time& other) { return matches(time, other); });
                          });
    return dayFits && timeFits;
}

int byDayAndTime(std::string_view text, const std::vector<std::string>& slots) {
    const auto days = weekdaysIn(text);
    const auto times = timesIn(text);
    if (days.empty() && times.empty()) return 0;
    int chosen = 0, fitting = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (!slotFits(slots[i], days, times)) continue;
        ++fitting;
        chosen = static_cast<int>(i) + 1;
    }
    return fitting == 1 ? chosen : 0;
}

int byNumber(std::string_view text, std::size_t count) {
    const auto words = wordsOf(text);
    const auto all = plain(text);
    static const std::vector<std::string_view> kLast{"last", "the last one", "aakhri", "आखिरी"};
    if (saysAny(all, kLast)) return static_cast<int>(count);
    std::set<int> numbers;
    for (const auto& word : words) {
        const auto number =
            digits(word) && word.size() == 1 ? std::optional(std::atoi(word.c_str())) : ordinal(word);
        const bool oneOfThem =
            word == "one" && words.size() > 1 && !says(all, "option one") && !says(all, "number one");
        if (number && !oneOfThem && *number >= 1 && static_cast<std::size_t>(*number) <= count)
            numbers.insert(*number);
    }
    return numbers.size() == 1 ? *numbers.begin() : 0;
}

}  // namespace

int slotChosen(std::string_view text, const std::vector<std::string>& slots) {
    if (slots.empty()) return 0;
    const auto signals = signalsIn(text);
    if (signals.otherTime || signals.declines || signals.cancels) return 0;
    const bool exact = !timesIn(text).empty() || !weekdaysIn(text).empty();
    if (exact) {
        if (const int slot = byDayAndTime(text, slots)) return slot;
        if (!timesIn(text).empty()) return 0;
    }
    if (signals.polarity == Polarity::no) return 0;
    if (const int slot = byNumber(text, slots.size())) return slot;
    static const std::vector<std::string_view> kAny{"any",        "any of them", "anytime",  "either",
                                                    "whichever",  "all work",    "all good", "all fine",
                                                    "you choose", "koi bhi",     "कोई भी",   "cualquiera"};
    if (!exact && saysAny(plain(text), kAny)) return 1;
    return !exact && signals.polarity == Polarity::yes && wordsOf(text).size() <= 3 ? 1 : 0;
}

}  // namespace overture::scripted
