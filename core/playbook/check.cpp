#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "playbook/loader.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

std::pair<std::string, int> sortKey(const std::string& place) {
    const auto colon = place.rfind(':');
    if (colon == std::string::npos) return {place, 0};
    return {place.substr(0, colon), std::atoi(place.c_str() + colon + 1)};
}

/// playbook.lua first, then by file and line; the same finding once.
void tidy(std::vector<Finding>& findings) {
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        const auto left = sortKey(a.place);
        const auto right = sortKey(b.place);
        return std::tuple(left.first != "playbook.lua", left) <
               std::tuple(right.first != "playbook.lua", right);
    });
    for (auto& finding : findings) {
        finding.message = toValidUtf8(finding.message);
        finding.suggestion = toValidUtf8(finding.suggestion);
    }
    std::set<std::tuple<std::string, std::string>> seen;
    std::erase_if(findings, [&](const Finding& f) { return !seen.insert({f.place, f.message}).second; });
}

bool hasErrors(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& f) { return f.severity == "error"; });
}

void checkDefinition(const Files& files, Checked& checked, Definition& definition) {
    auto loaded = loadFile(files, "playbook.lua");
    checked.findings = std::move(loaded.findings);
    if (loaded.failed) return;
    if (loaded.returned.word != "playbook") {
        checked.findings.push_back({"error", "playbook.lua:1",
                                    "the file must return playbook { … }, not " + kindOf(loaded.returned),
                                    "Write return playbook { … }."});
        return;
    }
    const Outline outline(files.at("playbook.lua"));
    Reader reader(files, "playbook.lua", checked.findings);
    Lines lines;
    definition = readPlaybook(loaded.returned, files, reader, lines);
    for (const auto& mention : outline.mentions())
        if (mention.of == "use") definition.tools.insert(mention.name);
    for (const auto& variant : definition.variants)
        definition.worded[variant.name] = std::make_shared<const Definition>(definition.with(variant));
    checkRules(definition, lines, outline, reader, checked.findings);
    checkLooseEnds(definition, files, lines, outline, reader, checked.findings);
    if (!hasErrors(checked.findings)) tryFunctions(files, definition, lines, checked.findings);
}

}  // namespace

Checked check(const Files& files) {
    Checked checked;
    if (!files.contains("playbook.lua")) {
        checked.findings.push_back({"error", "playbook.lua:1", "there is no playbook.lua",
                                    "Write one that returns playbook { … }."});
        return checked;
    }
    Definition definition;
    checkDefinition(files, checked, definition);
    Json simulated = Json::array();
    readPeople(files, simulated, checked.findings);
    tidy(checked.findings);
    if (!hasErrors(checked.findings))
        checked.definition = std::make_shared<const Definition>(std::move(definition));
    return checked;
}

}  // namespace overture::playbook
