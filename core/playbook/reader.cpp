#include "playbook/reader.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::playbook {
namespace {

bool isTable(const Node& node) {
    return node.is(Node::Type::table);
}
bool isText(const Node& node) {
    return node.is(Node::Type::text);
}

bool isFile(const Node& node) {
    return isTable(node) && node.word == "file" && node.items.size() == 1;
}

/// "texts/price.md", "hi" → "texts/price.hi.md"
std::string inLanguage(const std::string& path, const std::string& language) {
    const auto dot = path.rfind('.');
    return dot == std::string::npos ? path + "." + language
                                    : path.substr(0, dot) + "." + language + path.substr(dot);
}

}  // namespace

void Reader::error(int line, std::string message, std::string suggestion) {
    findings_.push_back({"error", place(line), std::move(message), std::move(suggestion)});
}

void Reader::warning(int line, std::string message, std::string suggestion) {
    findings_.push_back({"warning", place(line), std::move(message), std::move(suggestion)});
}

void Reader::wrongType(const Node& node, const std::string& label, const std::string& expected) {
    const char* help = expected.starts_with("a text")                 ? "Write it in quotes: \"…\"."
                       : expected.starts_with("true")                 ? "Write true or false, without quotes."
                       : expected.find("number") != std::string::npos ? "Write digits without quotes: 30."
                       : expected.starts_with("a list") ? "Put it into { }, even if there is only one."
                                                        : "`overture playbook words` shows how.";
    error(node.line, label + " must be " + expected + ", not " + kindOf(node), help);
}

bool Reader::keys(const Node& node, const Word& word, const std::string& label, bool itemsAllowed) {
    if (!isTable(node)) {
        wrongType(node, label,
                  std::string("a table") + (word.callable ? ": " + std::string(word.name) + " { … }" : ""));
        return false;
    }
    const auto known = keyNames(word);
    for (const auto& [key, value] : node.fields) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const auto near = nearest(key, known);
        error(value.line, label + " has no key \"" + key + "\"",
              near.empty() ? "It may have: " + join(known, ", ") + "." : "Did you mean \"" + near + "\"?");
    }
    if (!itemsAllowed && !node.items.empty())
        error(node.items[0].line, label + " holds a value without a key", "Write key = value.");
    for (const auto& [key, lines] : node.twice)
        error(lines.second,
              "\"" + key + "\" is written twice in " + label + "; the first is on line " +
                  std::to_string(lines.first),
              "Remove one of them or give it another name.");
    return true;
}

bool Reader::plainTable(const Node& table, const std::string& label) {
    if (!table.is(Node::Type::table) || !table.word.empty()) {
        error(table.line, label + " must be a table of names, not " + kindOf(table),
              "Write " + label + " = { name = … }.");
        return false;
    }
    if (!table.items.empty())
        error(table.items[0].line, "something in " + label + " has no name", "Write name = ….");
    for (const auto& [key, lines] : table.twice)
        error(lines.second,
              "\"" + key + "\" is written twice in " + label + "; the first is on line " +
                  std::to_string(lines.first),
              "Give one of them another name.");
    return true;
}

std::string Reader::string(const Node& table, const std::string& key, const std::string& label) {
    const auto& node = table[key];
    if (!node) return {};
    if (!isText(node)) {
        wrongType(node, label, "a text in quotes");
        return {};
    }
    if (trim(node.text).empty())
        error(node.line, label + " is empty", "Write something, or leave the key out.");
    return node.text;
}

bool Reader::flag(const Node& table, const std::string& key, bool otherwise) {
    const auto& node = table[key];
    if (!node) return otherwise;
    if (!node.is(Node::Type::flag)) {
        wrongType(node, key, "true or false");
        return otherwise;
    }
    return node.flag;
}

std::optional<double> Reader::number(const Node& table, const std::string& key) {
    const auto& node = table[key];
    if (!node) return std::nullopt;
    if (isTable(node) && node.word.size() == 3 && node.items.size() == 1 &&
        node.items[0].is(Node::Type::number))
        return node.items[0].number;
    if (!node.is(Node::Type::number) || !std::isfinite(node.number)) {
        wrongType(node, key, "a number");
        return std::nullopt;
    }
    return node.number;
}

