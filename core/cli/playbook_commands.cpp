#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/json.hpp"
#include "base/text.hpp"
#include "campaign/team.hpp"
#include "cli/command.hpp"
#include "playbook/check_folder.hpp"
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
    Json out{{"ok", checked.ok()}, {"version", version}, {"findings", playbook::toJson(checked.findings)}};
    if (checked.ok()) out["id"] = checked.definition->id;
    std::cout << toText(out) << "\n";
}

void printText(const playbook::Checked& checked, const std::string& version) {
    for (const auto& finding : checked.findings) std::cout << playbook::sentence(finding) << "\n";
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

/// team.csv, where there is one.
void checkTeam(const std::string& directory, playbook::Checked& checked) {
    const auto path = directory + "/team.csv";
    if (!std::filesystem::exists(path)) return;
    try {
        (void)campaign::readTeam(readFile(path), "team.csv", Instant());
    } catch (const Error& error) {
        const auto& problem = error.problem();
        checked.findings.push_back({"error", problem.where, problem.what, problem.remedy});
        checked.definition.reset();
    }
}

int check(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"json"});
    if (arguments.positional().size() != 1) throw UsageError{"name one playbook folder"};
    const auto& directory = arguments.positional()[0];
    auto checked = playbook::checkFolder(directory);
    checkTeam(directory, checked);
    const auto version = playbook::versionOf(playbook::readFolder(directory));
    if (arguments.has("json"))
        printJson(checked, version);
    else
        printText(checked, version);
    return checked.ok() ? 0 : 1;
}

const Registered checkCommand{{"playbook check", "finds every mistake of a playbook",
                               R"(Usage: overture playbook check DIR [--json]

Reads DIR/playbook.lua, texts/, people/, tests/, settings.json and team.csv, tries every function with facts known and unknown,
and prints every mistake with its place and a suggestion; docs/playbook-mistakes.md explains them.
Exit status: 0 when it may be published, 1 when there are errors.
  --json   one JSON object: ok, id, version, findings [{severity, place, file, line, message, suggestion}]

Example:
  $ overture playbook check playbooks/solar-consult
  playbook.lua:31: there is no stage "discovry" — Did you mean "discovery"?)",
                               check}};

int showWords(const std::vector<std::string>& arguments) {
    const Arguments options(arguments, {"editor", "markdown", "library", "luacheck", "record"});
    if (!options.positional().empty()) throw UsageError{"this command takes options only"};
    std::cout << (options.has("editor")     ? playbook::editorTypes()
                  : options.has("markdown") ? playbook::referenceMarkdown()
                  : options.has("library")  ? playbook::libraryMarkdown()
                  : options.has("luacheck") ? playbook::luacheckConfiguration()
                  : options.has("record")   ? playbook::recordOfTheLanguage()
                                            : playbook::referenceText());
    return 0;
}

const Registered wordsCommand{
    {"playbook words", "every word a playbook may use, with its keys",
     R"(Usage: overture playbook words [--editor | --markdown | --library | --luacheck | --record]

  --editor     types for the Lua language server (playbooks/meta/overture.lua)
  --markdown   the reference part of docs/playbooks.md
  --library    what of Lua's own functions there is (docs/lua-api.md)
  --luacheck   luacheck's configuration (.luacheckrc)
  --record     all of it, one a line (tests/lua/api-1.txt): what stands there may not change without a new api

Example:
  $ overture playbook words | less)",
     showWords}};

}  // namespace
}  // namespace overture::cli
