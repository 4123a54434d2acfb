#include "compliance/evidence.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/numbers.hpp"
#include "compliance/said.hpp"
#include "compliance/tables.hpp"
#include "compliance/zone_clock.hpp"

namespace overture::compliance {
namespace {

using Names = std::vector<std::string>;

/// One piece of evidence, read.
struct Claim {
    const char* by;
    Spot spot;
};

bool agree(const std::string& a, const std::string& b) {
    if (a == b) return true;
    const auto* left = ZoneClock::find(a);
    const auto* right = ZoneClock::find(b);
    return left != nullptr && right != nullptr && left->signature() == right->signature();
}

bool holds(const Names& zones, const std::string& zone) {
    return std::any_of(zones.begin(), zones.end(), [&](const auto& other) { return agree(zone, other); });
}

Names common(const Names& a, const Names& b) {
    Names both;
    for (const auto& zone : a)
        if (holds(b, zone)) both.push_back(zone);
    return both;
}

void unite(Names& to, const Names& from) {
    for (const auto& item : from)
        if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
}

/// What both allow when they agree; when they contradict, both bind.
Names reconcile(Names a, const Names& b) {
    if (auto both = common(a, b); !both.empty()) return both;
    unite(a, b);
    return a;
}

std::string_view countryOf(const Spot& spot) {
    return spot.regions.empty() ? std::string_view{} : compliance::countryOf(spot.regions.front());
}

Spot spotOfZone(const std::string& text) {
    const std::string name(trim(text));
    if (const auto zone = Tables::get().canonicalZone(name); !zone.empty()) {
        Spot spot{{}, {std::string(zone)}};
        if (const auto region = Tables::get().regionOfZone(zone); !region.empty())
            spot.regions.emplace_back(region);
        return spot;
    }
    if ((name == "UTC" || name.starts_with("Etc/")) && isZone(name)) return {{}, {name}};
    return {};
}

bool isUsZip(std::string_view code) {
    return std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Spot spotOfPostal(const std::string& text, std::string_view country) {
    std::string code;
    for (const char c : text)
        if (c != ' ' && c != '-') code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool canadian =
        code.size() == 6 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= '0' && code[1] <= '9';
    if (canadian && (country.empty() || country == "CA")) {
        const auto* spot = Tables::get().postal(code);
        return spot == nullptr ? Spot{} : *spot;
    }
    if (!isUsZip(code) || (!country.empty() && country != "US")) return {};
    if (code.size() == 4 && country == "US") code.insert(0, "0");  // a spreadsheet took it for a number
    if (code.size() != 5 && code.size() != 9) return {};
    const auto* spot = Tables::get().postal(code);
    return spot == nullptr ? Spot{} : *spot;
}

struct Reading {
    std::vector<Claim> stated;  ///< said, zone, postal code, state: outrank the number
    std::optional<Claim> phone, country, ip;
    Names problems;
};

Reading read(const PlaceEvidence& evidence) {
    const auto& tables = Tables::get();
    Reading reading;
    const auto number = evidence.phone.empty() ? NumberEvidence{} : readNumber(evidence.phone);
    if (number.spot != nullptr) reading.phone = Claim{"phone", *number.spot};
    const auto stated = evidence.country.empty() ? std::string{} : tables.countryCode(evidence.country);
    if (const auto* spot = stated.empty() ? nullptr : tables.country(stated))
        reading.country = Claim{"country", *spot};
    const auto context = reading.country ? std::string(countryOf(reading.country->spot)) : number.country;
    const auto problem = [&](const std::string& value, const char* what) {
        reading.problems.push_back("\"" + toValidUtf8(value) + "\" is " + what);
    };
    const auto add = [&](const char* by, Spot spot) {
        if (!spot.zones.empty())
            reading.stated.push_back({by, std::move(spot)});
        else if (by == std::string_view("zone"))
            problem(evidence.zone, "not a time zone");
    };
    if (!evidence.phone.empty() && !number.readable)
        problem(evidence.phone, "not a phone number");
    else if (!evidence.phone.empty() && number.spot == nullptr)
        problem(evidence.phone, "a number of no place");
    if (!evidence.country.empty() && !reading.country) problem(evidence.country, "not a country");
    if (!evidence.said.empty()) add("said", spotSaid(evidence.said, context));
    if (!evidence.zone.empty()) add("zone", spotOfZone(evidence.zone));
    if (!evidence.postalCode.empty()) add("postal_code", spotOfPostal(evidence.postalCode, context));
    if (!evidence.state.empty())
        if (const auto* spot = tables.state(evidence.state, context)) add("state", *spot);
    if (!evidence.ipState.empty())
        if (const auto* spot = tables.state(evidence.ipState, {})) reading.ip = Claim{"ip_state", *spot};
    return reading;
}

bool sharesRegion(const Spot& a, const Spot& b) {
    return std::any_of(a.regions.begin(), a.regions.end(), [&](const auto& region) {
        return std::find(b.regions.begin(), b.regions.end(), region) != b.regions.end();
    });
}

/// "US" and "US-TN" may be one place, "US-TN" and "US-FL" are not, even where their clocks agree.
bool contradict(const Spot& a, const Spot& b) {
    const auto compatible = [](const std::string& one, const std::string& other) {
        return one == other || compliance::countryOf(one) == other || compliance::countryOf(other) == one;
    };
    return !a.regions.empty() && !b.regions.empty() &&
           std::none_of(a.regions.begin(), a.regions.end(), [&](const auto& one) {
               return std::any_of(b.regions.begin(), b.regions.end(),
                                  [&](const auto& other) { return compatible(one, other); });
           });
}

/// A zone field tells a clock, and is often that of the next large city, over a border.
bool isOfPlace(const Claim& claim) {
    return claim.by != std::string_view("zone");
}

/// Zones from what was stated. A number of the stated state tells which part of it; a number from elsewhere
/// says nothing of that, unless only papers say where the person is and they name another country than the number.
void settleStated(const Reading& reading, Places& places) {
    bool personal = false, sameState = false, sameCountry = false, contradicted = false;
    for (const auto& claim : reading.stated) {
        const bool elsewhere =
            std::any_of(reading.stated.begin(), reading.stated.end(), [&](const Claim& other) {
                return &other < &claim && isOfPlace(other) && isOfPlace(claim) &&
                       contradict(other.spot, claim.spot);
            });
        contradicted = contradicted || elsewhere;
        if (elsewhere)
            unite(places.zones, claim.spot.zones);
        else
            places.zones =
                places.zones.empty() ? claim.spot.zones : reconcile(places.zones, claim.spot.zones);
        places.by.emplace_back(claim.by);
        personal = personal || claim.by == std::string_view("said") || claim.by == std::string_view("zone");
        if (!reading.phone) continue;
        sameState = sameState ||
                    (sharesRegion(claim.spot, reading.phone->spot) && claim.by != std::string_view("zone"));
        sameCountry = sameCountry || countryOf(claim.spot) == countryOf(reading.phone->spot);
    }
    if (!reading.phone) return;
    const auto& number = reading.phone->spot.zones;
    if (sameState && !contradicted && places.zones.size() > 1) {
        if (auto both = common(places.zones, number); !both.empty() && both.size() < places.zones.size()) {
            places.zones = std::move(both);
            places.by.emplace_back("phone");
        }
    } else if (!personal && !sameCountry) {
        unite(places.zones, number);
        places.by.emplace_back("phone");
    }
}

void settleNumber(const Reading& reading, Places& places) {
    places.zones = reading.phone->spot.zones;
    places.by.emplace_back("phone");
    if (reading.country && countryOf(reading.country->spot) != countryOf(reading.phone->spot)) {
        unite(places.zones, reading.country->spot.zones);
        places.by.emplace_back("country");
    }
    if (reading.ip) {
        places.zones = reconcile(places.zones, reading.ip->spot.zones);
        places.by.emplace_back("ip_state");
    }
}

void settleWeak(const Reading& reading, Places& places) {
    if (reading.country) {
        places.zones = reading.country->spot.zones;
        places.by.emplace_back("country");
    }
    if (reading.ip) {
        places.zones =
            places.zones.empty() ? reading.ip->spot.zones : reconcile(places.zones, reading.ip->spot.zones);
        places.by.emplace_back("ip_state");
    }
}

Names jurisdictionsOf(const Reading& reading) {
    Names all;
    const auto add = [&](const Claim& claim) {
        for (const auto& region : claim.spot.regions) {
            all.emplace_back(compliance::countryOf(region));
            if (region.size() > 2) all.push_back(region);
        }
    };
    for (const auto& claim : reading.stated) add(claim);
    for (const auto* claim : {&reading.phone, &reading.country, &reading.ip})
        if (*claim) add(**claim);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (all.empty()) all.emplace_back("*");
    return all;
}

}  // namespace

Places placesOf(const PlaceEvidence& evidence) {
    auto reading = read(evidence);
    Places places;
    places.problems = std::move(reading.problems);
    if (!reading.stated.empty())
        settleStated(reading, places);
    else if (reading.phone)
        settleNumber(reading, places);
    else
        settleWeak(reading, places);
    std::sort(places.zones.begin(), places.zones.end());
    if (!places.zones.empty()) places.jurisdictions = jurisdictionsOf(reading);
    return places;
}

Json PlaceEvidence::toJson() const {
    Json document = Json::object();
    const std::pair<const char*, const std::string*> fields[] = {
        {"phone", &phone}, {"country", &country}, {"state", &state},     {"postal_code", &postalCode},
        {"zone", &zone},   {"said", &said},       {"ip_state", &ipState}};
    for (const auto& [name, value] : fields)
        if (!value->empty()) document[name] = *value;
    return document;
}

PlaceEvidence PlaceEvidence::fromJson(const Json& document) {
    const auto field = [&](const char* name) { return textOf(document, name); };
    return {field("phone"), field("country"), field("state"),   field("postal_code"),
            field("zone"),  field("said"),    field("ip_state")};
}

}  // namespace overture::compliance
