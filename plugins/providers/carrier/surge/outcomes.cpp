#include "outcomes.hpp"

#include <algorithm>

#include "overture/vendor_answers.hpp"

namespace overture::surge {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::Outcome;

namespace {

/// {"error": {"type": "…"}}, when it is a word.
std::string typeOf(const HttpAnswer& answer) {
    const auto body = sdk::parsed(answer.body);
    auto type = sdk::textOf(sdk::objectIn(body, "error"), "type");
    const bool isWord =
        !type.empty() && type.size() <= 64 && std::all_of(type.begin(), type.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
        });
    return isWord ? type : std::string();
}

}  // namespace

Answer problemOf(const HttpAnswer& answer) {
    if (auto none = sdk::unanswered(answer, "Surge")) return *none;
    const auto type = typeOf(answer);
    const auto code = type.empty() ? std::to_string(answer.status) : type;
    const auto said =
        "Surge answered " + std::to_string(answer.status) + (type.empty() ? "" : " (" + type + ")");
    if (type.find("opted_out") != std::string::npos)
        return Answer::no(Outcome::rejected, said + ": the recipient opted out", "opted_out");
    if (answer.status == 402) return Answer::no(Outcome::auth, said + ": the account has to pay", code);
    return sdk::byStatus(answer, said, code, "api_key and account_id");
}

Answer readProblemOf(const HttpAnswer& answer) {
    return sdk::ofReading(problemOf(answer));
}

}  // namespace overture::surge
