#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace overture::compliance {

/// What somebody's words about time mean: "Thursday after lunch", "not before Monday", "in two hours".
struct When {
    enum class Kind {
        none,    ///< no time is named
        unsure,  ///< one is, but which cannot be told: "later", "at 8", "next Friday" said on a Tuesday
        told
    };
    Kind kind = Kind::none;
    /// The first instant that is meant and the one after the last; equal for a moment ("at 3"). Never before now. An unsure
    /// one may carry the likeliest reading. Whole days go from local midnight to local midnight.
    std::optional<Instant> from, to;
    bool open = false;  ///< only a beginning was named ("not before Monday"); `to` is a week after it
    std::string why;    ///< how it was read, in words
};

struct Listener {
    std::string zone;        ///< of the person who wrote; throws Error when it is none
    Instant now;             ///< when they wrote it
    std::string ourZone{};   ///< what "your time" means; unsure without it
    std::string language{};  ///< a hint; English is read besides
    /// Hours at which people are called, on the local day: "at 3" is 15:00 because 03:00 is not among them.
    seconds dayBegins = hours(8), dayEnds = hours(21);
};

/// English, Spanish, Hindi in both scripts; days and parts of the day also in French, German and Portuguese. Pure; any thread.
When readWhen(std::string_view text, const Listener& listener);

/// "none", "unsure", "told"
std::string_view nameOf(When::Kind kind);

}  // namespace overture::compliance
