#include "compliance/number_list.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/text.hpp"
#include "compliance/evidence.hpp"
#include "compliance/numbers.hpp"

namespace overture::compliance {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kMostFields = 32;

struct Fields {
    std::string_view of[kMostFields];
    std::size_t count = 0;
};

std::string_view bare(std::string_view field) {
    field = trim(field);
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
        field = trim(field.substr(1, field.size() - 2));
    return field;
}

Fields fieldsOf(std::string_view line, char separator) {
    Fields fields;
    while (fields.count < kMostFields) {
        const auto end = line.find(separator);
        fields.of[fields.count++] = bare(line.substr(0, end));
        if (end == std::string_view::npos) break;
        line.remove_prefix(end + 1);
    }
    return fields;
}

bool isDigits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isChange(std::string_view text) {
    return text.size() == 1 && std::string_view("ADad").find(text[0]) != std::string_view::npos;
}

char separatorOf(std::string_view line) {
    for (const char c : {'\t', ';', '|', ','})
        if (line.find(c) != std::string_view::npos) return c;
    return ',';
}

/// Digits of a number as people write it, or why it is none. "00" in front is a plus.
std::string_view digitsOf(std::string_view text, char (&digits)[24], bool& international, std::string& why) {
    std::size_t count = 0;
    international = !text.empty() && text[0] == '+';
    for (std::size_t i = international ? 1 : 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c >= '0' && c <= '9') {
            if (count == std::size(digits)) {
                why = "too long for a number";
                return {};
            }
            digits[count++] = c;
        } else if (std::string_view(" -().").find(c) == std::string_view::npos) {
            why = "not a number";
            return {};
        }
    }
    std::string_view all(digits, count);
    if (!international && all.starts_with("00")) {
        international = true;
        all.remove_prefix(2);
    }
    if (all.empty()) why = "no number";
    return all;
}

bool isNanp(std::string_view ten) {
    return ten.size() == 10 && ten[0] >= '2' && ten[3] >= '2';
}