int Reader::whole(const Node& table, const std::string& key, int otherwise, int least, int most) {
    const auto& node = table[key];
    if (!node) return otherwise;
    if (!node.is(Node::Type::number) || node.number != std::floor(node.number)) {
        wrongType(node, key, "a whole number");
        return otherwise;
    }
    if (node.number < least || node.number > most) {
        error(node.line, key + " must be between " + std::to_string(least) + " and " + std::to_string(most),
              "Write a number between the two.");
        return otherwise;
    }
    return static_cast<int>(node.number);
}

seconds Reader::duration(const Node& table, const std::string& key, seconds otherwise) {
    const auto& node = table[key];
    if (!node) return otherwise;
    static const std::string help = "Write it like \"15m\", \"2h\", \"3d\" or \"1h30m\".";
    if (!isText(node)) {
        error(node.line, key + " must be a duration in quotes, not " + kindOf(node), help);
        return otherwise;
    }
    const auto value = parseDuration(node.text);
    if (!value) error(node.line, "\"" + node.text + "\" is not a duration (" + key + ")", help);
    return value.value_or(otherwise);
}

std::vector<seconds> Reader::durations(const Node& table, const std::string& key) {
    std::vector<seconds> out;
    const auto& node = table[key];
    if (!node) return out;
    if (!isTable(node) || !node.fields.empty()) {
        wrongType(node, key, "a list of durations: { \"24h\", \"1h\" }");
        return out;
    }
    for (const auto& item : node.items) {
        const auto value = isText(item) ? parseDuration(item.text) : std::nullopt;
        if (value)
            out.push_back(*value);
        else
            error(
                item.line,
                (isText(item) ? "\"" + item.text + "\"" : kindOf(item)) + " is not a duration (" + key + ")",
                "Write it like \"15m\", \"2h\" or \"3d\".");
    }
    return out;
}

std::vector<std::string> Reader::strings(const Node& table, const std::string& key, bool mayBeEmpty) {
    std::vector<std::string> out;
    const auto& node = table[key];
    if (!node) return out;
    if (!isTable(node) || !node.fields.empty() || !node.word.empty()) {
        wrongType(node, key, "a list of texts: { \"…\", \"…\" }");
        return out;
    }
    for (const auto& item : node.items) {
        if (!isText(item))
            wrongType(item, key + ": each", "a text in quotes");
        else if (trim(item.text).empty())
            error(item.line, "a text of " + key + " is empty", "Remove it.");
        else
            out.push_back(item.text);
    }
    if (node.items.empty() && !mayBeEmpty)
        error(node.line, key + " is empty", "List at least one, or leave the key out.");
    return out;
}

bool Reader::knows(int line, const std::string& what, const std::string& name,
                   const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return true;
    const auto near = nearest(name, known);
    error(line, "there is no " + what + " \"" + name + "\"",
          !near.empty()   ? "Did you mean \"" + near + "\"?"
          : known.empty() ? "The playbook has none."
                          : "There are: " + join(known, ", ") + ".");
    return false;
}

void Reader::remember(const Node& node, const std::string& text, bool spoken) {
    if (!text.empty()) written.push_back({text, place(node.line), languages[0], spoken, false});
}

bool Reader::isPerLanguage(const Node& node) const {
    return isTable(node) && node.word.empty() && !node.fields.empty();
}

void Reader::missingLanguages(int line, const std::vector<std::string>& present, const std::string& label,
                              bool plain) {
    std::vector<std::string> missing;
    for (const auto& language : languages)
        if (std::find(present.begin(), present.end(), language) == present.end()) missing.push_back(language);
    if (missing.empty()) return;
    if (plain)
        warning(line, label + " is only in " + languages[0] + "; missing: " + join(missing, ", "),
                "Write { " + languages[0] + " = …, " + missing[0] + " = … }.");
    else
        error(line, label + " is missing in: " + join(missing, ", "), "Add " + missing[0] + " = ….");
}

