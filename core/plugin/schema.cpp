#include "plugin/schema.hpp"

#include <Poco/Exception.h>
#include <Poco/RegularExpression.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.hpp"

namespace overture::plugin {
namespace {

using Found = std::optional<Problem>;

const std::vector<std::string> kTypes = {"string", "number", "integer", "boolean", "object", "array", "null"};

bool isCount(const Json& value) {
    return value.is_number_integer() && value >= 0;
}

bool hasType(const Json& value, const std::string& type) {
    if (type == "string") return value.is_string();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    return value.is_null();
}

std::vector<std::string> typesOf(const Json& type) {
    return type.is_array() ? type.get<std::vector<std::string>>()
                           : std::vector<std::string>{type.get<std::string>()};
}

std::string listed(const Json& values) {
    std::vector<std::string> texts;
    for (const auto& value : values) texts.push_back(toText(value));
    return join(texts, ", ");
}

std::vector<std::string> keysOf(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    return keys;
}

/// Characters, not bytes.
std::size_t lengthOf(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// ------------------------------------------------------------------------------------ is the schema itself
// in order?

Found wants(bool fits, const std::string& where, const std::string& keyword, const std::string& what) {
    if (fits) return {};
    return Problem{"\"" + keyword + "\" must be " + what, where, ""};
}

bool isListOfStrings(const Json& value) {
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
}

bool isTypes(const Json& value) {
    const auto known = [](const Json& item) {
        return item.is_string() &&
               std::find(kTypes.begin(), kTypes.end(), item.get<std::string>()) != kTypes.end();
    };
    return value.is_array() ? !value.empty() && std::all_of(value.begin(), value.end(), known) : known(value);
}

Found checkPattern(const Json& value, const std::string& where) {
    if (!value.is_string()) return wants(false, where, "pattern", "a string");
    try {
        Poco::RegularExpression(value.get<std::string>(), Poco::RegularExpression::RE_UTF8);
    } catch (const Poco::Exception&) {
        return wants(false, where, "pattern", "a regular expression");
    }
    return {};
}

Found checkProperties(const Json& value, const std::string& where) {
    if (!value.is_object()) return wants(false, where, "properties", "an object");
    for (const auto& [name, inner] : value.items())
        if (auto problem = checkSchema(inner, where + ".properties." + name)) return problem;
    return {};
}

using Check = std::function<Found(const Json&, const std::string& where)>;

const std::map<std::string, Check>& keywords() {
    const auto anything = [](const Json&, const std::string&) -> Found { return {}; };
    const auto number = [](const char* keyword) {
        return [keyword](const Json& value, const std::string& where) {
            return wants(value.is_number(), where, keyword, "a number");
        };
    };
    const auto count = [](const char* keyword) {
        return [keyword](const Json& value, const std::string& where) {
            return wants(isCount(value), where, keyword, "a whole number from 0");
        };
    };
    static const std::map<std::string, Check> all = {
        {"$schema", anything},
        {"title", anything},
        {"description", anything},
        {"examples", anything},
        {"default", anything},
        {"const", anything},
        {"type",
         [](const Json& value, const std::string& where) {
             return wants(isTypes(value), where, "type", "one or several of " + join(kTypes, ", "));
         }},
        {"required",
         [](const Json& value, const std::string& where) {
             return wants(isListOfStrings(value), where, "required", "a list of names");
         }},
        {"enum",
         [](const Json& value, const std::string& where) {
             return wants(value.is_array() && !value.empty(), where, "enum", "a list of values");
         }},
        {"minimum", number("minimum")},
        {"maximum", number("maximum")},
        {"minLength", count("minLength")},
        {"maxLength", count("maxLength")},
        {"minItems", count("minItems")},
        {"maxItems", count("maxItems")},
        {"pattern", checkPattern},
        {"properties", checkProperties},
        {"items",
         [](const Json& value, const std::string& where) { return checkSchema(value, where + ".items"); }},
        {"additionalProperties",
         [](const Json& value, const std::string& where) {
             return value.is_boolean() ? Found{} : checkSchema(value, where + ".additionalProperties");
         }},
    };
    return all;
}

// ---------------------------------------------------------------------------------------- does a value fit a
// schema?

Found misfit(const std::string& where, std::string what, std::string remedy = {}) {
    return Problem{std::move(what), where, std::move(remedy)};
}

void fillDefaults(const Json& schema, Json& value) {
    if (!value.is_object() || !schema.contains("properties")) return;
    for (const auto& [name, inner] : schema["properties"].items())
        if (!value.contains(name) && inner.contains("default")) value[name] = inner["default"];
}

Found fitNumber(const Json& schema, const Json& value, const std::string& where) {
    if (schema.contains("minimum") && value < schema["minimum"])
        return misfit(where, "must be at least " + toText(schema["minimum"]));
    if (schema.contains("maximum") && value > schema["maximum"])
        return misfit(where, "must be at most " + toText(schema["maximum"]));
    return {};
}

Found fitString(const Json& schema, const Json& value, const std::string& where) {
    const auto& text = value.get_ref<const std::string&>();
    if (schema.contains("minLength") && lengthOf(text) < schema["minLength"].get<std::size_t>())
        return misfit(where, text.empty()
                                 ? "must not be empty"
                                 : "must have at least " + toText(schema["minLength"]) + " characters");
    if (schema.contains("maxLength") && lengthOf(text) > schema["maxLength"].get<std::size_t>())
        return misfit(where, "must have at most " + toText(schema["maxLength"]) + " characters");
    if (schema.contains("pattern")) {
        const auto pattern = schema["pattern"].get<std::string>();
        Poco::RegularExpression expression(pattern, Poco::RegularExpression::RE_UTF8);
        Poco::RegularExpression::Match match;
        if (!isUtf8(text) || expression.match(text, 0, match) == 0)
            return misfit(where, "must match " + pattern);
    }
    return {};
}

Found fitArray(const Json& schema, Json& value, const std::string& where) {
    if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>())
        return misfit(where, "must have at least " + toText(schema["minItems"]) + " entries");
    if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>())
        return misfit(where, "must have at most " + toText(schema["maxItems"]) + " entries");
    if (!schema.contains("items")) return {};
    for (std::size_t i = 0; i < value.size(); ++i)
        if (auto problem = applySchema(schema["items"], value[i], where + "[" + std::to_string(i) + "]"))
            return problem;
    return {};
}

Found fitUnlisted(const Json& schema, const std::string& key, Json& value, const std::string& where) {
    const auto rule = schema.find("additionalProperties");
    if (rule == schema.end() || *rule == true) return {};
    if (rule->is_object()) return applySchema(*rule, value, where + "." + key);
    const auto known = keysOf(schema.value("properties", Json::object()));
    const auto near = nearest(key, known);
    return misfit(where + "." + key, "there is no such setting",
                  !near.empty() ? "Did you mean \"" + near + "\"?"
                                : "Known here: " + (known.empty() ? "nothing" : join(known, ", ")) + ".");
}

Found fitObject(const Json& schema, Json& value, const std::string& where) {
    const auto properties = schema.value("properties", Json::object());
    for (auto& [key, inner] : value.items()) {
        const auto rule = properties.find(key);
        auto problem = rule != properties.end() ? applySchema(*rule, inner, where + "." + key)
                                                : fitUnlisted(schema, key, inner, where);
        if (problem) return problem;
    }
    for (const auto& name : schema.value("required", Json::array())) {
        const auto key = name.get<std::string>();
        if (value.contains(key)) continue;
        const auto near = nearest(key, keysOf(value));
        const bool misspelt = !near.empty() && !properties.contains(near);
        return misfit(where + "." + key, "is missing",
                      misspelt ? "Did you mean it by \"" + near + "\"?"
                               : textOf(properties.value(key, Json()), "description"));
    }
    return {};
}

}  // namespace

