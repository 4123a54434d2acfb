#include "common/turns.hpp"

#include <algorithm>

#include "common/schema.hpp"

namespace overture::models {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr const char* kYouBegin = "(You write first.)";

bool isWordLetter(unsigned char c) {
    return (c < 128 && std::isalnum(c)) || c == '_' || c == '-';
}

std::string idOf(std::string id) {
    std::replace_if(
        id.begin(), id.end(), [](unsigned char c) { return !isWordLetter(c); }, '_');
    return id.empty() ? "_" : id.substr(0, kLongestId);
}

std::string nameOfCall(const std::vector<Turn>& turns, const std::string& id) {
    for (const auto& turn : turns)
        for (const auto& part : turn.parts)
            if (const auto* call = std::get_if<ToolCall>(&part); call != nullptr && call->id == id)
                return call->name;
    return {};
}

std::vector<Part> partsOf(const Json& message, const std::vector<Turn>& before) {
    std::vector<Part> parts;
    const auto text = textOf(message, "content");
    if (message["role"] == "tool") {
        const auto id = idOf(textOf(message, "tool_call_id"));
        parts.push_back(ToolResult{id, nameOfCall(before, id), text});
        return parts;
    }
    if (!text.empty()) parts.push_back(Said{text});
    for (const auto& call : partOf(message, "tool_calls"))
        parts.push_back(ToolCall{idOf(textOf(call, "id")), textOf(call, "name"), argumentsOf(call)});
    return parts;
}

}  // namespace

Conversation Conversation::read(const Json& request) {
    Conversation out;
    for (const auto& message : partOf(request, "messages")) {
        const auto role = textOf(message, "role");
        if (role == "system" || role == "developer") {
            if (auto text = textOf(message, "content"); !text.empty()) out.instructions.push_back(text);
            continue;
        }
        auto parts = partsOf(message, out.turns);
        if (parts.empty()) continue;
        const bool own = role == "assistant";
        if (out.turns.empty() && own) out.turns.push_back({false, {Said{kYouBegin}}});
        if (out.turns.empty() || out.turns.back().own != own) out.turns.push_back({own, {}});
        std::move(parts.begin(), parts.end(), std::back_inserter(out.turns.back().parts));
    }
    if (out.turns.empty())
        throw sdk::Refused(sdk::Outcome::invalid, "there is nothing to answer: no message has a text");
    return out;
}

std::vector<Tool> toolsOf(const Json& request) {
    std::vector<Tool> tools;
    for (const auto& tool : partOf(request, "tools")) {
        auto parameters = partOf(tool, "parameters");
        if (!parameters.is_object()) parameters = {{"type", "object"}, {"properties", Json::object()}};
        tools.push_back({textOf(tool, "name"), textOf(tool, "description"), std::move(parameters)});
    }
    return tools;
}

}  // namespace overture::models
