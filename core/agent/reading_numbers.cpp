#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "agent/pattern.hpp"
#include "agent/reading.hpp"
#include "base/text.hpp"

namespace overture::agent::reading {
namespace {

#define NUMBER \
    R"((\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?(k|thousand|hazaa?r|lakhs?|lacs?|crores?|million|हज़ार|हजार|लाख|करोड़)?(?![\p{L}\d]))"
#define MONTH \
    R"((january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|जनवरी|फ़रवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर))"

using NamesOfDays = std::vector<std::vector<std::string>>;

NamesOfDays asWords(NamesOfDays names) {
    for (auto& day : names)
        for (auto& name : day) name = words(name);
    return names;
}

std::string westernDigits(std::string_view text) {
    if (isAscii(text)) return std::string(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t next = 0; next < text.size();) {
        const auto at = next;
        UChar32 c = 0;
        U8_NEXT(text.data(), next, text.size(), c);
        if (c >= 0x80 && u_isdigit(c))
            out += static_cast<char>('0' + u_charDigitValue(c));
        else
            out += text.substr(at, next - at);
    }
    return out;
}

double valueOf(const std::string& digits, const std::string& multiple) {
    const auto plain = replaceAll(digits, ",", "");
    const double value = std::strtod(plain.c_str(), nullptr);
    const auto unit = foldCase(multiple);
    if (unit.empty()) return value;
    if (unit == "k" || unit == "thousand" || unit.starts_with("haz") || unit.starts_with("ह"))
        return value * 1e3;
    if (unit.starts_with("la") || unit.starts_with("ल")) return value * 1e5;
    if (unit.starts_with("cr") || unit.starts_with("क")) return value * 1e7;
    return value * 1e6;
}

int monthNumber(const std::string& name) {
    static const std::vector<std::vector<std::string>> kMonths{
        {"jan", "जनवरी"}, {"feb", "फ़रवरी", "फरवरी"}, {"mar", "मार्च"}, {"apr", "अप्रैल"},  {"may", "मई"},
        {"jun", "जून"},    {"jul", "जुलाई"},           {"aug", "अगस्त"}, {"sep", "सितंबर"}, {"oct", "अक्टूबर"},
        {"nov", "नवंबर"},  {"dec", "दिसंबर"}};
    const auto lower = lowerAscii(name);
    for (std::size_t i = 0; i < kMonths.size(); ++i)
        for (const auto& start : kMonths[i])
            if (lower.starts_with(start)) return static_cast<int>(i) + 1;
    return 0;
}

ClockTime clockOf(int hour, int minute, const std::string& half, std::string shown) {
    const auto letter = lowerAscii(half);
    if (letter == "a" || letter == "p") hour = hour % 12 + (letter == "p" ? 12 : 0);
    return {hour * 60 + minute, !letter.empty() || hour >= 13 || hour == 0, std::move(shown)};
}

int whole(const std::string& digits) {
    return digits.empty() ? 0 : std::atoi(digits.c_str());
}

void addDay(std::vector<Day>& days, int month, int day, const std::string& shown) {
    if (month >= 1 && month <= 12 && day >= 1 && day <= 31) days.push_back({month, day, shown});
}

std::string digitsOf(const std::string& text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c >= '0' && c <= '9'; });
    return out;
}

/// Most texts hold none, and then no pattern below needs to look.
bool hasDigit(std::string_view plain) {
    return plain.find_first_of("0123456789") != std::string_view::npos;
}

std::vector<std::string> wholes(const Pattern& pattern, std::string_view text) {
    std::vector<std::string> out;
    for (auto& match : pattern.all(text)) out.push_back(std::move(match[0]));
    return out;
}

}  // namespace

std::vector<Amount> amounts(std::string_view text) {
    static const Pattern kPercent(R"((?<![\d.,]))"
                                  R"((\d+(?:[.,]\d+)?)\s?(?:%|percent\b|per cent\b|प्रतिशत|por ciento\b))");
    static const Pattern kBefore(R"((?:[$€£₹¥]|\b(?:rs|inr|usd|gbp|eur|cad|aud)\b\.?)\s?)" NUMBER);
    static const Pattern kAfter(
        R"((?<![\d.,]))" NUMBER
        R"(\s?(?:dollars?|bucks|cents?|rupees?|rupaye|rupay|रुपये|रुपए|रुपया|pounds?|quid|euros?|usd|inr|gbp|eur|[$€£₹])(?![\p{L}]))");
    const auto plain = westernDigits(text);
    std::vector<Amount> out;
    if (!hasDigit(plain)) return out;
    for (const auto& match : kPercent.all(plain))
        out.push_back({valueOf(replaceAll(match[1], ",", "."), ""), true, match[0]});
    for (const auto* pattern : {&kBefore, &kAfter})
        for (const auto& match : pattern->all(plain))
            out.push_back({valueOf(match[1], match[2]), false, match[0]});
    return out;
}

