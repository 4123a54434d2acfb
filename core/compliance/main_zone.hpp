#pragma once

#include "compliance/evidence.hpp"

namespace overture::compliance {

/// The candidate most people there live by: what a time is shown in when several are left. The gate never asks it. "UTC"
/// without candidates.
std::string mainZone(const Places& places);

}  // namespace overture::compliance
