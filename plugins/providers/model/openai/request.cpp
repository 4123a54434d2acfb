#include "request.hpp"

#include <algorithm>

namespace overture::openai {
namespace {

bool isSet(const Json& object, const char* key) {
    return object.contains(key) && !object[key].is_null();
}

Json messageOf(const Json& message) {
    if (!message.is_object() || textOf(message, "role").empty())
        throw sdk::Refused(sdk::Outcome::invalid, "a message has no \"role\"");
    Json out{{"role", message["role"]}, {"content", textOf(message, "content")}};
    if (isSet(message, "tool_call_id")) out["tool_call_id"] = message["tool_call_id"];
    if (!isSet(message, "tool_calls")) return out;
    for (const auto& call : message["tool_calls"]) {
        const auto& arguments = call.at("arguments");
        out["tool_calls"].push_back(
            {{"id", call.at("id")},
             {"type", "function"},
             {"function",
              {{"name", call.at("name")},
               {"arguments", arguments.is_string() ? arguments.get<std::string>() : arguments.dump()}}}});
    }
    return out;
}

Json toolOf(const Json& tool) {
    Json function{{"name", tool.at("name")}, {"description", textOf(tool, "description")}};
    if (isSet(tool, "parameters")) function["parameters"] = tool["parameters"];
    return Json{{"type", "function"}, {"function", function}};
}

/// For servers that are not told the schema: it stands in the first message.
void writeSchemaInto(Json& messages, const Json& schema) {
    const auto words =
        "\n\nAnswer with one JSON object, and nothing else, that fits this JSON schema:\n" + schema.dump();
    auto& first = messages.front();
    if (first["role"] == "system" || first["role"] == "developer")
        first["content"] = first["content"].get<std::string>() + words;
    else
        messages.insert(messages.begin(), Json{{"role", "system"}, {"content", words.substr(2)}});
}

void addSchema(Json& body, const Json& wanted, Structured structured) {
    const auto schema = wanted.contains("schema") ? wanted["schema"] : wanted;
    if (structured == Structured::jsonSchema) {
        body["response_format"] = {{"type", "json_schema"},
                                   {"json_schema",
                                    {{"name", textOf(wanted, "name", "answer")},
                                     {"strict", true},
                                     {"schema", strictSchema(schema)}}}};
        return;
    }
    writeSchemaInto(body["messages"], schema);
    if (structured == Structured::jsonObject) body["response_format"] = {{"type", "json_object"}};
}

}  // namespace

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

std::int64_t mostTokensOf(const Json& body) {
    const auto text = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto others = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
    return (static_cast<std::int64_t>(text.size()) - others + 2) / 3 + others;
}

Json bodyOf(const Settings& settings, const Json& request, Structured structured) {
    if (!request.is_object() || !request.contains("messages") || !request["messages"].is_array() ||
        request["messages"].empty())
        throw sdk::Refused(sdk::Outcome::invalid, "the request has no \"messages\"");
    Json body{{"model", textOf(request, "model", settings.model)}, {"messages", Json::array()}};
    for (const auto& message : request["messages"]) body["messages"].push_back(messageOf(message));
    if (isSet(request, "schema")) addSchema(body, request["schema"], structured);
    if (isSet(request, "tools"))
        for (const auto& tool : request["tools"]) body["tools"].push_back(toolOf(tool));
    if (settings.temperature && isSet(request, "temperature")) body["temperature"] = request["temperature"];
    if (settings.seed && isSet(request, "seed")) body["seed"] = request["seed"];
    if (isSet(request, "max_tokens"))
        body[settings.tokenField] = request["max_tokens"];
    else if (settings.maxTokens)
        body[settings.tokenField] = *settings.maxTokens;
    return body;
}

sdk::HttpRequest postTo(const sdk::Host& host, const Settings& settings, const char* path, const Json& body,
                        std::int64_t deadlineMs) {
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = settings.baseUrl + path;
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    if (const auto key = host.secret("api_key"); key && !key->empty())
        request.headers.push_back({"Authorization", "Bearer " + *key});
    if (!settings.organization.empty())
        request.headers.push_back({"OpenAI-Organization", settings.organization});
    if (!settings.project.empty()) request.headers.push_back({"OpenAI-Project", settings.project});
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    request.deadlineMs = deadlineMs;
    return request;
}

}  // namespace overture::openai
