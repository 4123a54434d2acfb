#include <algorithm>

#include "base/text.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

template <typename Map>
std::vector<std::string> namesOf(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
}

/// talk.go, talk:facts, talk.fact
void checkTalk(const Mention& mention, Reader& reader) {
    std::vector<std::string> known;
    for (const auto& member : talkMembers()) {
        known.emplace_back(member.name);
        if (mention.name != member.name) continue;
        if (member.method == (mention.of == "talk:")) return;
        const std::string right = std::string("talk") + (member.method ? ":" : ".") + member.name;
        reader.error(
            mention.line, mention.of + mention.name + " must be written " + right,
            member.method ? "What talk does is called with a colon." : "What talk shows is read with a dot.");
        return;
    }
    const auto near = nearest(mention.name, known);
    reader.error(mention.line, "there is no " + mention.of + mention.name,
                 near.empty() ? "There are: " + join(known, ", ") + "." : "Did you mean talk." + near + "?");
}

void checkComparison(const Mention& mention, const Fact& fact, Reader& reader) {
    const auto wrong = [&](const std::string& what, const std::string& remedy) {
        reader.error(mention.line, fact.name + " " + what, remedy);
    };
    const bool isNumber = fact.type == FactType::number || fact.type == FactType::money;
    if (mention.with == 'n' && isNumber) return;
    const auto shown = mention.with == 't' ? "\"" + mention.against + "\"" : mention.against;
    if (isNumber)
        wrong("is a number and never " + shown,
              "Compare it with a number: talk.facts." + fact.name + " >= 10.");
    else if (fact.type == FactType::yesNo && mention.with != 'b')
        wrong("is true or false and never " + shown,
              "Write talk.facts." + fact.name + ", or talk.facts." + fact.name + " == false.");
    else if (fact.type == FactType::oneOf &&
             std::find(fact.choices.begin(), fact.choices.end(), mention.against) == fact.choices.end()) {
        const auto near = nearest(mention.against, fact.choices);
        wrong("is never " + shown, near.empty() ? "Its choices are: " + join(fact.choices, ", ") + "."
                                                : "Did you mean \"" + near + "\"?");
    } else if (fact.type != FactType::yesNo && mention.with != 't')
        wrong("is a text and never " + shown, "Compare it with a text in quotes.");
}

}  // namespace

void checkMentions(const Definition& definition, const Lines& lines, const Outline& outline, Reader& reader) {
    const auto facts = namesOf(lines.facts);
    const auto settings = namesOf(lines.settings);
    const auto stages = namesOf(lines.stages);
    for (const auto& mention : outline.mentions()) {
        if (mention.of == "facts" && reader.knows(mention.line, "fact", mention.name, facts) &&
            mention.with != 0)
            checkComparison(mention, definition.facts.at(mention.name), reader);
        if (mention.of == "settings") reader.knows(mention.line, "setting", mention.name, settings);
        if (mention.of == "lead") reader.knows(mention.line, "field of a lead", mention.name, leadFields());
        if (mention.of == "go" && !mention.name.empty())
            reader.knows(mention.line, "stage", mention.name, stages);
        if (mention.of == "use") reader.knows(mention.line, "capability", mention.name, toolNames());
        if (mention.of == "talk." || mention.of == "talk:") checkTalk(mention, reader);
        if (mention.of == "message.")
            reader.knows(mention.line, "field of a message", mention.name, messageFields());
    }
}

}  // namespace overture::playbook
