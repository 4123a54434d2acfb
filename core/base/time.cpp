#include "base/time.hpp"

#include <date/tz.h>

#include <charconv>
#include <cstdio>

namespace overture {
namespace {

using namespace std::chrono;

const date::time_zone* find(std::string_view zone) {
    try {
        // The list is made by one thread before others look into it; the library's own guard for that is not seen by the
        // thread sanitizer.
        [[maybe_unused]] static const auto& zones = date::get_tzdb();
        return date::locate_zone(std::string(zone));
    } catch (const std::exception&) {
        return nullptr;
    }
}

const date::time_zone& require(std::string_view zone) {
    if (const auto* found = isZone(zone) ? find(zone) : nullptr) return *found;
    throw Error("\"" + std::string(zone) + "\" is not a time zone", {},
                "Use a name such as America/Phoenix or Asia/Kolkata.");
}

std::optional<int> number(std::string_view text, std::size_t from, std::size_t count) {
    if (from + count > text.size()) return std::nullopt;
    int value = 0;
    const auto* begin = text.data() + from;
    const auto result = std::from_chars(begin, begin + count, value);
    if (result.ec != std::errc{} || result.ptr != begin + count || *begin == '-') return std::nullopt;
    return value;
}

/// The last `digits` of a number that is not negative, at their place in a text of zeros.
void write(std::string& text, std::size_t from, std::size_t digits, std::int64_t number) {
    for (auto at = from + digits; at-- > from; number /= 10) text[at] = static_cast<char>('0' + number % 10);
}

std::optional<seconds> offsetAt(std::string_view text) {
    if (text == "Z" || text == "z") return 0s;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const auto h = number(text, 1, 2), m = number(text, 4, 2);
    if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
    const seconds offset = hours(*h) + minutes(*m);
    return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::string toRfc3339(Instant at) {
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const auto rest = at - day;
    const auto h = duration_cast<hours>(rest);
    const auto m = duration_cast<minutes>(rest - h);
    const auto s = duration_cast<seconds>(rest - h - m);
    const auto us = rest - h - m - s;
    const auto year = static_cast<int>(date.year());
    std::string text = year < 0 || year > 999 ? std::to_string(year) : "0000";
    if (year >= 0 && year <= 999) write(text, 0, 4, year);
    const auto end = text.size();
    text += "-00-00T00:00:00";
    write(text, end + 1, 2, static_cast<unsigned>(date.month()));
    write(text, end + 4, 2, static_cast<unsigned>(date.day()));
    write(text, end + 7, 2, h.count());
    write(text, end + 10, 2, m.count());
    write(text, end + 13, 2, s.count());
    if (us.count() != 0) write(text += ".000000", end + 16, 6, us.count());
    return text += 'Z';
}

std::optional<Instant> parseRfc3339(std::string_view text) {
    const auto y = number(text, 0, 4), mo = number(text, 5, 2), d = number(text, 8, 2);
    const auto h = number(text, 11, 2), mi = number(text, 14, 2);
    if (!y || !mo || !d || !h || !mi || text[4] != '-' || text[7] != '-' || text[13] != ':')
        return std::nullopt;
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
    std::size_t at = 16;
    int s = 0;
    microseconds fraction{0};
    if (at < text.size() && text[at] == ':') {
        const auto value = number(text, at + 1, 2);
        if (!value || *value > 60) return std::nullopt;
        s = *value;
        at += 3;
        if (at < text.size() && text[at] == '.') {
            std::int64_t scale = 100000;
            const auto first = ++at;
            for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
                fraction += microseconds((text[at] - '0') * scale);
            if (at == first) return std::nullopt;
        }
    }
    const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d))};
    const auto offset = offsetAt(text.substr(at));
    if (!date.ok() || *h > 23 || *mi > 59 || !offset) return std::nullopt;
    return Instant(sys_days(date)) + hours(*h) + minutes(*mi) + seconds(s) + fraction - *offset;
}

std::optional<seconds> parseDuration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    seconds total{0};
    while (!text.empty()) {
        std::int64_t count = 0;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), count);
        const auto used = static_cast<std::size_t>(result.ptr - text.data());
        if (result.ec != std::errc{} || count < 0 || count > 1000000 || used == text.size())
            return std::nullopt;
        switch (text[used]) {
            case 's': total += seconds(count); break;
            case 'm': total += minutes(count); break;
            case 'h': total += hours(count); break;
            case 'd': total += days(count); break;
            case 'w': total += weeks(count); break;
            default: return std::nullopt;
        }
        text.remove_prefix(used + 1);
    }
    return total;
}

std::string toDurationText(seconds duration) {
    if (duration <= 0s) return "0s";
    std::string text;
    const auto take = [&](seconds unit, char letter) {
        if (const auto count = duration / unit; count > 0) {
            text += std::to_string(count) + letter;
            duration -= unit * count;
        }
    };
    take(days(1), 'd');
    take(hours(1), 'h');
    take(minutes(1), 'm');
    take(seconds(1), 's');
    return text;
}

bool isZone(std::string_view zone) {
    if (zone != "UTC" && zone.find('/') == std::string_view::npos) return false;
    return find(zone) != nullptr;
}

LocalTime localTime(std::string_view zone, Instant at) {
    const auto info = require(zone).get_info(floor<seconds>(at));
    const auto local = floor<seconds>(at) + info.offset;
    const auto day = floor<days>(local);
    return LocalTime{year_month_day{day}, weekday{day}, local - day, info.offset};
}

Instant instantOf(std::string_view zone, year_month_day date, seconds timeOfDay) {
    const auto local = date::local_seconds(sys_days(date).time_since_epoch() + timeOfDay);
    const auto info = require(zone).get_info(local);
    if (info.result == date::local_info::nonexistent) return Instant(info.second.begin);
    return Instant(local.time_since_epoch() - info.first.offset);
}

std::optional<Instant> nextOffsetChange(std::string_view zone, Instant at) {
    const auto& found = require(zone);
    auto info = found.get_info(floor<seconds>(at));
    while (info.end < floor<seconds>(at) + days(731)) {
        const auto next = found.get_info(info.end);
        if (next.offset != info.offset) return Instant(info.end);
        info = next;
    }
    return std::nullopt;
}

std::string LocalTime::text() const {
    static constexpr const char* names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* monthNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char out[64];
    std::snprintf(out, sizeof out, "%s %u %s %d %02d:%02d", names[weekday.c_encoding()],
                  static_cast<unsigned>(date.day()), monthNames[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()), static_cast<int>(timeOfDay / 1h),
                  static_cast<int>(timeOfDay % 1h / 1min));
    return out;
}

std::string LocalTime::rfc3339() const {
    const auto minutesOff = std::abs(static_cast<int>(offset / 1min));
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d%c%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(timeOfDay / 1h), static_cast<int>(timeOfDay % 1h / 1min),
                  static_cast<int>(timeOfDay % 1min / 1s), offset < 0s ? '-' : '+', minutesOff / 60,
                  minutesOff % 60);
    return out;
}

}  // namespace overture
