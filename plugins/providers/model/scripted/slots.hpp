#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace overture::scripted {

/// The offered time that a reply chooses, from 1; 0 when none or several fit: "2", "the second one", "Tuesday works",
/// "10:30", "any". Slots are texts as offered.
int slotChosen(std::string_view text, const std::vector<std::string>& slots);

}  // namespace overture::scripted
