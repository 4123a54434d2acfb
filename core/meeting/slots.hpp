// Finds free time. Pure; what is blocked is given.
#pragma once

#include <string>
#include <vector>

#include "meeting/meetings.hpp"

namespace overture::meeting {

/// Time of a manager that is not free: a held or booked meeting with its buffers.
struct Blocked {
    ManagerId manager;
    Instant from, to;
};

/// What a meeting blocks: half a buffer on either side, so that two neighbours have a whole one between them.
Blocked blockedBy(const Slot& slot, const Rules& rules);

/// meeting::offer without the database; `blocked` is what lies in the horizon, `offered` what others may yet choose.
std::vector<Slot> chooseSlots(const std::vector<AccountManager>& managers,
                              const std::vector<Blocked>& blocked, const Rules& rules,
                              const std::string& leadZone, Instant now, std::uint64_t seed,
                              const std::vector<Blocked>& offered = {});

}  // namespace overture::meeting
