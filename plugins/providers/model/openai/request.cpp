#include "openai/request.hpp"

#include "common/asked.hpp"

namespace overture::openai {
namespace {

Json messageOf(const Json& message) {
    Json out{{"role", message["role"]}, {"content", textOf(message, "content")}};
    if (models::isSet(message, "tool_call_id")) out["tool_call_id"] = message["tool_call_id"];
    for (const auto& call : models::partOf(message, "tool_calls"))
        out["tool_calls"].push_back(
            {{"id", call.at("id")},
             {"type", "function"},
             {"function",
              {{"name", call.at("name")}, {"arguments", models::toText(models::argumentsOf(call))}}}});
    return out;
}

Json toolOf(const Json& tool) {
    Json function{{"name", tool.at("name")}, {"description", textOf(tool, "description")}};
    if (models::isSet(tool, "parameters")) function["parameters"] = tool["parameters"];
    return Json{{"type", "function"}, {"function", function}};
}

/// For servers that are not told the schema: it stands in the first message.
void writeSchemaInto(Json& messages, const Json& schema) {
    const auto words = models::schemaInWords(schema);
    auto& first = messages.front();
    if (first["role"] == "system" || first["role"] == "developer")
        first["content"] = first["content"].get<std::string>() + "\n\n" + words;
    else
        messages.insert(messages.begin(), Json{{"role", "system"}, {"content", words}});
}

void addSchema(Json& body, const Json& wanted, Structured structured) {
    const auto shape = models::WantedShape::read(wanted);
    if (structured == Structured::jsonSchema) {
        body["response_format"] = {
            {"type", "json_schema"},
            {"json_schema",
             {{"name", shape.name}, {"strict", true}, {"schema", models::strictSchema(shape.schema)}}}};
        return;
    }
    writeSchemaInto(body["messages"], shape.schema);
    if (structured == Structured::jsonObject) body["response_format"] = {{"type", "json_object"}};
}

}  // namespace

Json bodyOf(const Settings& settings, const Json& request, Structured structured) {
    models::requireChat(request);
    Json body = settings.chatFields;
    body["model"] = textOf(request, "model", settings.model);
    body["messages"] = Json::array();
    for (const auto& message : request["messages"]) body["messages"].push_back(messageOf(message));
    if (models::isSet(request, "schema")) addSchema(body, request["schema"], structured);
    for (const auto& tool : models::partOf(request, "tools")) body["tools"].push_back(toolOf(tool));
    if (settings.temperature && models::isSet(request, "temperature"))
        body["temperature"] = request["temperature"];
    if (settings.seed && models::isSet(request, "seed")) body["seed"] = request["seed"];
    if (models::isSet(request, "max_tokens"))
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
    request.headers.insert(request.headers.end(), settings.headers.begin(), settings.headers.end());
    request.body = models::toText(body);
    request.deadlineMs = deadlineMs;
    return request;
}

}  // namespace overture::openai
