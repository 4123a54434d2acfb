// What a playbook's Lua returned, out of Lua: plain values with the line they were written on.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace overture::playbook {

struct Node {
    enum class Type { nothing, flag, number, text, table, function };

    Type type = Type::nothing;
    bool flag = false;
    double number = 0;
    bool whole = false;  ///< a number without a fraction
    std::string text;
    std::string word;  ///< the constructor of a table: "stage"; empty for a plain one
    int line = 0;
    int order = 0;                                                   ///< of constructor calls in the file
    std::vector<std::pair<std::string, Node>> fields;                ///< sorted by name
    std::vector<Node> items;                                         ///< 1 … n
    std::vector<std::pair<std::string, std::pair<int, int>>> twice;  ///< keys written twice, with both lines

    bool is(Type t) const { return type == t; }
    explicit operator bool() const { return type != Type::nothing; }
    /// The field, or a node of type nothing with this node's line.
    const Node& operator[](const std::string& name) const {
        for (const auto& [key, value] : fields)
            if (key == name) return value;
        static const Node nothing;
        return nothing;
    }
    bool has(const std::string& name) const { return static_cast<bool>((*this)[name]); }
};

/// "a text", "a number", "a table", "a stage { … }": for messages.
inline std::string kindOf(const Node& node) {
    switch (node.type) {
        case Node::Type::nothing: return "nothing";
        case Node::Type::flag: return node.flag ? "true" : "false";
        case Node::Type::number: return "a number";
        case Node::Type::text: return "a text";
        case Node::Type::function: return "a function";
        case Node::Type::table: break;
    }
    return node.word.empty() ? "a table" : node.word + " { … }";
}

}  // namespace overture::playbook
