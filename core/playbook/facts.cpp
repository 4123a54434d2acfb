#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <regex>

#include "base/text.hpp"
#include "playbook/definition.hpp"

namespace overture::playbook {
namespace {

Problem no(const Fact& fact, const std::string& why) {
    return Problem{why, fact.name, {}};
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// "1,200.50", "1.200,50", "3 000": the number that starts at `from`; `end` is set behind it.
std::optional<double> numberAt(const std::string& text, std::size_t from, std::size_t& end) {
    std::string digits;
    std::size_t at = from;
    const auto grouped = [&] {  // a separator followed by exactly three digits (or two, as in 1,00,000)
        const auto run = [&](std::size_t i) {
            std::size_t n = 0;
            while (i + n < text.size() && isDigit(text[i + n])) ++n;
            return n;
        }(at + 1);
        const char next = at + 1 + run < text.size() ? text[at + 1 + run] : '\0';
        return run == 3 || (run == 2 && next == text[at] && text[at] == ',');
    };
    bool fraction = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (isDigit(c))
            digits += c;
        else if ((c == ',' || c == '.') && at + 1 < text.size() && isDigit(text[at + 1]) && !fraction) {
            if (c == ',' && grouped()) continue;
            fraction = true;
            digits += '.';
        } else
            break;
    }
    end = at;
    if (digits.empty() || digits.size() > 20) return std::nullopt;
    return std::strtod(digits.c_str(), nullptr);
}

/// The first number of what somebody wrote, with "k" and words for thousands, lakhs and millions.
std::optional<double> numberIn(const std::string& written) {
    const auto text = foldCase(written);
    const auto from = text.find_first_of("0123456789");
    if (from == std::string::npos) return std::nullopt;
    std::size_t end = 0;
    auto value = numberAt(text, from, end);
    if (!value) return std::nullopt;
    if (from > 0 && text[from - 1] == '-' && (from == 1 || !isDigit(text[from - 2]))) value = -*value;
    const auto rest = std::string(trim(std::string_view(text).substr(end)));
    const auto begins = [&](std::string_view word) {
        return rest.starts_with(word) &&
               (rest.size() == word.size() || !std::isalpha(static_cast<unsigned char>(rest[word.size()])));
    };
    const auto lakh = rest.starts_with("लाख") || begins("lakh") || begins("lakhs");
    if (begins("k") || begins("thousand") || begins("grand") || begins("hazar") || rest.starts_with("हज़ार") ||
        rest.starts_with("हजार"))
        value = *value * 1000;
    else if (lakh)
        value = *value * 100000;
    else if (begins("m") || begins("million") || begins("mio"))
        value = *value * 1000000;
    return value;
}

/// Devanagari digits as ASCII ones.
std::string westernDigits(const std::string& text) {
    std::string out = text;
    for (char digit = 0; digit < 10; ++digit)
        out = replaceAll(std::move(out), std::string("\xe0\xa5") + static_cast<char>(0xa6 + digit),
                         std::string(1, static_cast<char>('0' + digit)));
    return out;
}

Result<Json> numeric(const Fact& fact, const Json& value) {
    std::optional<double> number;
    if (value.is_number()) number = value.get<double>();
    if (value.is_string()) number = numberIn(westernDigits(value.get<std::string>()));
    if (!number || !std::isfinite(*number)) return no(fact, "there is no number in " + value.dump());
    if (fact.least && *number < *fact.least) return no(fact, "it is less than " + Json(*fact.least).dump());
    if (fact.most && *number > *fact.most) return no(fact, "it is more than " + Json(*fact.most).dump());
    if (fact.type == FactType::money) number = std::round(*number * 1e6) / 1e6;
    if (*number == std::floor(*number) && std::fabs(*number) < 9e15)
        return Json(static_cast<std::int64_t>(*number));
    return Json(*number);
}

/// Lower case, punctuation as blanks, single blanks, one blank on both sides: " yes please ".
std::string words(const std::string& text) {
    std::string out = " ";
    for (const char c : foldCase(text)) {
        const bool blank =
            static_cast<unsigned char>(c) < 0x80 && !std::isalnum(static_cast<unsigned char>(c)) && c != '\'';
        if (!blank)
            out += c;
        else if (out.back() != ' ')
            out += ' ';
    }
    if (out.back() != ' ') out += ' ';
    return replaceAll(out, "।", "");
}

bool hasAny(const std::string& spaced, const std::vector<std::string>& phrases) {
    return std::any_of(phrases.begin(), phrases.end(), [&](const std::string& phrase) {
        return spaced.find(" " + foldCase(phrase) + " ") != std::string::npos;
    });
}

Result<Json> yesNo(const Fact& fact, const Json& value) {
    if (value.is_boolean()) return value;
    if (!value.is_string()) return no(fact, "it is neither yes nor no");
    static const std::vector<std::string> kNo = {
        "no",       "nope",     "nah",  "not",   "never", "n",   "false", "don't", "doesn't", "isn't",
        "wouldn't", "negative", "nahi", "nahin", "नहीं",   "नही", "ना",    "मत",    "na"};
    static const std::vector<std::string> kYes = {
        "yes",     "yeah",      "yep",       "yup",         "y",          "sure",    "true",  "ok",
        "okay",    "of course", "certainly", "absolutely",  "definitely", "correct", "right", "i do",
        "i would", "we do",     "i am",      "affirmative", "haan",       "han",     "ha",    "ji",
        "हाँ",      "हां",        "हा",        "जी",          "बिल्कुल",      "bilkul",  "zaroor"};
    const auto said = words(value.get<std::string>());
    if (hasAny(said, {"why not", "no problem", "no doubt"})) return Json(true);
    if (hasAny(said, kNo)) return Json(false);
    if (hasAny(said, kYes)) return Json(true);
    return no(fact, "it is neither yes nor no");
}

Result<Json> oneOf(const Fact& fact, const Json& value) {
    if (!value.is_string()) return no(fact, "it is none of: " + join(fact.choices, ", "));
    const auto spaced = words(value.get<std::string>());
    const auto said = std::string(trim(spaced));
    if (said.empty()) return no(fact, "it is empty");
    // The first way of comparing that fits anything decides; two choices that fit are no answer, unless one
    // says more.
    const auto word = [](const std::string& choice) { return std::string(trim(words(choice))); };
    const std::vector<std::function<bool(const std::string&)>> ways = {
        [&](const std::string& choice) { return choice == said; },
        [&](const std::string& choice) { return spaced.find(" " + choice + " ") != std::string::npos; },
        [&](const std::string& choice) { return said.size() >= 2 && choice.starts_with(said); },
        [&](const std::string& choice) {  // "bill" for "bills", "outages" for "outage"
            for (const auto& part : split(said, ' '))
                if (part.size() >= 4 &&
                    (choice.starts_with(part) || (choice.size() >= 4 && part.starts_with(choice))))
                    return true;
            return false;
        }};
    for (const auto& fits : ways) {
        std::vector<std::string> found;
        for (const auto& choice : fact.choices)
            if (fits(word(choice))) found.push_back(choice);
        if (found.empty()) continue;
        const auto longest = *std::max_element(
            found.begin(), found.end(), [](const auto& x, const auto& y) { return x.size() < y.size(); });
        const bool clear = std::all_of(found.begin(), found.end(), [&](const std::string& choice) {
            return word(longest).find(word(choice)) != std::string::npos;
        });
        if (clear) return Json(longest);
        break;
    }
    return no(fact, "it is none of: " + join(fact.choices, ", "));
}

std::string padded(int number, std::size_t width) {
    auto text = std::to_string(number);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    return text;
}

Result<Json> date(const Fact& fact, const std::string& text) {
    static const std::regex iso(R"((\d{4})-(\d{1,2})-(\d{1,2}))");
    std::smatch found;
    if (text.size() > 100 || !std::regex_search(text, found, iso))
        return no(fact, "it is no date like 2026-03-31");
    const std::chrono::year_month_day day(std::chrono::year(std::stoi(found[1])),
                                          std::chrono::month(static_cast<unsigned>(std::stoi(found[2]))),
                                          std::chrono::day(static_cast<unsigned>(std::stoi(found[3]))));
    if (!day.ok()) return no(fact, "there is no such day: " + found.str());
    return Json(padded(static_cast<int>(day.year()), 4) + "-" +
                padded(static_cast<int>(static_cast<unsigned>(day.month())), 2) + "-" +
                padded(static_cast<int>(static_cast<unsigned>(day.day())), 2));
}

Result<Json> timeOfDay(const Fact& fact, const std::string& text) {
    static const std::regex clock(R"((?:^|[^\d])(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\b|m\.)?)",
                                  std::regex::icase);
    std::smatch found;
    if (text.size() > 100 || !std::regex_search(text, found, clock))
        return no(fact, "it is no time of day like 14:30");
    int hour = std::stoi(found[1]);
    const int minute = found[2].matched ? std::stoi(found[2]) : 0;
    const bool half = found[3].matched;
    if (!half && !found[2].matched) return no(fact, "it is no time of day like 14:30");
    const bool afternoon = half && (found[3] == "p" || found[3] == "P");
    if (half && (hour < 1 || hour > 12)) return no(fact, "there is no such time: " + text);
    if (half) hour = hour % 12 + (afternoon ? 12 : 0);
    if (hour > 23 || minute > 59) return no(fact, "there is no such time: " + text);
    return Json(padded(hour, 2) + ":" + padded(minute, 2));
}

Result<Json> phone(const Fact& fact, const std::string& text) {
    const auto digits = std::count_if(text.begin(), text.end(), isDigit);
    if (digits < 7 || digits > 15 || text.find_first_not_of("0123456789+-() ./x") != std::string::npos)
        return no(fact, "it is no phone number");
    return Json(text);
}

Result<Json> email(const Fact& fact, const std::string& text) {
    static const std::regex address(
        R"([A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24})");
    if (text.size() > 254 || !std::regex_match(text, address)) return no(fact, "it is no email address");
    return Json(text);
}

Result<Json> postalCode(const Fact& fact, const std::string& text) {
    const bool plain =
        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -") ==
        std::string::npos;
    const auto digits = std::count_if(text.begin(), text.end(), isDigit);
    if (text.size() < 3 || text.size() > 10 || !plain || digits == 0) return no(fact, "it is no postal code");
    return Json(text);
}

}  // namespace

Result<Json> normalizeFact(const Fact& fact, const Json& value) {
    constexpr std::size_t kLongest = 2000;
    if (value.is_null()) return no(fact, "it is empty");
    if (value.is_string() && value.get_ref<const std::string&>().size() > kLongest)
        return no(fact, "it is too long");
    switch (fact.type) {
        case FactType::number:
        case FactType::money: return numeric(fact, value);
        case FactType::yesNo: return yesNo(fact, value);
        case FactType::oneOf: return oneOf(fact, value);
        default: break;
    }
    if (!value.is_string() && !value.is_number()) return no(fact, "it is no text");
    const std::string text(trim(value.is_string() ? value.get<std::string>() : value.dump()));
    if (text.empty()) return no(fact, "it is empty");
    switch (fact.type) {
        case FactType::date: return date(fact, text);
        case FactType::time: return timeOfDay(fact, text);
        case FactType::phone: return phone(fact, text);
        case FactType::email: return email(fact, text);
        case FactType::postalCode: return postalCode(fact, text);
        default: return Json(text);
    }
}

}  // namespace overture::playbook
