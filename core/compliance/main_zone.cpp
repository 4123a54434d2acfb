#include "compliance/main_zone.hpp"

#include <algorithm>

#include "compliance/tables.hpp"

namespace overture::compliance {

std::string mainZone(const Places& places) {
    const auto& tables = Tables::get();
    for (const bool region : {true, false})  // a state says more than its country
        for (const auto& place : places.jurisdictions) {
            if ((place.find('-') != std::string::npos) != region) continue;
            const std::string zone(tables.mainZone(place));
            if (std::find(places.zones.begin(), places.zones.end(), zone) != places.zones.end()) return zone;
        }
    return places.zones.empty() ? "UTC" : places.zones.front();
}

}  // namespace overture::compliance
