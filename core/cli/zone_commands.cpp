// overture zone: which time zones a piece of evidence leaves.
#include <iostream>

#include "base/text.hpp"
#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "cli/evidence_options.hpp"

namespace overture::cli {
namespace {

Json answerZone(const Json& question) {
    const auto places = compliance::placesOf(evidenceOf(question));
    Json answer = {{"zones", places.zones}, {"by", places.by}, {"jurisdictions", places.jurisdictions}};
    if (!places.problems.empty()) answer["problems"] = places.problems;
    return answer;
}

int runZone(const std::vector<std::string>& words) {
    auto spec = evidenceSpec();
    spec.insert(spec.end(), {"batch=", "json"});
    const Arguments arguments(words, spec);
    if (!arguments.positional().empty()) throw UsageError{"evidence is given by options, such as --phone"};
    if (arguments.has("batch")) return runBatch(arguments.value("batch"), answerZone);
    const auto question = evidenceQuestion(arguments);
    if (question.empty()) throw UsageError{"give some evidence, such as --phone or --state"};
    const auto answer = answerZone(question);
    if (arguments.has("json")) {
        std::cout << toText(answer) << "\n";
        return 0;
    }
    std::cout << "Zones          " << listText(answer["zones"]) << "\n"
              << "Told by        " << listText(answer["by"]) << "\n"
              << "Jurisdictions  " << listText(answer["jurisdictions"]) << "\n";
    for (const auto& problem : answer.value("problems", Json::array()))
        std::cout << "Problem        " << problem.get<std::string>() << "\n";
    return 0;
}

const Registered zone{{"zone", "which time zones does this evidence leave",
                       R"(Usage: overture zone [EVIDENCE] [--json]
       overture zone --batch FILE       one {"id", "phone", "state", …} a line; - is standard input

What the person said and a zone field outrank the number. With several zones left, a contact must be
allowed in all of them; with none, nothing is allowed.

  --phone NUMBER       E.164, or as dialled in --country
  --country, --state, --postal-code, --zone, --said, --ip-state
  --json               the answer as one JSON object

Example: overture zone --phone "+1 212 555 0123" --said "I'm in Phoenix"
)",
                       runZone}};

}  // namespace
}  // namespace overture::cli