Found checkSchema(const Json& schema, const std::string& where) {
    if (!schema.is_object()) return Problem{"a schema must be an object", where, ""};
    for (const auto& [keyword, value] : schema.items()) {
        const auto known = keywords().find(keyword);
        if (known == keywords().end()) {
            std::vector<std::string> names;
            for (const auto& entry : keywords()) names.push_back(entry.first);
            const auto near = nearest(keyword, names);
            return Problem{"the schema keyword \"" + keyword + "\" is not known here", where,
                           near.empty() ? "" : "Did you mean \"" + near + "\"?"};
        }
        if (auto problem = known->second(value, where)) return problem;
    }
    return {};
}

Found applySchema(const Json& schema, Json& document, const std::string& where) {
    if (schema.contains("type")) {
        const auto types = typesOf(schema["type"]);
        if (std::none_of(types.begin(), types.end(),
                         [&](const auto& type) { return hasType(document, type); }))
            return misfit(where, "must be of type " + join(types, " or ") + ", not " + document.type_name());
    }
    if (schema.contains("enum")) {
        const auto& values = schema["enum"];
        if (std::find(values.begin(), values.end(), document) == values.end()) {
            std::vector<std::string> words;
            for (const auto& value : values)
                if (value.is_string()) words.push_back(value.get<std::string>());
            const auto near = document.is_string() ? nearest(document.get<std::string>(), words) : "";
            return misfit(where, "must be one of " + listed(values),
                          near.empty() ? "" : "Did you mean \"" + near + "\"?");
        }
    }
    if (schema.contains("const") && document != schema["const"])
        return misfit(where, "must be " + toText(schema["const"]));
    if (document.is_number()) return fitNumber(schema, document, where);
    if (document.is_string()) return fitString(schema, document, where);
    if (document.is_array()) return fitArray(schema, document, where);
    if (!document.is_object()) return {};
    fillDefaults(schema, document);
    return fitObject(schema, document, where);
}

}  // namespace overture::plugin
