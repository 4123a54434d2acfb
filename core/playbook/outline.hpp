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
    std::string of, name;  ///< talk.facts.bill: "facts", "bill"; talk:go "x": "go", "x"
    int line = 0;
};

class Outline {
public:
    explicit Outline(std::string_view source);
    /// The constructor `word { … }` whose word stands on this line; null when there is none.
    const Group* find(const std::string& word, int line) const;
    const std::vector<std::unique_ptr<Group>>& groups() const { return groups_; }
    /// facts.X, settings.X, lead.X, persona.X; and go with a literal stage ("" when it is computed).
    const std::vector<Mention>& mentions() const { return mentions_; }

private:
    std::vector<std::unique_ptr<Group>> groups_;
    std::vector<Mention> mentions_;
};

}  // namespace overture::playbook