std::vector<double> numbers(std::string_view text) {
    static const Pattern kNumber(R"((?<![\d.,]))" NUMBER);
    static const Pattern kBare(R"(\d+(?:\.\d+)?)");
    const auto plain = westernDigits(text);
    std::vector<double> out;
    if (!hasDigit(plain)) return out;
    for (const auto& match : kNumber.all(plain)) out.push_back(valueOf(match[1], match[2]));
    for (const auto& match : kBare.all(plain)) out.push_back(valueOf(match[0], ""));
    return out;
}

bool ClockTime::matches(const ClockTime& other) const {
    if (exact && other.exact) return minutes == other.minutes;
    return minutes % 720 == other.minutes % 720;
}

std::vector<ClockTime> clockTimes(std::string_view text) {
    static const Pattern kColon(
        R"((?<![\d:.])([01]?\d|2[0-3])[h:]([0-5]\d)(?![\d:])(?:\s?([ap])\.?\s?m\b)?)");
    static const Pattern kHalf(R"((?<![\d:.,$€£₹])(1[0-2]|0?[1-9])(?:\.([0-5]\d))?\s?([ap])\.?\s?m\b)");
    static const Pattern kHour(R"((?<![\d:.,$€£₹])(1\d|2[0-3]|0?\d)\s?(?:o['’]?clock|बजे|baje)(?!\p{L}))");
    static const Pattern kAt(
        R"(\b(?:at|around|by)\s(1[0-2]|[1-9])(?![\d:%.,]\d|\s?[ap]\.?m)(?=\s*(?:[.,!?;]|$|on\b|this\b|next\b|tomorrow|today|tonight|or\b|and\b|then\b)))");
    static const Pattern kNoon(R"(\b(noon|midday|midnight)\b)");
    const auto plain = westernDigits(text);
    std::vector<ClockTime> out;
    for (const auto& m : kNoon.all(plain))
        out.push_back({lowerAscii(m[0]) == "midnight" ? 0 : 720, true, m[0]});
    if (!hasDigit(plain)) return out;
    for (const auto& m : kColon.all(plain)) out.push_back(clockOf(whole(m[1]), whole(m[2]), m[3], m[0]));
    for (const auto& m : kHalf.all(plain)) out.push_back(clockOf(whole(m[1]), whole(m[2]), m[3], m[0]));
    for (const auto& m : kHour.all(plain)) out.push_back(clockOf(whole(m[1]), 0, "", m[0]));
    for (const auto& m : kAt.all(plain)) out.push_back(clockOf(whole(m[1]), 0, "", m[0]));
    return out;
}

std::vector<Day> days(std::string_view text) {
    static const Pattern kDayMonth(R"((?<!\d)([0-3]?\d)(?:st|nd|rd|th)?\s(?:of\s)?)" MONTH R"((?!\p{L}))");
    static const Pattern kMonthDay(R"((?<!\p{L}))" MONTH
                                   R"(\.?\s([0-3]?\d)(?:st|nd|rd|th)?(?![\d:%]|\s?[ap]m\b))");
    static const Pattern kIso(R"((?<!\d)\d{4}-(\d{2})-(\d{2})(?!\d))");
    static const Pattern kSlashes(R"((?<!\d)(\d{1,2})[/.](\d{1,2})[/.](?:\d{4}|\d{2})(?!\d))");
    const auto plain = westernDigits(text);
    std::vector<Day> out;
    if (!hasDigit(plain)) return out;
    for (const auto& m : kDayMonth.all(plain)) addDay(out, monthNumber(m[2]), whole(m[1]), m[0]);
    for (const auto& m : kMonthDay.all(plain)) addDay(out, monthNumber(m[1]), whole(m[2]), m[0]);
    for (const auto& m : kIso.all(plain)) addDay(out, whole(m[1]), whole(m[2]), m[0]);
    for (const auto& m : kSlashes.all(plain)) {
        addDay(out, whole(m[1]), whole(m[2]), m[0]);
        if (m[1] != m[2]) addDay(out, whole(m[2]), whole(m[1]), m[0]);
    }
    return out;
}

