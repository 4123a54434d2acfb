#include "common/schema.hpp"

#include <algorithm>

namespace overture::models {

WantedShape WantedShape::read(const Json& wanted) {
    return {textOf(wanted, "name", "answer"), wanted.contains("schema") ? wanted["schema"] : wanted};
}

Json strictSchema(Json schema) {
    if (schema.is_array()) {
        for (auto& item : schema) item = strictSchema(item);
        return schema;
    }
    if (!schema.is_object()) return schema;
    if (schema.contains("properties") && schema["properties"].is_object()) {
        schema["additionalProperties"] = false;
        Json required = Json::array();
        for (auto& [name, property] : schema["properties"].items()) {
            property = strictSchema(property);
            required.push_back(name);
        }
        schema["required"] = required;
    }
    for (const auto* key : {"items", "anyOf"})
        if (schema.contains(key)) schema[key] = strictSchema(schema[key]);
    return schema;
}

Json withoutKeywords(Json schema, const std::vector<std::string>& keywords) {
    if (schema.is_array())
        for (auto& item : schema) item = withoutKeywords(item, keywords);
    if (!schema.is_object()) return schema;
    for (const auto& keyword : keywords) schema.erase(keyword);
    if (schema.contains("properties") && schema["properties"].is_object())
        for (auto& property : schema["properties"]) property = withoutKeywords(property, keywords);
    for (const auto* key : {"items", "anyOf", "allOf", "additionalProperties"})
        if (schema.contains(key)) schema[key] = withoutKeywords(schema[key], keywords);
    return schema;
}

std::string schemaInWords(const Json& schema) {
    return "Answer with one JSON object, and nothing else, that fits this JSON schema:\n" + schema.dump();
}

std::int64_t mostTokensOf(const Json& body) {
    const auto text = toText(body);
    const auto others = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
    return (static_cast<std::int64_t>(text.size()) - others + 2) / 3 + others;
}

Json argumentsOf(const Json& call) {
    const auto found = call.find("arguments");
    if (found == call.end()) return Json::object();
    if (found->is_object()) return *found;
    const auto parsed = found->is_string() ? Json::parse(found->get<std::string>(), nullptr, false) : Json();
    return parsed.is_object() ? parsed : Json::object();
}

}  // namespace overture::models
