#pragma once

#include "compliance/when.hpp"

namespace overture::compliance {

/// The time at which a person asks to be contacted: "call me Thursday after lunch", "busy, text me after 6"; or, when we asked
/// when it would suit them, any time that they name. Told or unsure; nothing when they ask for none. Pure; any thread.
std::optional<When> readCallback(std::string_view text, std::string_view lastOutbound,
                                 const Listener& listener);

}  // namespace overture::compliance
