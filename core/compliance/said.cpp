#include "compliance/said.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::compliance {
namespace {

using Kind = Tables::Name::Kind;

bool isLetter(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}
bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}

void add(std::vector<std::string>& to, const std::vector<std::string>& from) {
    for (const auto& item : from)
        if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
}

/// Finds `name` as whole words in `text` and blanks it, so that "Kansas City" is not also Kansas.
bool takeWords(std::string& text, const std::string& name) {
    bool found = false;
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins = at == 0 || !isLetter(static_cast<unsigned char>(text[at - 1]));
        const bool ends = end == text.size() || !isLetter(static_cast<unsigned char>(text[end]));
        if (!begins || !ends) continue;
        std::fill(text.begin() + static_cast<std::ptrdiff_t>(at),
                  text.begin() + static_cast<std::ptrdiff_t>(end), '\x1f');
        found = true;
    }
    return found;
}

/// "AZ" alone or after a comma. Codes that are also words count only alone.
std::vector<const Spot*> abbreviations(std::string_view text) {
    std::vector<const Spot*> found;
    for (std::size_t at = 0; at + 2 <= text.size(); ++at) {
        if (!isUpper(text[at]) || !isUpper(text[at + 1])) continue;
        if ((at > 0 && isLetter(static_cast<unsigned char>(text[at - 1]))) ||
            (at + 2 < text.size() && isLetter(static_cast<unsigned char>(text[at + 2]))))
            continue;
        const auto code = text.substr(at, 2);
        const auto before = trim(text.substr(0, at));
        const bool alone = trim(text).size() == 2;
        const bool word = code == "OK" || code == "HI" || code == "ME" || code == "OR" || code == "IN";
        if (!alone && (before.empty() || before.back() != ',' || word)) continue;
        if (const auto* spot = Tables::get().state(code, {})) found.push_back(spot);
    }
    return found;
}

struct Found {
    const Spot* spot;
    Kind kind;
};

std::vector<Found> namesIn(std::string_view text) {
    std::vector<Found> found;
    for (const auto* spot : abbreviations(text)) found.push_back({spot, Kind::state});
    auto folded = replaceAll(replaceAll(foldCase(text), ".", ""), "st. ", "st ");
    const std::string* taken = nullptr;
    for (const auto& name : Tables::get().names()) {
        const bool sameName = taken != nullptr && *taken == name.folded;
        if (!sameName && !takeWords(folded, name.folded)) continue;
        taken = &name.folded;
        found.push_back({&name.spot, name.kind});
    }
    return found;
}

bool sharesRegion(const Spot& a, const Spot& b) {
    return std::any_of(a.regions.begin(), a.regions.end(), [&](const auto& region) {
        return std::find(b.regions.begin(), b.regions.end(), region) != b.regions.end();
    });
}

bool inCountry(const Spot& spot, std::string_view country) {
    return std::any_of(spot.regions.begin(), spot.regions.end(),
                       [&](const auto& region) { return countryOf(region) == country; });
}

template <typename Keep>
void narrow(std::vector<Found>& found, Kind kind, Keep keep) {
    const auto fits = [&](const Found& one) { return one.kind == kind && keep(*one.spot); };
    if (std::none_of(found.begin(), found.end(), fits)) return;
    std::erase_if(found, [&](const Found& one) { return one.kind == kind && !keep(*one.spot); });
}

/// A city narrows the state and the country named with it; the state and country choose between cities of one name.
void settleNamesakes(std::vector<Found>& found, std::string_view country) {
    const auto all = found;
    const auto named = [&](Kind kind, auto matches) {
        return std::any_of(all.begin(), all.end(),
                           [&](const Found& one) { return one.kind == kind && matches(*one.spot); });
    };
    narrow(found, Kind::city, [&](const Spot& city) {
        return named(Kind::state, [&](const Spot& state) { return sharesRegion(state, city); });
    });
    narrow(found, Kind::city, [&](const Spot& city) {
        return named(Kind::country,
                     [&](const Spot& land) { return inCountry(city, countryOf(land.regions.front())); });
    });
    if (!country.empty())
        narrow(found, Kind::city, [&](const Spot& city) { return inCountry(city, country); });
    const auto within = [&](const Spot& wide) {
        return std::any_of(found.begin(), found.end(), [&](const Found& one) {
            return one.kind != Kind::country && one.spot != &wide &&
                   (sharesRegion(*one.spot, wide) ||
                    (wide.regions.size() == 1 && inCountry(*one.spot, wide.regions[0])));
        });
    };
    std::erase_if(found, [&](const Found& one) { return one.kind == Kind::country && within(*one.spot); });
    const auto cities = found;
    std::erase_if(found, [&](const Found& one) {
        return one.kind == Kind::state && std::any_of(cities.begin(), cities.end(), [&](const Found& other) {
                   return other.kind == Kind::city && sharesRegion(*other.spot, *one.spot);
               });
    });
}

}  // namespace

Spot spotSaid(std::string_view text, std::string_view country) {
    Spot spot;
    for (const auto& word : split(text, ' ')) {
        auto name = std::string_view(word);
        while (!name.empty() && !isLetter(static_cast<unsigned char>(name.back()))) name.remove_suffix(1);
        const auto zone = Tables::get().canonicalZone(name);
        if (zone.empty()) continue;
        add(spot.zones, {std::string(zone)});
        add(spot.regions, {std::string(Tables::get().regionOfZone(zone))});
    }
    if (!spot.zones.empty()) return spot;
    auto found = namesIn(text);
    settleNamesakes(found, country);
    for (const auto& one : found) {
        add(spot.zones, one.spot->zones);
        add(spot.regions, one.spot->regions);
    }
    return spot;
}

}  // namespace overture::compliance
