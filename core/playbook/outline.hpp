// Where things stand in a Lua source: each table constructor with the line of every key and item, and the
// words used on `talk`. Read from the text alone, so that a finding can name the key's own line.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace overture::playbook {

/// One { … } of the source.
struct Group {
    struct Entry {
        int line = 0;
        Group* group = nullptr;  ///< when the value starts with { … } or word { … }
    };
    std::string word;  ///< "stage" of `stage { … }`; empty for a plain table
    int line = 0;      ///< of the word, or of the brace
    std::map<std::string, Entry> keys;
    std::vector<Entry> items;                                        ///< positional, in order
    std::vector<std::pair<std::string, std::pair<int, int>>> twice;  ///< key, first and second line
};

struct Mention {
    std::string of,
        name;  ///< talk.facts.bill: "facts", "bill"; talk:go "x": "go", "x"; talk:say: "talk:", "say"
    int line = 0;
    char with = 0;             ///< what a fact is compared with: 't' a text, 'n' a number, 'b' true or false
    std::string against = {};  ///< the text, number or truth
};

/// A piece of Lua: names (numbers and words among them), texts in quotes without them, signs.
struct Token {
    enum class Kind { name, text, sign } kind;
    std::string text;
    int line = 1;
    bool is(std::string_view sign) const { return kind == Kind::sign && text == sign; }
    bool isName(std::string_view name) const { return kind == Kind::name && text == name; }
};

/// Just enough of Lua's lexer; comments are left out.
std::vector<Token> tokensOf(std::string_view source);

class Outline {
public:
    explicit Outline(std::string_view source);
    /// The constructor `word { … }` whose word stands on this line; null when there is none.
    const Group* find(const std::string& word, int line) const;
    const std::vector<std::unique_ptr<Group>>& groups() const { return groups_; }
    /// facts.X, settings.X, lead.X, persona.X; go with a literal stage ("" when it is computed); use with a
    /// literal capability; talk.X, talk:X, message.X.
    const std::vector<Mention>& mentions() const { return mentions_; }
    /// Whether `name` is mentioned so.
    bool mentions(std::string_view of, std::string_view name) const;

private:
    std::vector<std::unique_ptr<Group>> groups_;
    std::vector<Mention> mentions_;
};

}  // namespace overture::playbook
