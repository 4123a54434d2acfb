// overture optout check: whether a text asks not to be contacted again.
#include <iostream>

#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "compliance/optout.hpp"

namespace overture::cli {
namespace {

Json answerOptOut(const Json& question) {
    if (!question.contains("text")) throw Error("\"text\" is missing");
    const auto verdict =
        compliance::checkOptOut(questionText(question, "text"), questionText(question, "language"),
                                questionText(question, "last_outbound"));
    return {{"verdict", compliance::nameOf(verdict.verdict)}, {"why", verdict.why}};
}

int runOptOutCheck(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"language=", "last-outbound=", "batch=", "json"});
    if (arguments.has("batch")) return runBatch(arguments.value("batch"), answerOptOut);
    if (arguments.positional().size() != 1) throw UsageError{"give one text, in quotes"};
    const auto answer = answerOptOut({{"text", arguments.positional()[0]},
                                      {"language", arguments.value("language")},
                                      {"last_outbound", arguments.value("last-outbound")}});
    if (arguments.has("json"))
        std::cout << toText(answer) << "\n";
    else
        std::cout << answer["verdict"].get<std::string>() << ": " << answer["why"].get<std::string>() << "\n";
    return 0;
}

const Registered optOutCheck{
    {"optout check", "is this text an opt-out",
     R"(Usage: overture optout check TEXT [--language en] [--last-outbound TEXT] [--json]
       overture optout check --batch FILE    one {"id", "text", "language"?, "last_outbound"?} a line; - is standard input

Answers optout, help, resubscribe, none, or unsure (treated as an opt-out from marketing and shown to a person).

  --language CODE      a hint; the exact words of every language are tried anyway
  --last-outbound TEXT what we said before it
  --json               the answer as one JSON object

Example: overture optout check "please take me off your list"
)",
     runOptOutCheck}};

}  // namespace
}  // namespace overture::cli
