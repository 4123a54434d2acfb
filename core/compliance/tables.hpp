// The data compiled in from data/*.csv: which place numbers, states, postal codes, cities and zones speak of.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace overture::compliance {

/// Somewhere on earth as far as a piece of evidence tells: regions ("US-AZ", "IN") and the zones in use there.
struct Spot {
    std::vector<std::string> regions;
    std::vector<std::string> zones;
};

/// "US" of "US-AZ".
std::string_view countryOf(std::string_view region);

/// Built once from the compiled-in files; then only read, by any thread.
class Tables {
public:
    static const Tables& get();

    /// nullptr for codes of no place (toll-free, personal) and unassigned ones.
    const Spot* areaCode(int code) const;
    /// Of a state or province by postal abbreviation or name, in `country` ("" tries US, then CA). nullptr: none such.
    const Spot* state(std::string_view text, std::string_view country) const;
    /// The longest prefix of a US or Canadian code, written without spaces.
    const Spot* postal(std::string_view code) const;
    /// By alpha-2, alpha-3 or English name; "" when it is none.
    std::string countryCode(std::string_view text) const;
    /// A country by its alpha-2 code; US territories answer as "US-PR" and so on. nullptr: none such.
    const Spot* country(std::string_view code) const;
    /// The name the tables use for this zone ("Asia/Kolkata" for "Asia/Calcutta"); "" when it is no zone of a place.
    std::string_view canonicalZone(std::string_view zone) const;
    /// The zone most people of a region or country live by; "" where that needs no saying.
    std::string_view mainZone(std::string_view region) const;
    /// "" for zones of no country ("UTC").
    std::string_view regionOfZone(std::string_view canonicalZone) const;

    struct Name {
        std::string folded;
        Spot spot;
        enum class Kind { city, state, country } kind;
    };
    /// What people call places, longest first.
    const std::vector<Name>& names() const { return names_; }

private:
    Tables();
    void readAreaCodes();
    void readStates();
    void readPostal();
    void readZones();
    void readCountries();
    void readCities();

    std::vector<const Spot*> areaCodes_;
    std::vector<Spot> areaSpots_;
    std::map<std::string, Spot, std::less<>> states_;             // "US-AZ"
    std::map<std::string, std::string, std::less<>> stateNames_;  // folded name → "US-AZ"
    std::map<std::string, Spot, std::less<>> postal_;
    std::map<std::string, Spot, std::less<>> countries_;
    std::map<std::string, std::string, std::less<>> countryNames_;
    std::map<std::string, std::string, std::less<>> zoneRegions_;  // zone → region
    std::map<std::string, std::string, std::less<>> zoneLinks_;
    std::map<std::string, std::string, std::less<>> mainZones_;  // "US-AK" → zone
    std::vector<Name> names_;
};

/// The bytes of a compiled-in file; throws Error when there is none of this name.
std::string_view embeddedFile(std::string_view path);
/// Compiled-in files whose path begins so, in order: {path, bytes}.
std::vector<std::pair<std::string, std::string>> embeddedFiles(std::string_view prefix);

}  // namespace overture::compliance
