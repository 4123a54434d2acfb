#include <set>

#include "base/text.hpp"
#include "playbook/placeholders.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

/// A vendor fills each variable once, by its place.
void checkVariables(const Template& made, const Node& node, Reader& reader) {
    for (const auto& [language, text] : made.text) {
        std::set<std::string> variables;
        for (const auto& placeholder : placeholdersOf(text))
            if (!variables.insert(placeholder.path).second)
                reader.error(node.line,
                             "template \"" + made.name + "\" has {" + placeholder.path +
                                 "} twice; each variable is filled once",
                             "Have it approved with the value in one place.");
    }
}

void readApprovedIn(Template& made, const Node& table, Reader& reader) {
    if (!table || !reader.plainTable(table, "approved_in of " + made.name)) return;
    for (const auto& [language, code] : table.fields) {
        if (!reader.knows(code.line, "language of this playbook", language, reader.languages)) continue;
        if (!code.is(Node::Type::text) || trim(code.text).empty())
            reader.error(code.line, "approved_in of " + made.name + " must be texts, not " + kindOf(code),
                         "Write { " + language + " = \"en_US\" }.");
        made.approvedIn[language] = code.text;
    }
}

}  // namespace

std::optional<Template> readTemplate(const std::string& name, const Node& node, Reader& reader) {
    if (node.word != "template") {
        reader.error(node.line, "templates." + name + " is " + kindOf(node),
                     "Write " + name + " = template { text = \"…\" }.");
        return std::nullopt;
    }
    const auto label = "template \"" + name + "\"";
    reader.keys(node, *wordNamed("template"), label);
    if (!node.has("text"))
        reader.error(node.line, label + " has no text", "Add text = \"…\", as it was approved.");
    Template made;
    made.name = name;
    made.approvedAs = reader.string(node, "approved_as", "approved_as of " + name);
    if (made.approvedAs.empty()) made.approvedAs = name;
    const auto before = reader.written.size();
    made.text = reader.text(node, "text", "text of " + name, true);
    for (auto i = before; i < reader.written.size(); ++i) reader.written[i].aroundBooking = true;
    checkVariables(made, node["text"], reader);
    readApprovedIn(made, node["approved_in"], reader);
    return made;
}

}  // namespace overture::playbook