void Reader::oneText(Texts& out, const Node& node, const std::string& language, const std::string& label,
                     bool spoken) {
    if (isText(node)) {
        if (trim(node.text).empty())
            error(node.line, label + " is empty", "Write something, or leave the key out.");
        out[language] = node.text;
        written.push_back({node.text, place(node.line), language, spoken, false});
        return;
    }
    if (!isFile(node)) {
        wrongType(node, label, "a text, file \"…\" or a table per language");
        return;
    }
    const auto add = [&](const std::string& path, const std::string& in) {
        const auto found = files_.find(path);
        if (found == files_.end()) return;
        const auto body = std::string(trim(found->second));
        if (body.empty())
            error(node.line, label + " is empty: " + path + " has no text", "Write something into it.");
        out[in] = body;
        written.push_back({found->second, path, in, spoken, false});
    };
    const auto& path = node.items[0].text;
    add(path, language);
    if (language != languages[0]) return;
    for (const auto& other : languages)
        if (other != language && !out.contains(other)) add(inLanguage(path, other), other);
}

Texts Reader::text(const Node& table, const std::string& key, const std::string& label, bool spoken) {
    Texts out;
    const auto& node = table[key];
    if (!node) return out;
    const auto names = [&] {
        std::vector<std::string> present;
        for (const auto& [language, value] : out) present.push_back(language);
        return present;
    };
    if (!isPerLanguage(node)) {
        oneText(out, node, languages[0], label, spoken);
        if (spoken && !out.empty()) missingLanguages(node.line, names(), label, true);
        return out;
    }
    for (const auto& [language, value] : node.fields)
        if (knows(value.line, "language of this playbook", language, languages))
            oneText(out, value, language, label, spoken);
    missingLanguages(node.line, names(), label, false);
    return out;
}

void Reader::oneLine(TextLists& out, const Node& node, const std::string& label, bool aroundBooking) {
    if (isPerLanguage(node)) {
        for (const auto& [language, value] : node.fields) {
            if (!knows(value.line, "language of this playbook", language, languages)) continue;
            Node list;
            list.items.push_back(value);
            lineList(out, list, language, label, aroundBooking);
        }
        return;
    }
    Node list;
    list.items.push_back(node);
    lineList(out, list, languages[0], label, aroundBooking);
}

void Reader::lineList(TextLists& out, const Node& list, const std::string& language, const std::string& label,
                      bool aroundBooking) {
    for (const auto& item : list.items) {
        Texts texts;
        oneText(texts, item, language, "a line of " + label, true);
        for (auto& [in, text] : texts) out[in].push_back(std::move(text));
        if (aroundBooking)
            for (auto i = written.size(); i-- > written.size() - texts.size();)
                written[i].aroundBooking = true;
    }
}

TextLists Reader::lines(const Node& table, const std::string& key, const std::string& label,
                        bool aroundBooking) {
    TextLists out;
    const auto& node = table[key];
    if (!node) return out;
    bool plain = true;
    if (isPerLanguage(node)) {
        plain = false;
        for (const auto& [language, value] : node.fields) {
            if (!knows(value.line, "language of this playbook", language, languages)) continue;
            const bool isList = isTable(value) && !isFile(value);
            Node list = value;
            if (!isList) {
                list = Node{};
                list.items.push_back(value);
            }
            lineList(out, list, language, label, aroundBooking);
            if (list.items.empty())
                error(value.line, label + " has no lines in " + language, "Write one, or leave the key out.");
        }
    } else if (isTable(node) && !isFile(node)) {
        for (const auto& item : node.items) {
            plain = plain && !isPerLanguage(item);
            oneLine(out, item, label, aroundBooking);
        }
        if (node.items.empty()) error(node.line, label + " is empty", "Write a line, or leave the key out.");
    } else {
        oneLine(out, node, label, aroundBooking);
    }
    std::vector<std::string> present;
    for (const auto& [language, list] : out) present.push_back(language);
    if (!present.empty()) missingLanguages(node.line, present, label, plain);
    return out;
}

}  // namespace overture::playbook
