#pragma once

#include "campaign/campaign.hpp"

namespace overture::campaign {

/// When this touch of a conversation goes out, at or after `from` and not after `deadline`; nothing when it may never.
/// Pure but for the zone data. Any thread.
std::optional<Instant> touchTime(const compliance::Gate& gate, const turn::Opened& opened,
                                 const playbook::Touch& touch, Instant from, std::optional<Instant> deadline);

}  // namespace overture::campaign
