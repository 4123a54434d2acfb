// overture phone check: what a number is.
#include <iostream>

#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "compliance/evidence.hpp"

namespace overture::cli {
namespace {

Json answerPhone(const Json& question) {
    const auto check =
        compliance::checkPhone(questionText(question, "raw"), questionText(question, "region"));
    Json answer = {{"valid", check.valid}};
    if (!check.e164.empty()) answer["e164"] = check.e164;
    if (!check.type.empty()) answer["type"] = check.type;
    if (!check.region.empty()) answer["region"] = check.region;
    if (!check.reason.empty()) answer["reason"] = check.reason;
    return answer;
}

int runPhoneCheck(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"region=", "batch=", "json"});
    if (arguments.has("batch")) return runBatch(arguments.value("batch"), answerPhone);
    if (arguments.positional().size() != 1)
        throw UsageError{"name one number; put it in quotes when it has spaces"};
    const auto answer =
        answerPhone({{"raw", arguments.positional()[0]}, {"region", arguments.value("region")}});
    if (arguments.has("json"))
        std::cout << toText(answer) << "\n";
    else if (answer["valid"])
        std::cout << answer["e164"].get<std::string>() << " is valid: " << answer["type"].get<std::string>()
                  << ", " << answer["region"].get<std::string>() << "\n";
    else
        std::cout << "Not a valid number: " << answer["reason"].get<std::string>() << "\n";
    return 0;
}

const Registered phoneCheck{{"phone check", "what is this number",
                             R"(Usage: overture phone check NUMBER [--region US] [--json]
       overture phone check --batch FILE     one {"id", "raw", "region"?} a line; - is standard input

  --region CC          country assumed when the number has no country code
  --json               the answer as one JSON object

Example: overture phone check "(480) 555-0123" --region US
)",
                             runPhoneCheck}};

}  // namespace
}  // namespace overture::cli
