// Instants as documents write them: RFC 3339, in code microseconds since 1970 in UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace overture::sdk {

/// "2026-03-01T17:05:00Z"; a fraction only when there is one.
inline std::string toRfc3339(std::int64_t micros) {
    using namespace std::chrono;
    const sys_time<microseconds> at{microseconds(micros)};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss time(at - day);
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::string result(text);
    if (time.subseconds().count() != 0) {
        std::snprintf(text, sizeof text, ".%06d", static_cast<int>(time.subseconds().count()));
        result += text;
    }
    return result + "Z";
}

/// Takes "Z" or a numeric offset and up to six digits of fraction; nothing for anything else.
inline std::optional<std::int64_t> parseRfc3339(std::string_view text) {
    using namespace std::chrono;
    std::size_t at = 0;
    const auto number = [&](int digits) {
        int value = 0;
        for (; digits > 0; --digits, ++at) {
            if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
            value = value * 10 + (text[at] - '0');
        }
        return value;
    };
    const auto mark = [&](char wanted) { return at < text.size() && text[at] == wanted && ++at > 0; };
    const int y = number(4);
    if (y < 0 || !mark('-')) return std::nullopt;
    const int m = number(2);
    if (m < 0 || !mark('-')) return std::nullopt;
    const int d = number(2);
    if (d < 0 || !(mark('T') || mark('t') || mark(' '))) return std::nullopt;
    const int h = number(2);
    if (h < 0 || h > 23 || !mark(':')) return std::nullopt;
    const int min = number(2);
    if (min < 0 || min > 59 || !mark(':')) return std::nullopt;
    const int s = number(2);
    if (s < 0 || s > 59) return std::nullopt;
    std::int64_t fraction = 0;
    if (mark('.')) {
        const auto start = at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && at - start < 6; ++at)
            fraction = fraction * 10 + (text[at] - '0');
        if (at == start) return std::nullopt;
        for (auto digits = at - start; digits < 6; ++digits) fraction *= 10;
    }
    minutes offset{0};
    if (!mark('Z') && !mark('z')) {
        const int sign = mark('+') ? 1 : mark('-') ? -1 : 0;
        const int oh = number(2);
        if (sign == 0 || oh < 0 || oh > 23 || !mark(':')) return std::nullopt;
        const int om = number(2);
        if (om < 0 || om > 59) return std::nullopt;
        offset = sign * (hours(oh) + minutes(om));
    }
    const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
    if (at != text.size() || !date.ok()) return std::nullopt;
    const auto instant = sys_days(date) + hours(h) + minutes(min) + seconds(s) - offset;
    return duration_cast<microseconds>(instant.time_since_epoch()).count() + fraction;
}

}  // namespace overture::sdk
