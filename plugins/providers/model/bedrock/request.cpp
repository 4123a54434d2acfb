#include "bedrock/request.hpp"

#include <algorithm>

#include "common/asked.hpp"
#include "common/schema.hpp"
#include "common/turns.hpp"

namespace overture::bedrock {
namespace {

/// What structured output does not take; the engine checks answers by the whole schema anyway.
const std::vector<std::string> kNotTaken{"minimum",          "maximum",   "exclusiveMinimum",
                                         "exclusiveMaximum", "minLength", "maxLength",
                                         "multipleOf",       "minItems",  "maxItems"};

Json blockOf(const models::Part& part) {
    if (const auto* said = std::get_if<models::Said>(&part)) return {{"text", said->text}};
    if (const auto* call = std::get_if<models::ToolCall>(&part))
        return {{"toolUse", {{"toolUseId", call->id}, {"name", call->name}, {"input", call->arguments}}}};
    const auto& result = std::get<models::ToolResult>(part);
    return {{"toolResult", {{"toolUseId", result.id}, {"content", Json::array({{{"text", result.text}}})}}}};
}

Json messageOf(const models::Turn& turn) {
    Json content = Json::array();
    for (const auto& part : turn.parts) content.push_back(blockOf(part));
    return {{"role", turn.own ? "assistant" : "user"}, {"content", std::move(content)}};
}

Json toolOf(const models::Tool& tool) {
    Json spec{{"name", tool.name}, {"inputSchema", {{"json", tool.parameters}}}};
    if (!tool.description.empty()) spec["description"] = tool.description;
    return {{"toolSpec", std::move(spec)}};
}

Json formatOf(const models::WantedShape& shape) {
    const auto schema = models::withoutKeywords(models::strictSchema(shape.schema), kNotTaken);
    return {{"textFormat",
             {{"type", "json_schema"},
              {"structure", {{"jsonSchema", {{"name", shape.name}, {"schema", models::toText(schema)}}}}}}}};
}

Json cachePoint(const std::string& kept) {
    Json point{{"type", "default"}};
    if (kept != "5m") point["ttl"] = kept;  // the vendor's own, which older models do not take by name
    return {{"cachePoint", std::move(point)}};
}

}  // namespace

Json bodyOf(const Settings& settings, const Json& request) {
    models::requireChat(request);
    auto conversation = models::Conversation::read(request);
    Json body{{"messages", Json::array()},
              {"inferenceConfig",
               {{"maxTokens", models::numberOf(request, "max_tokens").value_or(settings.maxTokens)}}}};
    if (settings.temperature && request.contains("temperature") && request["temperature"].is_number())
        body["inferenceConfig"]["temperature"] = std::clamp(request["temperature"].get<double>(), 0.0, 1.0);
    for (const auto& turn : conversation.turns) body["messages"].push_back(messageOf(turn));
    for (const auto& tool : models::toolsOf(request)) body["toolConfig"]["tools"].push_back(toolOf(tool));
    if (models::isSet(request, "schema")) {
        const auto shape = models::WantedShape::read(request["schema"]);
        if (settings.schema)
            body["outputConfig"] = formatOf(shape);
        else
            conversation.instructions.push_back(models::schemaInWords(shape.schema));
    }
    for (const auto& text : conversation.instructions) body["system"].push_back({{"text", text}});
    if (settings.promptCache != "off" && body.contains("system"))
        body["system"].push_back(cachePoint(settings.promptCache));
    if (!settings.guardrail.empty())
        body["guardrailConfig"] = {{"guardrailIdentifier", settings.guardrail},
                                   {"guardrailVersion", settings.guardrailVersion}};
    return body;
}

}  // namespace overture::bedrock
