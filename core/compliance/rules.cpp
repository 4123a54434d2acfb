#include "compliance/rules.hpp"

#include <algorithm>

namespace overture::compliance {
namespace {

using namespace std::chrono;

constexpr std::string_view kDayNames[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::optional<unsigned> dayOf(std::string_view name) {
    for (unsigned day = 0; day < 7; ++day)
        if (kDayNames[day] == name) return day;
    return std::nullopt;
}

std::optional<seconds> timeOf(std::string_view text) {
    const auto digit = [&](std::size_t at) {
        return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : -100;
    };
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const int h = digit(0) * 10 + digit(1), m = digit(3) * 10 + digit(4);
    if (h < 0 || h > 24 || m < 0 || m > 59 || (h == 24 && m > 0)) return std::nullopt;
    return hours(h) + minutes(m);
}

sys_days easterSunday(year of) {
    const int y = static_cast<int>(of), a = y % 19, b = y / 100, c = y % 100, d = b / 4, e = b % 4;
    const int f = (b + 8) / 25, g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    const int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
    return sys_days(of / month(static_cast<unsigned>(n / 31)) / day(static_cast<unsigned>(n % 31 + 1)));
}

bool isObserved(sys_days date, sys_days holiday) {
    const std::chrono::weekday on(holiday);
    return (on == Saturday && date == holiday - days(1)) || (on == Sunday && date == holiday + days(1));
}

}  // namespace

bool Holiday::isOn(sys_days date) const {
    const year_month_day ymd(date);
    if (easter) return date == easterSunday(ymd.year()) + days(*easter);
    if (nth != 0) {
        const auto in = ymd.year() / std::chrono::month(month);
        const std::chrono::weekday wanted(weekday);
        const auto base =
            nth < 0 ? sys_days(in / wanted[last]) : sys_days(in / wanted[static_cast<unsigned>(nth)]);
        return date == base + days(plus);
    }
    for (const auto of : {ymd.year() - years(1), ymd.year(), ymd.year() + years(1)}) {
        const auto fixed = sys_days(of / std::chrono::month(month) / std::chrono::day(day));
        if (date == fixed || (observed && isObserved(date, fixed))) return true;
    }
    return false;
}

bool Rule::isClosedDay(sys_days date) const {
    return std::any_of(closedOn.begin(), closedOn.end(), [&](const auto& calendar) {
        return std::any_of(calendar->begin(), calendar->end(),
                           [&](const Holiday& holiday) { return holiday.isOn(date); });
    });
}

std::uint8_t channelBit(std::string_view channel) {
    if (channel == "voice") return 1;
    if (channel == "sms" || channel == "whatsapp" || channel == "text") return 2;
    return channel == "email" ? 4 : 0;
}

std::uint8_t purposeBit(std::string_view purpose) {
    if (purpose == "marketing") return 1;
    if (purpose == "reply") return 2;
    return purpose == "service" ? 4 : 0;
}

std::string_view nameOf(ConsentLevel level) {
    switch (level) {
        case ConsentLevel::express: return "express";
        case ConsentLevel::expressWritten: return "express_written";
        default: return "none";
    }
}

std::optional<ConsentLevel> consentLevelOf(std::string_view name) {
    for (const auto level : {ConsentLevel::none, ConsentLevel::express, ConsentLevel::expressWritten})
        if (name == nameOf(level)) return level;
    return std::nullopt;
}

std::optional<std::uint8_t> daysOf(std::string_view text) {
    std::uint8_t bits = 0;
    while (true) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        const auto first = dayOf(part.substr(0, 3));
        const auto last = part.size() == 3                     ? first
                          : part.size() == 7 && part[3] == '-' ? dayOf(part.substr(4))
                                                               : std::nullopt;
        if (!first || !last) return std::nullopt;
        for (auto day = *first;; day = (day + 1) % 7) {
            bits = static_cast<std::uint8_t>(bits | (1u << day));
            if (day == *last) break;
        }
        if (comma == std::string_view::npos) return bits;
        text.remove_prefix(comma + 1);
    }
}

std::optional<OpenTime> openTimeOf(std::string_view text) {
    if (text.size() != 11 || text[5] != '-') return std::nullopt;
    const auto from = timeOf(text.substr(0, 5)), to = timeOf(text.substr(6));
    if (!from || !to || *from >= *to) return std::nullopt;
    return OpenTime{*from, *to};
}

const std::vector<const Rule*>& RulePacks::of(std::string_view jurisdiction) const {
    static const std::vector<const Rule*> none;
    const auto at = byJurisdiction_.find(jurisdiction);
    return at == byJurisdiction_.end() ? none : at->second;
}

std::pair<const Rule*, std::string> RulePacks::registry(std::string_view name) const {
    const auto at = byRegistry_.find(name);
    return at == byRegistry_.end() ? std::pair<const Rule*, std::string>{} : at->second;
}

const Rule* RulePacks::find(std::string_view id) const {
    for (const auto& pack : packs_)
        for (const auto& rule : pack->rules)
            if (rule.id == id) return &rule;
    return nullptr;
}

}  // namespace overture::compliance
