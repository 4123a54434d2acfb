#include "anthropic/request.hpp"

#include <algorithm>

#include "common/asked.hpp"
#include "common/schema.hpp"
#include "common/turns.hpp"

namespace overture::anthropic {
namespace {

/// What structured output does not take; the engine checks answers by the whole schema anyway.
const std::vector<std::string> kNotTaken{"minimum",          "maximum",   "exclusiveMinimum",
                                         "exclusiveMaximum", "minLength", "maxLength",
                                         "multipleOf",       "minItems",  "maxItems"};

Json blockOf(const models::Part& part) {
    if (const auto* said = std::get_if<models::Said>(&part)) return {{"type", "text"}, {"text", said->text}};
    if (const auto* call = std::get_if<models::ToolCall>(&part))
        return {{"type", "tool_use"}, {"id", call->id}, {"name", call->name}, {"input", call->arguments}};
    const auto& result = std::get<models::ToolResult>(part);
    return {{"type", "tool_result"}, {"tool_use_id", result.id}, {"content", result.text}};
}

Json messageOf(const models::Turn& turn) {
    Json content = Json::array();
    for (const auto& part : turn.parts) content.push_back(blockOf(part));
    return {{"role", turn.own ? "assistant" : "user"}, {"content", std::move(content)}};
}

Json toolOf(const models::Tool& tool) {
    Json out{{"name", tool.name}, {"input_schema", tool.parameters}};
    out["input_schema"]["type"] = "object";
    if (!tool.description.empty()) out["description"] = tool.description;
    return out;
}

}  // namespace

Json bodyOf(const Settings& settings, const Json& request) {
    models::requireChat(request);
    auto conversation = models::Conversation::read(request);
    Json body{{"model", textOf(request, "model", settings.model)},
              {"max_tokens", models::numberOf(request, "max_tokens").value_or(settings.maxTokens)},
              {"messages", Json::array()}};
    for (const auto& turn : conversation.turns) body["messages"].push_back(messageOf(turn));
    for (const auto& tool : models::toolsOf(request)) body["tools"].push_back(toolOf(tool));
    if (models::isSet(request, "schema")) {
        const auto schema = models::WantedShape::read(request["schema"]).schema;
        if (settings.schema)
            body["output_config"]["format"] = {
                {"type", "json_schema"},
                {"schema", models::withoutKeywords(models::strictSchema(schema), kNotTaken)}};
        else
            conversation.instructions.push_back(models::schemaInWords(schema));
    }
    for (const auto& text : conversation.instructions)
        body["system"].push_back({{"type", "text"}, {"text", text}});
    if (settings.promptCache != "off" && body.contains("system"))
        body["system"].back()["cache_control"] = {{"type", "ephemeral"}, {"ttl", settings.promptCache}};
    if (settings.temperature && request.contains("temperature") && request["temperature"].is_number())
        body["temperature"] = std::clamp(request["temperature"].get<double>(), 0.0, 1.0);
    return body;
}

}  // namespace overture::anthropic
