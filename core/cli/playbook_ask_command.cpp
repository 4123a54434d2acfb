#include <cmath>
#include <iostream>

#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "playbook/knowledge.hpp"
#include "workshop/bench.hpp"

namespace overture::cli {
namespace {

Json answer(const playbook::Definition& definition, const std::string& asked) {
    Json passages = Json::array();
    for (const auto& passage : playbook::findPassages(definition.knowledge, asked, playbook::kMostPassages))
        passages.push_back({{"source", passage.source},
                            {"text", passage.text},
                            {"score", std::round(passage.score * 1000) / 1000}});
    return {{"passages", std::move(passages)}};
}

int ask(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"batch=", "json"});
    const bool isBatch = arguments.has("batch");
    if (arguments.positional().size() != (isBatch ? 1 : 2))
        throw UsageError{"name a playbook folder and a question in quotes, or --batch FILE"};
    const auto loaded = workshop::loadChecked(arguments.positional()[0]);
    const auto& definition = *loaded->definition;
    if (isBatch)
        return runBatch(arguments.value("batch"), [&](const Json& question) {
            return answer(definition, neededText(question, "text"));
        });
    const auto found = answer(definition, arguments.positional()[1]);
    if (arguments.has("json")) {
        std::cout << toText(found) << "\n";
        return 0;
    }
    for (const auto& passage : found["passages"])
        std::cout << textOf(passage, "source") << "\n  " << textOf(passage, "text") << "\n\n";
    if (found["passages"].empty())
        std::cout << (definition.knowledge.empty() ? "the playbook has no knowledge\n" : "nothing fits\n");
    return 0;
}

const Registered command{{"playbook ask", "what the agent may quote from, for a question",
                          R"(Usage: overture playbook ask DIR "QUESTION" [--json]
       overture playbook ask DIR --batch FILE      one {"id", "text"} a line; - is standard input

The passages of the playbook's knowledge that have to do with a question, the best first: what the agent is given as sources when
a lead asks it, and what the Overseer takes figures from. (Knowledge that is short is given whole.)

Example:
  $ overture playbook ask playbooks/solar-consult "what about the warranty?")",
                          ask}};

}  // namespace
}  // namespace overture::cli
