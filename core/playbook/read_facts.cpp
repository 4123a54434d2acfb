#include <map>
#include <set>

#include "base/text.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

FactType typeOf(const std::string& word) {
    static const std::map<std::string, FactType> types = {
        {"text", FactType::text},    {"number", FactType::number},
        {"money", FactType::money},  {"yes_no", FactType::yesNo},
        {"one_of", FactType::oneOf}, {"date", FactType::date},
        {"time", FactType::time},    {"phone", FactType::phone},
        {"email", FactType::email},  {"postal_code", FactType::postalCode}};
    return types.at(word);
}

void readChoices(Fact& fact, const Node& node, Reader& reader) {
    std::set<std::string> seen;
    for (const auto& item : node.items) {
        if (!item.is(Node::Type::text) || trim(item.text).empty()) {
            reader.error(item.line, "a choice of " + fact.name + " must be a text in quotes, not " +
                                        (item.is(Node::Type::text) ? "an empty one" : kindOf(item)));
            continue;
        }
        if (!seen.insert(foldCase(item.text)).second)
            reader.error(item.line, "the choice \"" + item.text + "\" of " + fact.name + " is there twice",
                         "Remove one of them.");
        fact.choices.push_back(item.text);
    }
    if (node.items.empty())
        reader.error(node.line, fact.name + " has no choices", "Write one_of { \"first\", \"second\" }.");
    else if (node.items.size() == 1)
        reader.warning(node.line, fact.name + " has only one choice");
}

void readCurrency(Fact& fact, const Node& node, Reader& reader) {
    std::set<std::string> used;
    for (const char* key : {"min", "max"})
        if (const auto& word = node[key].word; !word.empty()) used.insert(word);
    if (node.has("currency")) {
        fact.currency = reader.string(node, "currency", "currency");
        if (fact.currency.size() != 3 ||
            fact.currency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos)
            reader.error(node["currency"].line, "\"" + fact.currency + "\" is no currency",
                         "Write three capital letters: \"USD\".");
        used.insert(fact.currency);
    } else if (!used.empty()) {
        fact.currency = *used.begin();
    }
    if (used.size() > 1)
        reader.error(node.line, fact.name + " mixes currencies: " + join({used.begin(), used.end()}, ", "),
                     "Use one of them.");
}

}  // namespace

Fact readFact(const std::string& name, const Node& node, Reader& reader, bool setting) {
    Fact fact;
    fact.name = name;
    if (name.empty() ||
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") !=
            std::string::npos)
        reader.error(node.line, "\"" + name + "\" cannot be a name", "Use letters, digits and _.");
    if (!isFactWord(node.word)) {
        std::vector<std::string> kinds;
        for (const auto& word : words())
            if (isFactWord(word.name)) kinds.emplace_back(word.name);
        reader.error(node.line, name + " is " + kindOf(node),
                     "Write one of: " + join(kinds, ", ") + " { … }.");
        return fact;
    }
    fact.type = typeOf(node.word);
    reader.keys(node, *wordNamed(node.word), node.word + " \"" + name + "\"", fact.type == FactType::oneOf);
    fact.ask = reader.text(node, "ask", "ask of " + name, true);
    fact.required = reader.flag(node, "required", false);
    if (fact.required && !setting)
        reader.error(node["required"].line, "required is only for settings",
                     "A stage that needs " + name + " lists it in collect.");
    fact.confirm = reader.text(node, "confirm", "confirm of " + name, true);
    if (node.has("confirm") && setting)
        reader.error(node["confirm"].line, "confirm is only for facts",
                     "Remove it; an organization fills its settings in itself.");
    for (const auto& [language, question] : fact.confirm)
        if (question.find("{facts." + name + "}") == std::string::npos)
            reader.error(node["confirm"].line, "confirm of " + name + " does not say what was understood",
                         "Put {facts." + name + "} into it.");
    if (fact.type == FactType::oneOf) readChoices(fact, node, reader);
    if (fact.type == FactType::money) readCurrency(fact, node, reader);
    if (fact.type == FactType::money || fact.type == FactType::number) {
        fact.least = reader.number(node, "min");
        fact.most = reader.number(node, "max");
        if (fact.least && fact.most && *fact.least > *fact.most)
            reader.error(node["min"].line, "min of " + name + " is greater than max", "Swap them.");
    }
    return fact;
}

}  // namespace overture::playbook
