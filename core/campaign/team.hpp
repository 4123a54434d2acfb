// The people who hold the meetings, as their file says it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "meeting/meetings.hpp"

namespace overture::campaign {

/// Reads team.csv: name, email, zone ("time zone"), hours ("Mon-Fri 09:00-17:00"). Ids are made from `now`
/// and the address. Throws Error naming file, line and what to write for the first row that cannot be used,
/// and how many more there are.
std::vector<meeting::AccountManager> readTeam(std::string_view bytes, const std::string& file, Instant now);

}  // namespace overture::campaign
