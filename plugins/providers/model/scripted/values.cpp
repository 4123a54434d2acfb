#include "values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "signals.hpp"

namespace overture::scripted {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// ASCII lower case, western digits, other scripts as they are.
std::string simplified(std::string_view text) {
    static const std::map<std::string, char> kDigits{{"०", '0'}, {"१", '1'}, {"२", '2'}, {"३", '3'},
                                                     {"४", '4'}, {"५", '5'}, {"६", '6'}, {"७", '7'},
                                                     {"८", '8'}, {"९", '9'}};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = kDigits.find(std::string(text.substr(i, 3)));
        if (digit != kDigits.end()) {
            out += digit->second;
            i += 2;
        } else {
            out += text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        }
    }
    return out;
}

bool endsWithAny(std::string_view text, const std::vector<std::string_view>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return text.ends_with(ending); });
}

bool startsWithAny(std::string_view text, const std::vector<std::string_view>& starts) {
    return std::any_of(starts.begin(), starts.end(), [&](auto start) { return text.starts_with(start); });
}

std::string_view trimLeft(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

std::string_view trimRight(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// The factor of "k", "lakh", …, and how many bytes it takes.
std::pair<double, std::size_t> factorAt(std::string_view rest) {
    static const std::vector<std::pair<std::string_view, double>> kFactors{
        {"thousand", 1e3}, {"hazaar", 1e3}, {"hazar", 1e3}, {"lakhs", 1e5}, {"lakh", 1e5},    {"lac", 1e5},
        {"crore", 1e7},    {"हज़ार", 1e3},   {"हजार", 1e3},  {"लाख", 1e5},   {"million", 1e6}, {"k", 1e3}};
    const auto trimmed = trimLeft(rest);
    for (const auto& [name, factor] : kFactors) {
        if (!trimmed.starts_with(name)) continue;
        const auto after = trimmed.substr(name.size());
        const bool ends = after.empty() || !((after[0] >= 'a' && after[0] <= 'z') || isDigit(after[0]));
        if (ends) return {factor, rest.size() - trimmed.size() + name.size()};
    }
    return {1, 0};
}

struct Found {
    Figure figure;
    std::size_t from = 0, to = 0;
};

std::vector<Found> digitsIn(const std::string& text) {
    static const std::vector<std::string_view> kBefore{"$", "€", "£", "₹", "rs", "rs.", "inr", "usd"};
    static const std::vector<std::string_view> kAfter{"$",    "€",    "£",     "₹",   "dollar",
                                                      "buck", "rupe", "rupay", "रुप",  "pound",
                                                      "quid", "euro", "usd",   "inr", "rs"};
    static const std::vector<std::string_view> kClock{"am",      "pm",      "a.m",  "p.m",
                                                      "o'clock", "o’clock", "baje", "बजे"};
    std::vector<Found> out;
    const std::string_view view(text);
    for (std::size_t i = 0; i < text.size();) {
        if (!isDigit(text[i])) {
            ++i;
            continue;
        }
        const auto from = i;
        std::string digits;
        bool dot = false;
        for (; i < text.size(); ++i) {
            const bool next = i + 1 < text.size() && isDigit(text[i + 1]);
            if (isDigit(text[i]))
                digits += text[i];
            else if (text[i] == ',' && next)
                continue;
            else if (text[i] == '.' && next && !dot) {
                digits += '.';
                dot = true;
            } else
                break;
        }
        const auto [factor, taken] = factorAt(view.substr(i));
        i += taken;
        const auto before = trimRight(view.substr(0, from));
        const auto after = trimLeft(view.substr(i));
        Figure figure{std::strtod(digits.c_str(), nullptr) * factor, false, false};
        figure.money = endsWithAny(before, kBefore) || startsWithAny(after, kAfter);
        figure.clock = startsWithAny(after, kClock) || (i < text.size() && text[i] == ':') ||
                       (from > 0 && text[from - 1] == ':');
        out.push_back({figure, from, i});
    }
    return out;
}

/// "120-150", "120 to 150", "between 120 and 150": one figure, the middle.
std::vector<Figure> joinRanges(const std::string& text, std::vector<Found> found) {
    std::vector<Figure> out;
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto figure = found[i].figure;
        if (i + 1 < found.size() && !figure.clock && !found[i + 1].figure.clock) {
            const auto between = plain(text.substr(found[i].to, found[i + 1].from - found[i].to));
            const auto raw = collapse(text.substr(found[i].to, found[i + 1].from - found[i].to));
            const bool dash =
                raw == "-" || raw == "–" || raw == "- $" || raw == "-$" || raw == "–$" || raw == " - ";
            const bool word = between == " to " || between == " se " ||
                              (between == " and " && text.find("between") != std::string::npos);
            const auto& next = found[i + 1].figure;
            if ((dash || word) && next.value > figure.value) {
                figure = {(figure.value + next.value) / 2, figure.money || next.money, false};
                ++i;
            }
        }
        out.push_back(figure);
    }
    return out;
}

/// "one forty" is 140, "two hundred and ten" 210, "a thousand" 1000.
std::optional<double> spelledOut(std::string_view text) {
    static const std::map<std::string, double> kUnits{
        {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},      {"five", 5},
        {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},      {"ten", 10},
        {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15},
        {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},
        {"thirty", 30},  {"forty", 40},     {"fourty", 40},   {"fifty", 50},    {"sixty", 60},
        {"seventy", 70}, {"eighty", 80},    {"ninety", 90},   {"ek", 1},        {"do", 2},
        {"teen", 3},     {"char", 4},       {"paanch", 5},    {"dus", 10},      {"bees", 20},
        {"pachaas", 50}};
    static const std::map<std::string, double> kScales{{"hundred", 100}, {"thousand", 1000}, {"grand", 1000},
                                                       {"sau", 100},     {"hazaar", 1000},   {"hazar", 1000},
                                                       {"lakh", 1e5}};
    double total = 0, current = 0;
    int seen = 0;
    bool scaled = false;
    for (const auto& word : wordsOf(text)) {
        const auto unit = kUnits.find(word);
        const auto scale = kScales.find(word);
        if (unit != kUnits.end() && !(word == "do" && seen == 0)) {
            if (current >= 1 && current < 10 && unit->second >= 10) current *= 100;
            current += unit->second;
            ++seen;
        } else if (scale != kScales.end()) {
            current = std::max(current, 1.0) * scale->second;
            if (scale->second >= 1000) total += std::exchange(current, 0);
            scaled = true;
            ++seen;
        } else if (word != "and" && word != "a" && seen > 0) {
            break;
        }
    }
    const bool trusted = scaled || seen > 1 || current >= 10;
    return seen > 0 && trusted ? std::optional(total + current) : std::nullopt;
}

std::optional<Json> numeric(double value) {
    return value == std::floor(value) && std::abs(value) < 1e15 ? Json(static_cast<std::int64_t>(value))
                                                                : Json(value);
}

std::optional<Json> amountIn(std::string_view text, bool asked) {
    const auto figures = figuresIn(text);
    for (const auto& figure : figures)
        if (figure.money) return numeric(figure.value);
    if (!asked) return std::nullopt;
    for (const auto& figure : figures)
        if (!figure.clock) return numeric(figure.value);
    return std::nullopt;
}

std::optional<Json> numberIn(const Json& fact, std::string_view text, bool asked) {
    const bool named = sharedStems(text, contentStems(textOf(fact, "name"))) > 0;
    if (!asked && !named) return std::nullopt;
    for (const auto& figure : figuresIn(text))
        if (!figure.clock && !figure.money) return numeric(figure.value);
    return std::nullopt;
}

/// Words that mean a common choice without naming it.
const std::vector<std::string_view>& akin(const std::string& choice) {
    static const std::map<std::string, std::vector<std::string_view>> kAkin{
        {"now",
         {"asap", "as soon as possible", "right away", "immediately", "today", "this week", "this month",
          "straight away", "soon", "abhi", "अभी", "jaldi", "जल्दी"}},
        {"this quarter",
         {"couple of months", "few months", "next month", "three months", "this season", "is quarter",
          "इस क्वार्टर"}},
        {"later",
         {"not now", "next year", "someday", "eventually", "no rush", "no hurry", "not yet", "another year",
          "baad mein", "बाद में"}},
        {"bills",
         {"bill", "cost", "costs", "save money", "saving", "savings", "cheaper", "money", "price",
          "bijli ka bill", "बिल", "पैसे"}},
        {"outages",
         {"outage", "blackout", "blackouts", "power cut", "power cuts", "goes out", "bijli jaati",
          "bijli bahut jaati", "backup", "load shedding", "बिजली जाती"}},
        {"environment",
         {"planet", "climate", "green", "carbon", "the earth", "nature", "पर्यावरण", "paryavaran"}},
        {"mice", {"mouse", "rat", "rats", "rodent", "rodents"}},
        {"roaches", {"roach", "cockroach", "cockroaches"}},
        {"nothing", {"no", "none", "all good", "nope", "not seen", "haven't seen", "haven't", "all clear"}}};
    static const std::vector<std::string_view> kNone;
    const auto found = kAkin.find(choice);
    return found == kAkin.end() ? kNone : found->second;
}

bool names(const std::string& all, std::string_view text, const std::string& choice) {
    if (says(all, choice)) return true;
    const auto stems = contentStems(choice);
    return !stems.empty() && sharedStems(text, stems) == stems.size();
}

std::optional<Json> choiceIn(const Json& fact, std::string_view text, bool asked) {
    const auto all = plain(text);
    const auto choices = listOf(fact, "choices");
    std::vector<std::string> named, meant;
    for (const auto& choice : choices) {
        const bool clear = asked || choice.size() >= 4;
        if (clear && choice != "nothing" && choice != "later" && names(all, text, choice))
            named.push_back(choice);
        else if (asked && names(all, text, choice))
            named.push_back(choice);
        else if (asked && saysAny(all, akin(choice)))
            meant.push_back(choice);
    }
    if (!named.empty()) return Json(named.front());
    if (!meant.empty()) return Json(meant.front());
    if (!asked) return std::nullopt;
    const auto words = wordsOf(text);
    if (words.size() == 1 && words[0].size() == 1 && isDigit(words[0][0])) {
        const auto index = static_cast<std::size_t>(words[0][0] - '1');
        if (index < choices.size()) return Json(choices[index]);
    }
    return std::nullopt;
}

std::optional<Json> yesNoIn(std::string_view text, bool asked) {
    if (!asked) return std::nullopt;
    const auto polarity = polarityOf(text);
    if (polarity == Polarity::yes) return Json(true);
    if (polarity == Polarity::no && !signalsIn(text).declines) return Json(false);
    static const std::vector<std::string_view> kTogether{
        "together", "both", "me and my", "my wife and i", "my husband and i", "we decide", "main hi", "मैं ही"};
    return saysAny(plain(text), kTogether) ? std::optional<Json>(true) : std::nullopt;
}

std::optional<Json> freeTextIn(std::string_view text, bool asked) {
    const auto whole = collapse(text);
    if (!asked || whole.empty() || whole.size() > 200 || whole.find('?') != std::string::npos)
        return std::nullopt;
    const auto signals = signalsIn(text);
    if (signals.declines || signals.wantsPerson || signals.wrongPerson) return std::nullopt;
    return Json(whole);
}

std::optional<Json> wordWith(std::string_view text, char mark) {
    const auto whole = collapse(text);
    const auto at = whole.find(mark);
    if (at == std::string::npos || at == 0) return std::nullopt;
    const auto from = whole.rfind(' ', at) == std::string::npos ? 0 : whole.rfind(' ', at) + 1;
    auto word = whole.substr(from, whole.find(' ', at) - from);
    while (!word.empty() && std::string_view(".,;!?").find(word.back()) != std::string_view::npos)
        word.pop_back();
    return word.find('.', word.find(mark)) == std::string::npos ? std::nullopt : std::optional<Json>(word);
}

}  // namespace

std::vector<Figure> figuresIn(std::string_view text) {
    const auto simple = simplified(text);
    auto figures = joinRanges(simple, digitsIn(simple));
    if (!figures.empty()) return figures;
    if (const auto value = spelledOut(text)) {
        static const std::vector<std::string_view> kMoney{"dollars", "dollar", "bucks", "rupees",
                                                          "rupaye",  "pounds", "euros"};
        figures.push_back({*value, saysAny(plain(text), kMoney), false});
    }
    return figures;
}

std::optional<Json> valueOf(const Json& fact, std::string_view text, bool asked) {
    const auto type = textOf(fact, "type");
    if (type == "money") return amountIn(text, asked);
    if (type == "number") return numberIn(fact, text, asked);
    if (type == "one_of") return choiceIn(fact, text, asked);
    if (type == "yes_no") return yesNoIn(text, asked);
    if (type == "email") return wordWith(text, '@');
    return freeTextIn(text, asked);
}

}  // namespace overture::scripted