std::uint64_t valueOf(std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

NumberList::NumberList(std::string country, std::set<int> categories)
    : country_(std::move(country)), categories_(std::move(categories)) {
    if (country_ == "US" || country_ == "CA") calling_ = "1";
    if (country_ == "IN") calling_ = "91";
}

/// Looks at a file's first line: whether it is a header, and where the number stands.
bool NumberList::begin(std::string_view line, const std::string& name) {
    const auto refuse = [&](const char* what, const char* remedy) { throw Error(what, name, remedy); };
    if (line.starts_with("PK\x03\x04") || line.starts_with("\x1f\x8b"))
        refuse("this file is packed", "Unpack it first.");
    if (line.starts_with("<"))
        refuse("this is XML", "Fetch the list as a flat text file; that is what is read here.");
    separator_ = separatorOf(line);
    columns_ = {};
    const auto fields = fieldsOf(line, separator_);
    const bool header =
        std::any_of(fields.of, fields.of + fields.count,
                    [](std::string_view field) {
                        return field.size() > 1 && std::any_of(field.begin(), field.end(), [](char c) {
                                   return std::isalpha(static_cast<unsigned char>(c)) != 0;
                               });
                    }) &&
        std::none_of(fields.of, fields.of + fields.count,
                     [](std::string_view field) { return isDigits(field) && field.size() > 4; });
    if (!header) {
        if (fields.count >= 3 && isChange(fields.of[fields.count - 1]) && isDigits(fields.of[0]))
            refuse("this is a list of changes, and only a whole list can take the place of the one before",
                   "Fetch the full list.");
        const bool split =
            fields.count >= 2 && fields.of[0].size() == 3 && isDigits(fields.of[0]) && isDigits(fields.of[1]);
        if (split) columns_.area = 0, columns_.number = 1;
        return false;
    }
    columns_.number = std::string::npos;
    for (std::size_t i = 0; i < fields.count; ++i) {
        const auto title = lowerAscii(fields.of[i]);
        const auto speaksOf = [&](std::initializer_list<const char*> words) {
            return std::any_of(words.begin(), words.end(),
                               [&](const char* word) { return title.find(word) != std::string::npos; });
        };
        if (speaksOf({"service"})) continue;
        if (title == "ac" || speaksOf({"area code", "area_code", "areacode"}))
            columns_.area = i;
        else if (speaksOf({"preference"}))
            columns_.preferences = i;
        else if (speaksOf({"opstype", "ops type", "ops_type"}))
            columns_.change = i;
        else if (columns_.number == std::string::npos && !speaksOf({"type"}) &&
                 speaksOf({"phone", "number", "mobile", "msisdn"}))
            columns_.number = i;
    }
    if (columns_.number == std::string::npos && fields.count == 1) columns_.number = 0;
    if (columns_.number == std::string::npos)
        refuse("no column of this header speaks of a phone or number", "Name the column \"phone\".");
    return true;
}

void NumberList::read(std::istream& in, const std::string& name) {
    std::string line, why;
    bool first = true;
    for (std::int64_t number = 1; std::getline(in, line); ++number) {
        std::string_view text = line;
        if (number == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        if (trim(text).empty()) continue;
        if (first) {
            first = false;
            if (begin(trim(text), name)) continue;
        }
        ++lines_;
        switch (readLine(text, why)) {
            case Reading::good: break;
            case Reading::other: ++other_; break;
            case Reading::bad: note(name, number, text, std::move(why));
        }
    }
    if (in.bad()) throw Error("the list could not be read to its end", name, "Fetch it again.");
}

NumberList::Reading NumberList::readLine(std::string_view line, std::string& why) {
    why.clear();
    if (line.size() > kLongestLine) {
        why = "longer than any line of such a list";
        return Reading::bad;
    }
    const auto fields = fieldsOf(line, separator_);
    const auto field = [&](std::size_t at) { return at < fields.count ? fields.of[at] : std::string_view{}; };
    if (columns_.number >= fields.count) {
        why = "has too few columns";
        return Reading::bad;
    }
    if (columns_.change != std::string::npos &&
        (field(columns_.change) == "D" || field(columns_.change) == "d"))
        return Reading::other;
    const auto before = numbers_.size();
    if (!readNumber(field(columns_.area), fields.of[columns_.number], why)) return Reading::bad;
    if (columns_.preferences == std::string::npos || wanted(field(columns_.preferences), why))
        return Reading::good;
    numbers_.resize(before);
    return why.empty() ? Reading::other : Reading::bad;
}

bool NumberList::wanted(std::string_view preferences, std::string& why) const {
    if (preferences.empty() || categories_.empty()) return true;
    bool any = false;
    while (!preferences.empty()) {
        const auto end = std::min(preferences.find_first_of("#/ +&"), preferences.size());
        int category = 0;
        const auto [stop, failed] = std::from_chars(preferences.data(), preferences.data() + end, category);
        if (failed != std::errc() || stop != preferences.data() + end) {
            why = "its preferences cannot be read";
            return false;
        }
        any = any || category == 0 || categories_.contains(category);
        preferences.remove_prefix(std::min(end + 1, preferences.size()));
    }
    return any;
}

bool NumberList::readNumber(std::string_view area, std::string_view text, std::string& why) {
    std::string joined;
    if (!area.empty()) text = joined = std::string(area) + std::string(text);
    char buffer[24];
    bool international = false;
    auto digits = digitsOf(text, buffer, international, why);
    if (!why.empty()) return false;
    if (!international && calling_ == "1") {
        if (digits.size() == 11 && digits[0] == '1') digits.remove_prefix(1);
        if (!isNanp(digits)) {
            why = digits.size() == 10 ? "no such area code or exchange" : "not ten digits";
            return false;
        }
        numbers_.push_back(10'000'000'000ULL + valueOf(digits));
        return true;
    }
    if (!international && calling_ == "91") {
        if (digits.size() == 12 && digits.starts_with("91")) digits.remove_prefix(2);
        if (digits.size() == 11 && digits[0] == '0') digits.remove_prefix(1);
        if (digits.size() != 10 || digits[0] == '0') {
            why = digits.size() == 10 ? "no number of India begins so" : "not ten digits";
            return false;
        }
        numbers_.push_back(910'000'000'000ULL + valueOf(digits));
        return true;
    }
    if (international) {
        if (!compliance::readNumber("+" + std::string(digits)).readable) {
            why = "no such number in any country";
            return false;
        }
        numbers_.push_back(valueOf(digits));
        return true;
    }
    const auto check = checkPhone(std::string(text), country_);
    why = check.reason;
    if (check.valid) numbers_.push_back(valueOf(std::string_view(check.e164).substr(1)));
    return check.valid;
}

void NumberList::note(const std::string& name, std::int64_t line, std::string_view text, std::string why) {
    ++bad_;
    if (badLines_.size() < kBadLinesKept)
        badLines_.push_back({name, line, toValidUtf8(trim(text).substr(0, 80)), std::move(why)});
}

std::vector<std::uint64_t> NumberList::take() {
    std::sort(numbers_.begin(), numbers_.end());
    numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
    return std::move(numbers_);
}

}  // namespace overture::compliance
