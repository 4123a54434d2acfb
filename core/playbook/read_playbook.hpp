// From the nodes of playbook { … } to a Definition, section by section, and the rules that look across
// sections.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "playbook/outline.hpp"
#include "playbook/reader.hpp"

namespace overture::playbook {

/// Lines that the rules need and the Definition does not hold.
struct Lines {
    std::map<std::string, int> stages, facts, settings, objections;
    std::map<std::string, std::map<std::string, int>> moves;  ///< stage → target
    std::map<std::string, int> quiets, afters, otherwises, checkpoints, templates;
    int playbook = 1, start = 1, inbound = 1, channels = 1;
};

/// Reads everything that can be read; what is wrong goes to the reader.
Definition readPlaybook(const Node& root, const Files& files, Reader& reader, Lines& lines);

/// Unknown names, ways in and out, placeholders, lengths, contradictions.
void checkRules(const Definition& definition, const Lines& lines, const Outline& outline, Reader& reader,
                std::vector<Finding>& findings);

/// Names that functions use: facts, settings, fields of the lead, stages, members of talk; and what facts are compared with.
void checkMentions(const Definition& definition, const Lines& lines, const Outline& outline, Reader& reader);

/// What is declared and used nowhere, what is there twice, and what looks like a placeholder and is none.
void checkLooseEnds(const Definition& definition, const Files& files, const Lines& lines,
                    const Outline& outline, Reader& reader, std::vector<Finding>& findings);

/// Asks every function of a playbook without errors, once with nothing known and then with facts of each kind, and reports what
/// would fail in a conversation.
void tryFunctions(const Files& files, const Definition& definition, const Lines& lines,
                  std::vector<Finding>& findings);

/// What is wrong with people/*.lua; `out` gets the people that can be read.
void readPeople(const Files& files, Json& out, std::vector<Finding>& findings);

/// name = money { … } and the like.
Fact readFact(const std::string& name, const Node& node, Reader& reader, bool setting);

/// name = template { … }; nothing when it is something else.
std::optional<Template> readTemplate(const std::string& name, const Node& node, Reader& reader);

}  // namespace overture::playbook
