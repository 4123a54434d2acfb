#pragma once

#include <string_view>

#include "compliance/tables.hpp"

namespace overture::compliance {

/// Where a person says to be: "I'm in Phoenix", "Columbus, GA", "mountain time", "Europe/Paris". Several places are all
/// kept; empty when nothing is recognized. `country` (alpha-2, may be empty) decides between namesakes.
Spot spotSaid(std::string_view text, std::string_view country);

}  // namespace overture::compliance
