#include "cli/evidence_options.hpp"

#include "base/text.hpp"
#include "cli/batch.hpp"

namespace overture::cli {
namespace {

constexpr const char* kNames[] = {"phone", "country", "state", "postal_code", "zone", "said", "ip_state"};

std::string optionOf(const std::string& key) {
    return replaceAll(key, "_", "-");
}

/// "+1 (480) 555-0123" → "+14805550123" without asking whether it is assigned; anything else is asked.
std::string e164Of(const std::string& raw, const std::string& country) {
    const auto text = trim(raw);
    if (!text.empty() && text[0] == '+' &&
        text.find_first_not_of("+0123456789 ()-./") == std::string_view::npos &&
        text.find('+', 1) == std::string_view::npos) {
        std::string number = "+";
        for (const char c : text)
            if (c >= '0' && c <= '9') number += c;
        return number;
    }
    if (text.empty()) return {};
    const auto check = compliance::checkPhone(raw, country);
    return check.valid ? check.e164 : raw;
}

}  // namespace

const std::vector<std::string>& evidenceSpec() {
    static const auto spec = [] {
        std::vector<std::string> options;
        for (const auto* name : kNames) options.push_back(optionOf(name) + "=");
        return options;
    }();
    return spec;
}

Json evidenceQuestion(const Arguments& arguments) {
    auto question = Json::object();
    for (const auto* name : kNames)
        if (arguments.has(optionOf(name))) question[name] = arguments.value(optionOf(name));
    return question;
}

compliance::PlaceEvidence evidenceOf(const Json& question) {
    compliance::PlaceEvidence evidence;
    evidence.country = questionText(question, "country");
    evidence.phone = e164Of(questionText(question, "phone"), evidence.country);
    evidence.state = questionText(question, "state");
    evidence.postalCode = questionText(question, "postal_code");
    evidence.zone = questionText(question, "zone");
    evidence.said = questionText(question, "said");
    evidence.ipState = questionText(question, "ip_state");
    return evidence;
}

std::string listText(const Json& list) {
    std::vector<std::string> items = list;
    return items.empty() ? "none" : join(items, ", ");
}

}  // namespace overture::cli