std::vector<int> weekdays(std::string_view text, bool loosely) {
    static const auto kNames =
        asWords({{"sunday", "sundays", "रविवार", "इतवार", "ravivar", "domingo"},
                 {"monday", "mondays", "सोमवार", "somvar", "lunes"},
                 {"tuesday", "tuesdays", "मंगलवार", "mangalvar", "mangalwar", "martes"},
                 {"wednesday", "wednesdays", "बुधवार", "budhvar", "budhwar", "miércoles"},
                 {"thursday", "thursdays", "गुरुवार", "guruvar", "guruwar", "jueves"},
                 {"friday", "fridays", "शुक्रवार", "shukravar", "shukrawar", "viernes"},
                 {"saturday", "saturdays", "शनिवार", "shanivar", "shaniwar", "sábado"}});
    static const auto kShort =
        asWords({{"sun"}, {"mon"}, {"tue", "tues"}, {"wed"}, {"thu", "thur", "thurs"}, {"fri"}, {"sat"}});
    const auto said = words(text);
    std::vector<int> out;
    for (int day = 0; day < 7; ++day) {
        const auto index = static_cast<std::size_t>(day);
        const auto occurs = [&](const std::string& name) { return said.find(name) != std::string::npos; };
        if (std::any_of(kNames[index].begin(), kNames[index].end(), occurs) ||
            (loosely && std::any_of(kShort[index].begin(), kShort[index].end(), occurs)))
            out.push_back(day);
    }
    return out;
}

std::vector<std::string> links(std::string_view text) {
    static const Pattern kLink(
        R"((?<![@\p{L}\d.-])(?:https?://|www\.)[^\s<>"']+|(?<![@\p{L}\d.-])(?:[\p{L}\d-]+\.)+(?:com|net|org|info|biz|io|app|dev|ly|example|co\.[a-z]{2})(?![\p{L}\d.-]*@|[\p{L}\d])(?:/[^\s<>"']*)?)");
    std::vector<std::string> out;
    for (auto& link : wholes(kLink, text)) {
        while (!link.empty() && std::string_view(".,!?;:)]").find(link.back()) != std::string_view::npos)
            link.pop_back();
        out.push_back(lowerAscii(link));
    }
    return out;
}

std::vector<std::string> emails(std::string_view text) {
    static const Pattern kEmail(R"([\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,})");
    if (text.find('@') == std::string_view::npos) return {};
    auto out = wholes(kEmail, text);
    for (auto& email : out) email = lowerAscii(email);
    return out;
}

std::vector<std::string> phones(std::string_view text) {
    static const Pattern kPhone(R"((?<![\p{L}\d$€£₹.,:/-])\+?\(?\d[\d ().-]{5,}\d(?![\d:/,]|\p{L}))");
    static const Pattern kDate(R"(^\d{4}-\d{2}-\d{2}$|^\d{1,2}\.\d{1,2}\.\d{2,4}$)");
    std::vector<std::string> out;
    const auto plain = westernDigits(text);
    if (!hasDigit(plain)) return out;
    for (const auto& phone : wholes(kPhone, plain)) {
        const auto digits = digitsOf(phone);
        if (digits.size() >= 7 && digits.size() <= 15 && kDate.all(phone).empty()) out.push_back(digits);
    }
    return out;
}

std::vector<std::string> placeholders(std::string_view text) {
    static const Pattern kPlaceholder(
        R"(\{\{?[^{}\n]*\}?\}|\[(?:your|insert|the|my|lead|first|last|company|customer|client|agent|sender|name|date|time|link|phone|email|number|slot)[\p{L} _./-]*\]|<(?:your|insert|first|last|name|company|link|date|time|phone)[\p{L} _./-]*>|\$\{[^}]*\}|(?<!\d)%[sd]\b)");
    return text.find_first_of("{[<%") == std::string_view::npos ? std::vector<std::string>()
                                                                : wholes(kPlaceholder, text);
}

#undef NUMBER
#undef MONTH

}  // namespace overture::agent::reading
