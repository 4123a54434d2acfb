// Names of countries and languages, from ICU's data.
#include <unicode/locid.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>

#include <string>
#include <unordered_map>

#include "campaign/columns.hpp"
#include "campaign/values.hpp"

namespace overture::campaign {
namespace {

using Codes = std::unordered_map<std::string, std::string>;

constexpr const char* kSpoken[] = {"en", "de", "fr", "es", "pt", "it", "hi"};

void add(Codes& codes, const icu::UnicodeString& name, const std::string& code) {
    std::string text;
    name.toUTF8String(text);
    codes.emplace(foldName(text), code);
}

Codes readCountries() {
    Codes codes = {{"uk", "GB"},
                   {"greatbritain", "GB"},
                   {"britain", "GB"},
                   {"england", "GB"},
                   {"scotland", "GB"},
                   {"wales", "GB"},
                   {"northernireland", "GB"},
                   {"usofa", "US"},
                   {"america", "US"},
                   {"unitedstatesofamerica", "US"},
                   {"vereinigtestaatenvonamerika", "US"},
                   {"uae", "AE"},
                   {"emirates", "AE"},
                   {"holland", "NL"},
                   {"thenetherlands", "NL"},
                   {"czechrepublic", "CZ"},
                   {"korea", "KR"},
                   {"republicofkorea", "KR"},
                   {"russianfederation", "RU"},
                   {"bharat", "IN"},
                   {"turkey", "TR"},
                   {"hongkong", "HK"},
                   {"macau", "MO"},
                   {"vietnam", "VN"},
                   {"ivorycoast", "CI"},
                   {"burma", "MM"}};
    const auto* const* all = uloc_getISOCountries();
    for (const auto* const* code = all; *code; ++code) codes.emplace(foldName(*code), *code);
    for (const auto* const* code = all; *code; ++code) {
        const icu::Locale place("", *code);
        codes.emplace(foldName(place.getISO3Country()), *code);
        for (const char* spoken : kSpoken) {
            icu::UnicodeString name;
            add(codes, place.getDisplayCountry(icu::Locale(spoken), name), *code);
        }
    }
    return codes;
}

Codes readLanguages() {
    Codes codes = {{"hinglish", "hi"}, {"mandarin", "zh"},  {"castellano", "es"},
                   {"farsi", "fa"},    {"englishus", "en"}, {"englishuk", "en"}};
    const auto* const* all = uloc_getISOLanguages();
    for (const auto* const* code = all; *code; ++code)
        if (std::string_view(*code).size() == 2) codes.emplace(*code, *code);
    for (const auto* const* code = all; *code; ++code) {
        if (std::string_view(*code).size() != 2) continue;
        const icu::Locale language(*code);
        codes.emplace(language.getISO3Language(), *code);
        icu::UnicodeString own;
        add(codes, language.getDisplayLanguage(language, own), *code);
        for (const char* spoken : kSpoken) {
            icu::UnicodeString name;
            add(codes, language.getDisplayLanguage(icu::Locale(spoken), name), *code);
        }
    }
    return codes;
}

std::string lookUp(const Codes& codes, const std::string& word) {
    const auto found = codes.find(word);
    return found == codes.end() ? std::string() : found->second;
}

}  // namespace

std::string countryCode(std::string_view text) {
    static const auto* codes = new Codes(readCountries());
    return lookUp(*codes, foldName(text));
}

std::string languageCode(std::string_view text) {
    static const auto* codes = new Codes(readLanguages());
    if (auto whole = lookUp(*codes, foldName(text)); !whole.empty()) return whole;
    return lookUp(*codes, foldName(text.substr(0, text.find_first_of("-_ (,;/"))));
}

}  // namespace overture::campaign
