#include "common/asked.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace overture::models {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr double kWarmest = 2;
constexpr std::int64_t kMostTokens = 1'000'000'000;

[[noreturn]] void refuse(const std::string& what) {
    throw sdk::Refused(sdk::Outcome::invalid, what);
}

std::string placed(const char* list, std::size_t index) {
    return std::string(list) + "[" + std::to_string(index) + "]";
}

bool isText(const Json& object, const char* key) {
    return object.contains(key) && object[key].is_string();
}

/// One that each of the vendors takes.
bool isName(const std::string& name) {
    return !name.empty() && name.size() <= kLongestName && name[0] != '-' &&
           !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return (c < 128 && std::isalnum(c)) || c == '_' || c == '-';
           });
}

void requireName(const Json& given, const std::string& at) {
    if (!isName(textOf(given, "name")))
        refuse(at + ".name has to be 1 to 64 letters, digits, \"_\" and \"-\", a letter or \"_\" first");
}

void requireSchema(const Json& schema, const std::string& at) {
    static const std::set<std::string> kTypes{"object",  "array",   "string", "number",
                                              "integer", "boolean", "null"};
    if (!schema.is_object()) refuse(at + " is no JSON schema: it has to be an object");
    const auto type = schema.value("type", Json());
    for (const auto& one : type.is_array() ? type : type.is_null() ? Json::array() : Json::array({type}))
        if (!one.is_string() || !kTypes.contains(one.get<std::string>()))
            refuse(at + ".type has to be object, array, string, number, integer, boolean or null");
    const auto properties = schema.value("properties", Json::object());
    if (!properties.is_object()) refuse(at + ".properties has to be an object of schemas");
    for (const auto& [name, property] : properties.items())
        requireSchema(property, at + ".properties." + name);
    if (schema.contains("items")) requireSchema(schema["items"], at + ".items");
    for (const char* key : {"required", "enum", "anyOf", "allOf"})
        if (schema.contains(key) && !schema[key].is_array()) refuse(at + "." + key + " has to be a list");
    for (const auto& value : schema.value("enum", Json::array()))
        if (!value.is_string() && !value.is_number() && !value.is_null())
            refuse(at + ".enum has to have texts, numbers and null in it only");
    for (const char* key : {"anyOf", "allOf"})
        for (std::size_t i = 0; schema.contains(key) && i < schema[key].size(); ++i)
            requireSchema(schema[key][i], at + "." + placed(key, i));
}

/// Its tool calls are added to `called`.
void requireMessage(const Json& message, const std::string& at, std::set<std::string>& called) {
    static const std::set<std::string> kRoles{"system", "developer", "user", "assistant", "tool"};
    if (!message.is_object()) refuse(at + " has to be an object with a role and a content");
    const auto role = textOf(message, "role");
    if (!kRoles.contains(role)) refuse(at + ".role has to be system, developer, user, assistant or tool");
    const bool calls = isSet(message, "tool_calls");
    if (!isText(message, "content") && !calls) refuse(at + ".content has to be a text");
    if (role == "tool" && !called.contains(textOf(message, "tool_call_id")))
        refuse(at + ".tool_call_id has to name a tool call of a message before it");
    if (!calls) return;
    if (role != "assistant" || !message["tool_calls"].is_array())
        refuse(at + ".tool_calls has to be a list, of a message of the assistant's");
    for (std::size_t i = 0; i < message["tool_calls"].size(); ++i) {
        const auto& call = message["tool_calls"][i];
        const auto place = at + "." + placed("tool_calls", i);
        if (textOf(call, "id").empty()) refuse(place + ".id has to be a text");
        requireName(call, place);
        called.insert(textOf(call, "id"));
    }
}

void requireTool(const Json& tool, const std::string& at) {
    requireName(tool, at);
    if (isSet(tool, "description") && !tool["description"].is_string())
        refuse(at + ".description has to be a text");
    if (isSet(tool, "parameters")) requireSchema(tool["parameters"], at + ".parameters");
}

/// {name, schema}, or a schema alone.
void requireShape(const Json& wanted) {
    const bool named = isSet(wanted, "name");
    if (!wanted.is_object() || (!named && !wanted.contains("schema"))) return requireSchema(wanted, "schema");
    if (named) requireName(wanted, "schema");
    if (!isSet(wanted, "schema")) refuse("schema.schema has to be the JSON schema of the answer");
    requireSchema(wanted["schema"], "schema.schema");
}

void requireNumbers(const Json& request) {
    if (isSet(request, "temperature")) {
        const auto& given = request["temperature"];
        const double value = given.is_number() ? given.get<double>() : -1;
        if (!(value >= 0 && value <= kWarmest)) refuse("temperature has to be a number from 0 to 2");
    }
    if (const auto most = numberOf(request, "max_tokens").value_or(0);
        isSet(request, "max_tokens") && (most < 1 || most > kMostTokens))
        refuse("max_tokens has to be a whole number from 1 to a billion");
    if (isSet(request, "seed") && !numberOf(request, "seed")) refuse("seed has to be a whole number");
}

}  // namespace

void requireChat(const Json& request) {
    if (isSet(request, "model") && textOf(request, "model").empty())
        refuse("model has to be the name of one");
    const auto& messages = partOf(request, "messages");
    if (!messages.is_array() || messages.empty()) refuse("messages has to be a list with a message in it");
    std::set<std::string> called;
    for (std::size_t i = 0; i < messages.size(); ++i)
        requireMessage(messages[i], placed("messages", i), called);
    requireNumbers(request);
    if (isSet(request, "schema")) requireShape(request["schema"]);
    if (!isSet(request, "tools")) return;
    if (!request["tools"].is_array()) refuse("tools has to be a list");
    for (std::size_t i = 0; i < request["tools"].size(); ++i)
        requireTool(request["tools"][i], placed("tools", i));
}

const Json& textsOf(const Json& request, std::size_t most) {
    const auto& texts = partOf(request, "texts");
    if (!texts.is_array() || texts.empty()) refuse("texts has to be a list with a text in it");
    if (texts.size() > most) refuse("texts has more than " + std::to_string(most) + " of them");
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (!texts[i].is_string() || texts[i].get<std::string>().empty())
            refuse(placed("texts", i) + " has to be a text that is not empty");
    return texts;
}

}  // namespace overture::models
