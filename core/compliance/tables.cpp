#include "compliance/tables.hpp"

#include <unicode/locid.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "embedded/compliance.hpp"

namespace overture::compliance {
namespace {

using Fields = std::vector<std::string>;

std::vector<Fields> rowsOf(std::string_view file) {
    std::vector<Fields> rows;
    for (const auto& line : split(embeddedFile(file), '\n')) {
        if (trim(line).empty() || line[0] == '#') continue;
        rows.push_back(split(line, ';'));
    }
    return rows;
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> out;
    for (auto& word : split(text, ' '))
        if (!word.empty()) out.push_back(std::move(word));
    return out;
}

bool isTerritory(std::string_view code) {
    return code == "PR" || code == "VI" || code == "GU" || code == "AS" || code == "MP";
}

std::string regionOfCountry(std::string_view code) {
    return isTerritory(code) ? "US-" + std::string(code) : std::string(code);
}

std::string upperAscii(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace

std::string_view countryOf(std::string_view region) {
    return region.substr(0, region.find('-'));
}

std::string_view embeddedFile(std::string_view path) {
    for (const auto& file : kEmbedded)
        if (file.path == path) return file.bytes;
    throw Error("this program carries no file " + std::string(path));
}

std::vector<std::pair<std::string, std::string>> embeddedFiles(std::string_view prefix) {
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& file : kEmbedded)
        if (file.path.starts_with(prefix)) files.emplace_back(file.path, file.bytes);
    return files;
}

const Tables& Tables::get() {
    static const Tables tables;
    return tables;
}

Tables::Tables() {
    readAreaCodes();
    readStates();
    readPostal();
    readZones();
    readCountries();
    readCities();
}

void Tables::readAreaCodes() {
    const auto rows = rowsOf("data/nanp.csv");
    areaCodes_.assign(1000, nullptr);
    areaSpots_.reserve(rows.size());
    for (const auto& row : rows) {
        areaSpots_.push_back(Spot{words(row.at(0)), words(row.at(1))});
        for (const auto& code : words(row.at(2))) areaCodes_.at(std::stoul(code)) = &areaSpots_.back();
    }
}

void Tables::readStates() {
    for (const auto& row : rowsOf("data/states.csv")) {
        states_[row.at(0)] = Spot{{row.at(0)}, words(row.at(2))};
        stateNames_[foldCase(row.at(1))] = row.at(0);
    }
}

void Tables::readPostal() {
    for (const auto& row : rowsOf("data/postal.csv")) {
        const auto& state = states_.at(row.at(1));
        const Spot spot{{row.at(1)}, row.size() > 2 ? words(row.at(2)) : state.zones};
        const auto ends = split(row.at(0), '-');
        if (ends.size() == 1) {
            postal_[ends[0]] = spot;
            continue;
        }
        for (auto prefix = std::stoi(ends[0]); prefix <= std::stoi(ends[1]); ++prefix) {
            auto text = std::to_string(1000 + prefix).substr(1);
            postal_[text] = spot;
        }
    }
}

void Tables::readZones() {
    for (const auto& row : rowsOf("data/zones.csv")) {
        const auto region = regionOfCountry(row.at(0));
        zoneRegions_[row.at(1)] = region;
        auto& country = countries_[row.at(0)];
        country.regions = {region};
        country.zones.push_back(row.at(1));
    }
    for (const auto& row : rowsOf("data/zone_links.csv")) zoneLinks_[row.at(0)] = row.at(1);
    for (const auto& row : rowsOf("data/main_zones.csv")) mainZones_[row.at(0)] = row.at(1);
}

void Tables::readCountries() {
    for (const auto* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
        const icu::Locale locale("", *code);
        icu::UnicodeString name;
        std::string text;
        locale.getDisplayCountry(icu::Locale::getEnglish(), name).toUTF8String(text);
        countryNames_[foldCase(text)] = *code;
        countryNames_[foldCase(locale.getISO3Country())] = *code;
    }
    for (const auto& [name, code] : {std::pair{"uk", "GB"},
                                     {"great britain", "GB"},
                                     {"england", "GB"},
                                     {"scotland", "GB"},
                                     {"wales", "GB"},
                                     {"northern ireland", "GB"},
                                     {"united states of america", "US"},
                                     {"america", "US"},
                                     {"holland", "NL"},
                                     {"czech republic", "CZ"},
                                     {"turkey", "TR"},
                                     {"bharat", "IN"},
                                     {"uae", "AE"}})
        countryNames_[name] = code;
}

void Tables::readCities() {
    for (const auto& row : rowsOf("data/cities.csv"))
        names_.push_back({foldCase(row.at(0)), Spot{{row.at(1)}, words(row.at(2))}, Name::Kind::city});
    for (const auto& [name, region] : stateNames_)
        names_.push_back({name, states_.at(region), Name::Kind::state});
    for (const auto& [name, code] : countryNames_) {
        const auto* spot = country(code);
        const bool shortCode = name.size() == 3 && name != "usa" && name != "uae";
        if (spot != nullptr && !shortCode && !stateNames_.contains(name))
            names_.push_back({name, *spot, Name::Kind::country});
    }
    std::stable_sort(names_.begin(), names_.end(),
                     [](const Name& a, const Name& b) { return a.folded.size() > b.folded.size(); });
}

const Spot* Tables::areaCode(int code) const {
    return code < 0 || code > 999 ? nullptr : areaCodes_[static_cast<std::size_t>(code)];
}

const Spot* Tables::state(std::string_view text, std::string_view country) const {
    const auto trimmed = trim(text);
    if (trimmed.size() < 2) return nullptr;
    const auto found = [&](std::string_view region) -> const Spot* {
        const auto at = states_.find(region);
        return at == states_.end() || (!country.empty() && countryOf(region) != country) ? nullptr
                                                                                         : &at->second;
    };
    const auto code = upperAscii(trimmed);
    if (code.size() == 5 && code[2] == '-') return found(code);
    if (code.size() == 2) {
        if (const auto* spot = found("US-" + code)) return spot;
        return found("CA-" + code);
    }
    const auto name = stateNames_.find(foldCase(trimmed));
    return name == stateNames_.end() ? nullptr : found(name->second);
}

const Spot* Tables::postal(std::string_view code) const {
    for (auto length = code.size(); length > 0; --length)
        if (const auto at = postal_.find(code.substr(0, length)); at != postal_.end()) return &at->second;
    return nullptr;
}

std::string Tables::countryCode(std::string_view text) const {
    const auto trimmed = trim(text);
    if (trimmed.empty()) return {};
    const auto code = upperAscii(trimmed);
    if (countries_.contains(code)) return code;
    const auto name = countryNames_.find(foldCase(trimmed));
    return name == countryNames_.end() ? std::string{} : name->second;
}

const Spot* Tables::country(std::string_view code) const {
    const auto at = countries_.find(code);
    return at == countries_.end() ? nullptr : &at->second;
}

std::string_view Tables::canonicalZone(std::string_view zone) const {
    if (const auto at = zoneRegions_.find(zone); at != zoneRegions_.end()) return at->first;
    if (const auto at = zoneLinks_.find(zone); at != zoneLinks_.end()) return at->second;
    return {};
}

std::string_view Tables::mainZone(std::string_view region) const {
    const auto found = mainZones_.find(region);
    return found == mainZones_.end() ? std::string_view() : found->second;
}

std::string_view Tables::regionOfZone(std::string_view canonicalZone) const {
    const auto at = zoneRegions_.find(canonicalZone);
    return at == zoneRegions_.end() ? std::string_view{} : std::string_view(at->second);
}

}  // namespace overture::compliance
