// A model.chat/1 request's messages for vendors that keep instructions apart and want turns that alternate; the request is one
// that requireChat (asked.hpp) took.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "common/values.hpp"

namespace overture::models {

struct Said {
    std::string text;  ///< never empty
};
struct ToolCall {
    std::string id, name;
    Json arguments;
};
struct ToolResult {
    std::string id, name;  ///< of the call that it answers
    std::string text;
};
using Part = std::variant<Said, ToolCall, ToolResult>;

struct Turn {
    bool own = false;  ///< what the model said before
    std::vector<Part> parts;
};

struct Conversation {
    std::vector<std::string> instructions;  ///< of the system; none is empty
    std::vector<Turn> turns;                ///< alternating, beginning with one that is not the model's own

    /// Empty texts are left out, as vendors refuse them; where the model spoke first, a turn that says so comes before. Ids of
    /// calls have 64 letters, digits, "_" and "-" at most. Throws sdk::Refused when nothing is left to answer.
    static Conversation read(const Json& request);
};

struct Tool {
    std::string name, description;
    Json parameters;  ///< a schema of an object
};

std::vector<Tool> toolsOf(const Json& request);

}  // namespace overture::models
