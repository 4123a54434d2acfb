#include "gemini/request.hpp"

#include <algorithm>

#include "common/asked.hpp"
#include "common/schema.hpp"
#include "common/turns.hpp"

namespace overture::gemini {
namespace {

/// Keywords that the vendor does not take; the engine checks answers by the whole schema anyway.
const std::vector<std::string> kNotTaken{
    "minLength", "maxLength", "pattern", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "const",     "default",   "allOf",   "uniqueItems"};

/// An enum may not have null in it: {type: [string, null], enum: [a, null]} → {anyOf: [{type: string, enum: [a]}, {type: null}]}.
Json withoutNullInEnums(Json schema) {
    if (schema.is_array())
        for (auto& item : schema) item = withoutNullInEnums(item);
    if (!schema.is_object()) return schema;
    if (schema.contains("properties"))
        for (auto& property : schema["properties"]) property = withoutNullInEnums(property);
    for (const auto* key : {"items", "anyOf"})
        if (schema.contains(key)) schema[key] = withoutNullInEnums(schema[key]);
    if (!schema.contains("enum") || !schema["enum"].is_array()) return schema;
    Json values = Json::array();
    for (const auto& value : schema["enum"])
        if (!value.is_null()) values.push_back(value);
    if (values.size() == schema["enum"].size()) return schema;
    if (values.empty()) return {{"type", "null"}};
    const char* type = values[0].is_string()           ? "string"
                       : values[0].is_number_integer() ? "integer"
                                                       : "number";
    return {{"anyOf", {{{"type", type}, {"enum", values}}, {{"type", "null"}}}}};
}

Json schemaOf(const Json& schema) {
    return withoutNullInEnums(models::withoutKeywords(schema, kNotTaken));
}

Json partOf(const models::Part& part) {
    if (const auto* said = std::get_if<models::Said>(&part)) return {{"text", said->text}};
    if (const auto* call = std::get_if<models::ToolCall>(&part))
        return {{"functionCall", {{"name", call->name}, {"args", call->arguments}}}};
    const auto& result = std::get<models::ToolResult>(part);
    return {{"functionResponse", {{"name", result.name}, {"response", {{"result", result.text}}}}}};
}

Json contentOf(const models::Turn& turn) {
    Json parts = Json::array();
    for (const auto& part : turn.parts) parts.push_back(partOf(part));
    return {{"role", turn.own ? "model" : "user"}, {"parts", std::move(parts)}};
}

Json toolsOf(const std::vector<models::Tool>& tools) {
    Json functions = Json::array();
    for (const auto& tool : tools)
        functions.push_back({{"name", tool.name},
                             {"description", tool.description.empty() ? tool.name : tool.description},
                             {"parametersJsonSchema", schemaOf(tool.parameters)}});
    return Json::array({{{"functionDeclarations", std::move(functions)}}});
}

Json generationOf(const Settings& settings, const Json& request) {
    Json out{{"maxOutputTokens",
              models::numberOf(request, "max_tokens").value_or(settings.maxTokens) + settings.thoughts()}};
    if (settings.tellsThinking) out["thinkingConfig"] = {{"thinkingBudget", settings.thinkingBudget}};
    if (settings.temperature && request.contains("temperature") && request["temperature"].is_number())
        out["temperature"] = std::clamp(request["temperature"].get<double>(), 0.0, 2.0);
    if (const auto seed = models::numberOf(request, "seed"); settings.seed && seed)
        out["seed"] = *seed % 2147483648;
    return out;
}

}  // namespace

Json bodyOf(const Settings& settings, const Json& request) {
    models::requireChat(request);
    auto conversation = models::Conversation::read(request);
    const auto tools = models::toolsOf(request);
    Json body{{"contents", Json::array()}, {"generationConfig", generationOf(settings, request)}};
    for (const auto& turn : conversation.turns) body["contents"].push_back(contentOf(turn));
    if (!tools.empty()) body["tools"] = toolsOf(tools);
    if (models::isSet(request, "schema")) {
        const auto schema = models::WantedShape::read(request["schema"]).schema;
        if (settings.schema && tools.empty()) {  // the vendor takes either
            body["generationConfig"]["responseMimeType"] = "application/json";
            body["generationConfig"]["responseJsonSchema"] = schemaOf(models::strictSchema(schema));
        } else {
            conversation.instructions.push_back(models::schemaInWords(schema));
        }
    }
    for (const auto& text : conversation.instructions)
        body["systemInstruction"]["parts"].push_back({{"text", text}});
    return body;
}

}  // namespace overture::gemini
