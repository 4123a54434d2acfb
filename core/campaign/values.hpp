// What the cells of a list mean: names of countries and languages, dates, yes and no.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "compliance/gate.hpp"

namespace overture::campaign {

/// ISO 3166-1 alpha-2 of a code (alpha-2, alpha-3) or a name in English, German, French, Spanish, Portuguese,
/// Italian, Hindi or its own languages; empty when it is none. Names are ICU's. Any thread.
std::string countryCode(std::string_view text);

/// ISO 639-1 of a code ("en", "en-US", "eng") or a name in those languages or its own; empty when it is none.
/// Any thread.
std::string languageCode(std::string_view text);

/// Lower-case address, without "mailto:" or a display name; empty when it is none.
std::string emailAddress(std::string_view text);

/// First word(s) and last word of a whole name; "Last, First" too.
struct PersonName {
    std::string first, last;
};
PersonName splitName(std::string_view full);

/// What a consent column says; nothing for words that we do not know: no consent, and worth a remark.
std::optional<compliance::ConsentLevel> consentLevel(std::string_view text);

/// What a do-not-contact column says. Anything but a plain no or an empty cell is a yes.
bool isOptOut(std::string_view text);

/// A day or an instant: RFC 3339, ISO 8601, "2026/03/01", "1 Mar 2026", "March 1, 2026", "01.03.2026",
/// "03/01/2026". Where day and month could be either, the country decides; without one that is a Problem. A
/// day means its UTC midnight.
Result<Instant> dateOf(std::string_view text, const std::string& country);

}  // namespace overture::campaign
