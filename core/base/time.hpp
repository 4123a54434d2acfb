#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace overture {

/// RFC 3339 in UTC: "2026-03-01T17:05:00Z"; microseconds only when there are any.
std::string toRfc3339(Instant at);
/// Takes "Z" or a numeric offset; seconds and fractions are optional.
std::optional<Instant> parseRfc3339(std::string_view text);

/// "90s", "15m", "2h", "3d", "2w" and sums such as "1h30m"; nothing else.
std::optional<seconds> parseDuration(std::string_view text);
/// The shortest such text: "2d", "1h30m".
std::string toDurationText(seconds duration);

/// True for names of the system's zone data ("America/Phoenix"); abbreviations and offsets are not zones.
bool isZone(std::string_view zone);

/// What a clock on the wall shows in a zone.
struct LocalTime {
    std::chrono::year_month_day date;
    std::chrono::weekday weekday;
    seconds timeOfDay{};  ///< since local midnight as the wall clock reads
    seconds offset{};     ///< local minus UTC

    /// "Tue 3 Mar 2026 10:30"
    std::string text() const;
    /// "2026-03-03T10:30:00-07:00"
    std::string rfc3339() const;
};

/// Throws Error when `zone` is no zone.
LocalTime localTime(std::string_view zone, Instant at);

/// The instant at which the wall clock in `zone` shows date + timeOfDay. A time skipped by a DST change gives the first
/// instant after the gap; a time shown twice gives the earlier. Throws Error when `zone` is no zone.
Instant instantOf(std::string_view zone, std::chrono::year_month_day date, seconds timeOfDay);

/// The first instant after `at` at which the zone's offset changes, or nothing within two years.
std::optional<Instant> nextOffsetChange(std::string_view zone, Instant at);

}  // namespace overture
