#include <algorithm>
#include <iostream>

#include "base/json.hpp"
#include "cli/command.hpp"
#include "playbook/definition.hpp"
#include "playbook/reference.hpp"

namespace overture::cli {
namespace {

std::size_t countOf(const playbook::Checked& checked, const std::string& severity) {
    return static_cast<std::size_t>(
        std::count_if(checked.findings.begin(), checked.findings.end(),
                      [&](const auto& finding) { return finding.severity == severity; }));
}

std::string counted(std::size_t count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void printJson(const playbook::Checked& checked, const std::string& version) {
    Json findings = Json::array();
    for (const auto& finding : checked.findings)
        findings.push_back({{"severity", finding.severity},
                            {"place", finding.place},
                            {"message", finding.message},
                            {"suggestion", finding.suggestion}});
    Json out{{"ok", checked.ok()}, {"version", version}, {"findings", findings}};
    if (checked.ok()) out["id"] = checked.definition->id;
    std::cout << toText(out) << "\n";
}

void printText(const playbook::Checked& checked, const std::string& version) {
    for (const auto& finding : checked.findings)
        std::cout << finding.place << ": " << (finding.severity == "warning" ? "warning: " : "")
                  << finding.message << (finding.suggestion.empty() ? "" : " — " + finding.suggestion)
                  << "\n";
    const auto errors = countOf(checked, "error");
    const auto warnings = countOf(checked, "warning");
    if (errors > 0) {
        std::cout << counted(errors, "error") << ", " << counted(warnings, "warning") << "\n";
        return;
    }
    const auto& definition = *checked.definition;
    std::cout << definition.id << ": " << counted(definition.stages.size(), "stage") << ", "
              << counted(definition.facts.size(), "fact") << ", "
              << counted(definition.objections.size(), "objection") << ", " << counted(warnings, "warning")
              << "; version " << version.substr(0, 12) << "\n";
}

int check(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"json"});
    if (arguments.positional().size() != 1) throw UsageError{"name one playbook folder"};
    const auto files = playbook::readFolder(arguments.positional()[0]);
    const auto checked = playbook::check(files);
    const auto version = playbook::versionOf(files);
    if (arguments.has("json"))
        printJson(checked, version);
    else
        printText(checked, version);
    return checked.ok() ? 0 : 1;
}

const Registered checkCommand{{"playbook check", "finds every mistake of a playbook",
                               R"(Usage: overture playbook check DIR [--json]

Reads DIR/playbook.lua, texts/ and people/ and prints every mistake with its place and a suggestion.
Exit status: 0 when it may be published, 1 when there are errors.
  --json   one JSON object: ok, id, version, findings [{severity, place, message, suggestion}]

Example:
  $ overture playbook check playbooks/solar-consult
  playbook.lua:31: there is no stage "discovry" — Did you mean "discovery"?)",
                               check}};

int showWords(const std::vector<std::string>& arguments) {
    const Arguments options(arguments, {"editor", "markdown"});
    if (!options.positional().empty()) throw UsageError{"this command takes options only"};
    std::cout << (options.has("editor")     ? playbook::editorTypes()
                  : options.has("markdown") ? playbook::referenceMarkdown()
                                            : playbook::referenceText());
    return 0;
}

const Registered wordsCommand{{"playbook words", "every word a playbook may use, with its keys",
                               R"(Usage: overture playbook words [--editor | --markdown]

  --editor     types for the Lua language server (playbooks/meta/overture.lua)
  --markdown   the reference part of docs/playbooks.md

Example:
  $ overture playbook words | less)",
                               showWords}};

}  // namespace
}  // namespace overture::cli
