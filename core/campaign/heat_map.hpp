// The load of a forecast as a picture: hours of the day down, days across.
#pragma once

#include <string>

#include "campaign/forecast.hpp"

namespace overture::campaign {

struct HeatMapOptions {
    std::string channel{};  ///< only this one; "" is all together
    bool colour = false;    ///< terminal: 256 colours, else signs from '.' to '#'
    std::string title{};
};

/// For a terminal of 80 columns; a month a block. Ends with a line that says what the darkest stands for.
std::string heatMapText(const Forecast& forecast, const HeatMapOptions& options);
/// The same as an SVG document.
std::string heatMapSvg(const Forecast& forecast, const HeatMapOptions& options);

}  // namespace overture::campaign
