#include "campaign/values.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/columns.hpp"

namespace overture::campaign {
namespace {

bool oneOf(const std::string& word, std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(), [&](const char* each) { return word == each; });
}

bool isDigits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

unsigned monthOf(const std::string& word) {
    static constexpr const char* names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                            "jul", "aug", "sep", "oct", "nov", "dec"};
    static constexpr const char* full[] = {"january",   "february", "march",    "april",
                                           "may",       "june",     "july",     "august",
                                           "september", "october",  "november", "december"};
    for (unsigned i = 0; i < 12; ++i)
        if (word == names[i] || word == full[i] || (i == 8 && word == "sept")) return i + 1;
    return 0;
}

Result<Instant> day(int year, int month, int dayOfMonth, std::string_view text) {
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(dayOfMonth))};
    if (!date.ok() || year < 1970 || year > 2200)
        return Problem{"\"" + std::string(text) + "\" is not a date", {}, "Write it as 2026-03-01."};
    return Instant(std::chrono::sys_days(date));
}

// Countries that write the month first; everywhere else the day comes first or the year does.
bool monthFirst(const std::string& country) {
    return oneOf(country, {"US", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "PW", "MH"});
}

}  // namespace

std::string emailAddress(std::string_view text) {
    auto address = lowerAscii(trim(text));
    if (const auto open = address.rfind('<'), close = address.rfind('>');
        open != std::string::npos && close != std::string::npos && close > open)
        address = std::string(trim(std::string_view(address).substr(open + 1, close - open - 1)));
    if (address.starts_with("mailto:")) address.erase(0, 7);
    const auto at = address.find('@');
    if (at == 0 || at == std::string::npos || at > 64 || address.size() > 254 ||
        address.find('@', at + 1) != std::string::npos)
        return {};
    const bool plain = std::all_of(address.begin(), address.end(), [](char c) {
        return c > 0x20 && c < 0x7f && std::string_view("\"(),:;<>[\\]").find(c) == std::string_view::npos;
    });
    const auto domain = std::string_view(address).substr(at + 1);
    const auto local = std::string_view(address).substr(0, at);
    const auto dotted = [](std::string_view part) {
        return !part.starts_with('.') && !part.ends_with('.') && part.find("..") == std::string_view::npos;
    };
    const bool named = std::all_of(domain.begin(), domain.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
    const bool good =
        plain && named && dotted(domain) && dotted(local) && domain.find('.') != std::string_view::npos;
    return good ? address : std::string();
}

PersonName splitName(std::string_view full) {
    full = trim(full);
    if (const auto comma = full.find(','); comma != std::string_view::npos)
        return {std::string(trim(full.substr(comma + 1))), std::string(trim(full.substr(0, comma)))};
    const auto space = full.find_last_of(" \t");
    if (space == std::string_view::npos) return {std::string(full), {}};
    return {std::string(trim(full.substr(0, space))), std::string(full.substr(space + 1))};
}

std::optional<compliance::ConsentLevel> consentLevel(std::string_view text) {
    using compliance::ConsentLevel;
    const auto word = foldName(text);
    if (oneOf(word,
              {"", "no", "n", "false", "0", "none", "nein", "non", "nao", "não", "नहीं", "unknown", "na"}))
        return ConsentLevel::none;
    if (oneOf(word, {"yes", "y", "true", "1", "x", "express", "expressed", "explicit", "given", "granted",
                     "optin", "optedin", "ja", "oui", "si", "sí", "sim", "हाँ", "हां"}))
        return ConsentLevel::express;
    if (oneOf(word, {"written", "expresswritten", "writtenexpress", "priorexpresswritten",
                     "priorexpresswrittenconsent", "expresswrittenconsent", "writtenconsent", "pewc",
                     "schriftlich"}))
        return ConsentLevel::expressWritten;
    return std::nullopt;
}

bool isOptOut(std::string_view text) {
    return !oneOf(foldName(text),
                  {"", "no", "n", "false", "0", "none", "nein", "non", "nao", "não", "नहीं", "na", "null"});
}

Result<Instant> dateOf(std::string_view raw, const std::string& country) {
    const auto text = trim(raw);
    if (const auto exact = parseRfc3339(text)) return *exact;
    std::vector<std::string> words;
    std::string separators;
    for (const char c : foldCase(text)) {
        const auto kind = [](char of) {
            return std::isdigit(static_cast<unsigned char>(of))   ? 1
                   : std::isalpha(static_cast<unsigned char>(of)) ? 2
                                                                  : 0;
        };
        if (kind(c) == 0)
            separators += c;
        else if (separators.size() || words.empty() || kind(words.back().back()) != kind(c)) {
            if (words.size() == 3) break;  // a time of day follows
            words.emplace_back(1, c), separators.clear();
        } else
            words.back() += c;
    }
    const auto unreadable =
        Problem{"\"" + std::string(text.substr(0, 40)) + "\" is not a date", {}, "Write it as 2026-03-01."};
    if (words.size() == 1 && isDigits(words[0]) && words[0].size() == 8)
        return day(std::stoi(words[0].substr(0, 4)), std::stoi(words[0].substr(4, 2)),
                   std::stoi(words[0].substr(6)), text);
    if (words.size() < 3) return unreadable;
    for (const auto& word : words)
        if (word.size() > 9 || (!isDigits(word) && monthOf(word) == 0)) return unreadable;
    if (const auto month = monthOf(words[0]); month != 0 && isDigits(words[1]) && isDigits(words[2]))
        return day(std::stoi(words[2]), static_cast<int>(month), std::stoi(words[1]), text);
    if (const auto month = monthOf(words[1]); month != 0 && isDigits(words[0]) && isDigits(words[2]))
        return words[0].size() == 4
                   ? day(std::stoi(words[0]), static_cast<int>(month), std::stoi(words[2]), text)
                   : day(std::stoi(words[2]), static_cast<int>(month), std::stoi(words[0]), text);
    if (!isDigits(words[0]) || !isDigits(words[1]) || !isDigits(words[2])) return unreadable;
    const int a = std::stoi(words[0]), b = std::stoi(words[1]), c = std::stoi(words[2]);
    if (words[0].size() == 4) return day(a, b, c, text);
    if (words[2].size() != 4) return unreadable;
    const bool dotted =
        text.find('.') != std::string_view::npos;  // 01.03.2026 is day first wherever it is written
    if (dotted || a > 12 || a == b) return day(c, b, a, text);
    if (b > 12 || monthFirst(country)) return day(c, a, b, text);
    if (!country.empty() && country != "CA") return day(c, b, a, text);
    return Problem{
        "\"" + std::string(text) + "\" could be two different days", {}, "Write it as 2026-03-01."};
}

}  // namespace overture::campaign
