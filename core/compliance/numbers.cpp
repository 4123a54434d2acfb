#include "compliance/numbers.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "compliance/evidence.hpp"

namespace overture::compliance {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

bool allDigits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// A number of the North American plan, told by its shape: +1, area code, exchange and line.
bool isNanpShape(std::string_view e164) {
    return e164.size() == 12 && e164.starts_with("+1") && e164[2] >= '2' && e164[5] >= '2';
}

NumberEvidence readNanp(std::string_view e164) {
    if (!isNanpShape(e164)) return {};
    NumberEvidence evidence{true, {}, Tables::get().areaCode(number(e164.substr(2, 3)))};
    if (evidence.spot != nullptr) evidence.country = countryOf(evidence.spot->regions.front());
    return evidence;
}

bool isGeographic(PhoneNumberUtil::PhoneNumberType type) {
    switch (type) {
        case PhoneNumberUtil::TOLL_FREE:
        case PhoneNumberUtil::PREMIUM_RATE:
        case PhoneNumberUtil::SHARED_COST:
        case PhoneNumberUtil::PERSONAL_NUMBER:
        case PhoneNumberUtil::PAGER:
        case PhoneNumberUtil::UAN:
        case PhoneNumberUtil::VOICEMAIL: return false;
        default: return true;
    }
}

NumberEvidence inCountry(std::string country) {
    const auto* spot = Tables::get().country(country);
    return {true, spot == nullptr ? std::string{} : std::move(country), spot};
}

NumberEvidence askLibrary(std::string_view e164) {
    const auto& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber parsed;
    if (util.Parse(std::string(e164), "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
    if (!util.IsPossibleNumber(parsed)) return {};
    std::string region;
    if (!util.IsValidNumber(parsed)) {
        util.GetRegionCodeForCountryCode(parsed.country_code(), &region);
        return inCountry(region);
    }
    util.GetRegionCodeForNumber(parsed, &region);
    if (!isGeographic(util.GetNumberType(parsed))) return {true, {}, nullptr};
    return inCountry(region);
}

struct Range {
    std::string_view prefix;
    std::size_t shortest, longest;  ///< of the whole number with its plus
    const char* country;            ///< nullptr: the library is asked
};

/// Ranges so common that asking the library would be the gate's main work; the first that fits counts. Each lies wholly in
/// one country and is geographic or mobile; unit_compliance_test holds them equal to the library. Guernsey, Jersey and the
/// Isle of Man have mobile ranges among those of Great Britain.
constexpr Range kCommon[] = {
    {"+916", 13, 13, "IN"},       {"+917", 13, 13, "IN"},       {"+918", 13, 13, "IN"},
    {"+919", 13, 13, "IN"},       {"+447781", 13, 13, nullptr}, {"+447839", 13, 13, nullptr},
    {"+447911", 13, 13, nullptr}, {"+44750", 13, 13, nullptr},  {"+447829", 13, 13, nullptr},
    {"+447937", 13, 13, nullptr}, {"+44770", 13, 13, nullptr},  {"+447797", 13, 13, nullptr},
    {"+447457", 13, 13, nullptr}, {"+447524", 13, 13, nullptr}, {"+447924", 13, 13, nullptr},
    {"+4471", 13, 13, "GB"},      {"+4472", 13, 13, "GB"},      {"+4473", 13, 13, "GB"},
    {"+4474", 13, 13, "GB"},      {"+4475", 13, 13, "GB"},      {"+4477", 13, 13, "GB"},
    {"+4478", 13, 13, "GB"},      {"+4479", 13, 13, "GB"},      {"+4420", 13, 13, "GB"},
    {"+4411", 13, 13, "GB"},      {"+4412", 13, 13, "GB"},      {"+4413", 13, 13, "GB"},
    {"+4417", 13, 13, "GB"},      {"+4418", 13, 13, "GB"},      {"+4419", 13, 13, "GB"},
    {"+331", 12, 12, "FR"},       {"+332", 12, 12, "FR"},       {"+333", 12, 12, "FR"},
    {"+334", 12, 12, "FR"},       {"+335", 12, 12, "FR"},       {"+336", 12, 12, "FR"},
    {"+337", 12, 12, "FR"},       {"+4915", 14, 14, "DE"},      {"+4917", 13, 14, "DE"},
    {"+4930", 10, 14, "DE"},      {"+4940", 10, 14, "DE"},      {"+4969", 10, 14, "DE"},
    {"+4989", 10, 14, "DE"},      {"+346", 12, 12, "ES"},       {"+3491", 12, 12, "ES"},
    {"+3493", 12, 12, "ES"},      {"+614", 12, 12, "AU"},       {"+612", 12, 12, "AU"},
    {"+613", 12, 12, "AU"},       {"+617", 12, 12, "AU"}};

const char* commonCountry(std::string_view e164) {
    for (const auto& range : kCommon)
        if (e164[2] == range.prefix[2] && e164[1] == range.prefix[1] && e164.size() >= range.shortest &&
            e164.size() <= range.longest && e164.starts_with(range.prefix))
            return range.country;
    return nullptr;
}

const char* typeName(PhoneNumberUtil::PhoneNumberType type) {
    switch (type) {
        case PhoneNumberUtil::FIXED_LINE: return "fixed_line";
        case PhoneNumberUtil::MOBILE: return "mobile";
        case PhoneNumberUtil::FIXED_LINE_OR_MOBILE: return "fixed_line_or_mobile";
        case PhoneNumberUtil::TOLL_FREE: return "toll_free";
        case PhoneNumberUtil::PREMIUM_RATE: return "premium_rate";
        case PhoneNumberUtil::SHARED_COST: return "shared_cost";
        case PhoneNumberUtil::VOIP: return "voip";
        case PhoneNumberUtil::PERSONAL_NUMBER: return "personal_number";
        case PhoneNumberUtil::PAGER: return "pager";
        case PhoneNumberUtil::UAN: return "uan";
        case PhoneNumberUtil::VOICEMAIL: return "voicemail";
        default: return "unknown";
    }
}

std::string parseReason(PhoneNumberUtil::ErrorType error, const std::string& region) {
    switch (error) {
        case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
            return region.empty() ? "no country code; start with + or say the country"
                                  : "no such country code";
        case PhoneNumberUtil::TOO_SHORT_AFTER_IDD: return "nothing after the international prefix";
        case PhoneNumberUtil::TOO_SHORT_NSN: return "too short";
        case PhoneNumberUtil::TOO_LONG_NSN: return "too long";
        default: return "not a phone number";
    }
}

std::string invalidReason(const PhoneNumberUtil& util, const PhoneNumber& parsed) {
    switch (util.IsPossibleNumberWithReason(parsed)) {
        case PhoneNumberUtil::TOO_SHORT: return "too short for its country";
        case PhoneNumberUtil::TOO_LONG: return "too long for its country";
        case PhoneNumberUtil::INVALID_COUNTRY_CODE: return "no such country code";
        case PhoneNumberUtil::INVALID_LENGTH: return "not a length its country uses";
        case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: return "the area code is missing";
        default: return "no number of its country's plan begins so";
    }
}

/// Area codes assigned since the library's data was made.
bool isNewAreaCode(const std::string& e164) {
    return isNanpShape(e164) &&
           Tables::get().areaCode(number(std::string_view(e164).substr(2, 3))) != nullptr;
}

/// What all numbers of one exchange of the North American plan have in common.
struct Exchange {
    std::string type, region;
};

/// By area code and exchange; known once the library has found one of its numbers valid.
std::atomic<const Exchange*>& exchangeOf(std::string_view digits) {
    static std::array<std::atomic<const Exchange*>, 800'000> exchanges{};
    return exchanges[static_cast<std::size_t>(number(digits.substr(0, 6)) - 200'000)];
}

/// There are a few dozen of them; kept for the life of the program.
const Exchange* interned(const std::string& type, const std::string& region) {
    static std::mutex mutex;
    static auto* const kinds = new std::map<std::pair<std::string, std::string>, Exchange>;
    const std::scoped_lock lock(mutex);
    return &kinds->try_emplace({type, region}, Exchange{type, region}).first->second;
}

/// "602-555-0101 x12" → "602-555-0101": an extension of up to five digits, as most people write one.
std::string_view withoutExtension(std::string_view text) {
    auto end = text.size();
    while (end > 0 && text[end - 1] >= '0' && text[end - 1] <= '9') --end;
    const auto digits = text.size() - end;
    auto rest = text.substr(0, end);
    if (digits == 0 || digits > 5) return text;
    for (const std::string_view mark : {"ext. ", "ext.", "ext ", "ext", "x ", "x"})
        if (rest.ends_with(mark) && rest.size() > mark.size()) {
            rest.remove_suffix(mark.size());
            return trim(rest);
        }
    return text;
}

/// The ten digits of a number as people of the North American plan write it; empty when it may be anything else.
std::string nanpDigits(std::string_view text, std::string_view region) {
    const bool athome = region == "US" || region == "CA";
    text = withoutExtension(text);
    if (text.starts_with("tel:+")) text.remove_prefix(4);
    const bool zeros = text.starts_with("001") && (athome || region.empty());
    const bool plus = text.starts_with('+') || zeros;
    std::string digits;
    for (const char c : text.substr(zeros ? 2 : plus ? 1 : 0)) {
        if (c >= '0' && c <= '9')
            digits += c;
        else if (std::string_view(" ().-").find(c) == std::string_view::npos)
            return {};
    }
    const bool whole = digits.size() == 11 && digits[0] == '1' && (plus || athome);
    if (whole) digits.erase(0, 1);
    if ((!whole && (plus || !athome)) || digits.size() != 10 || digits[0] < '2' || digits[3] < '2') return {};
    return digits;
}

/// The library's verdict; `assumed`: the country of a number without a country code, or empty.
PhoneCheck parsedFrom(std::string_view text, const std::string& assumed) {
    PhoneCheck check;
    if (text.empty()) {
        check.reason = "empty";
        return check;
    }
    const auto& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber parsed;
    const auto error = util.Parse(toValidUtf8(text), assumed.empty() ? "ZZ" : assumed, &parsed);
    if (error != PhoneNumberUtil::NO_PARSING_ERROR) {
        check.reason = parseReason(error, assumed);
        return check;
    }
    util.Format(parsed, PhoneNumberUtil::E164, &check.e164);
    if (util.IsValidNumber(parsed)) {
        util.GetRegionCodeForNumber(parsed, &check.region);
        check.type = typeName(util.GetNumberType(parsed));
        check.valid = true;
    } else if (isNewAreaCode(check.e164)) {
        check.region =
            countryOf(Tables::get().areaCode(number(std::string_view(check.e164).substr(2, 3)))->regions[0]);
        check.type = "fixed_line_or_mobile";
        check.valid = true;
    } else {
        check.reason = invalidReason(util, parsed);
        check.e164.clear();
    }
    return check;
}

/// What the library said of the numbers asked for lately. Any thread.
class Lately {
public:
    NumberEvidence of(std::string_view e164) {
        auto& seen = seen_[hash64(e164) % seen_.size()];
        {
            const std::scoped_lock lock(seen.mutex);
            if (seen.number == e164) return seen.evidence;
        }
        auto evidence = askLibrary(e164);
        const std::scoped_lock lock(seen.mutex);
        seen.number = e164;
        return seen.evidence = std::move(evidence);
    }

private:
    struct Seen {
        std::mutex mutex;
        std::string number;
        NumberEvidence evidence;
    };
    std::array<Seen, 1024> seen_;
};

}  // namespace

NumberEvidence readNumber(std::string_view e164) {
    if (e164.size() < 8 || e164.size() > 16 || e164[0] != '+' || !allDigits(e164.substr(1))) return {};
    if (e164[1] == '1') return readNanp(e164);
    if (const auto* country = commonCountry(e164)) return inCountry(country);
    static Lately lately;
    return lately.of(e164);
}

NumberEvidence readNumberByLibrary(std::string_view e164) {
    return askLibrary(e164);
}

PhoneCheck checkPhone(const std::string& raw, const std::string& region) {
    const auto digits = nanpDigits(trim(raw), region);
    if (digits.empty()) return checkPhoneByLibrary(raw, region);
    auto& exchange = exchangeOf(digits);
    if (const auto* known = exchange.load(std::memory_order_acquire))
        return {true, "+1" + digits, known->type, known->region, {}};
    auto check = checkPhoneByLibrary(raw, region);
    if (check.valid && check.e164 == "+1" + digits)
        exchange.store(interned(check.type, check.region), std::memory_order_release);
    return check;
}

PhoneCheck checkPhoneByLibrary(const std::string& raw, const std::string& region) {
    const auto text = trim(raw);
    const auto assumed = Tables::get().countryCode(region);
    auto check = parsedFrom(text, assumed);
    if (check.valid || !text.starts_with("00")) return check;
    auto international = parsedFrom("+" + std::string(text.substr(2)), assumed);
    return international.valid ? international : check;
}

}  // namespace overture::compliance
