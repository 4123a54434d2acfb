#pragma once

#include <optional>
#include <vector>

#include "compliance/rules.hpp"
#include "compliance/zone_clock.hpp"

namespace overture::compliance {

/// The first instant at or after `from` at which the local clock stands inside one of the window rule's open times;
/// exact over clock changes. Nothing when there is none up to `horizon`.
std::optional<Instant> nextOpen(const Rule& window, const ZoneClock& clock, Instant from, Instant horizon);

/// When fewer than `attempts` of the earlier tries lie within the last `period`: `from` or later. Tries later than
/// `from` count too, so that a clock set back opens nothing.
Instant nextUnderCap(std::size_t attempts, seconds period, const std::vector<Instant>& tries, Instant from);

}  // namespace overture::compliance
