// A small judge of JSON documents by an OpenAPI 3.1 description: types, enums, required, properties, items, limits,
// allOf, anyOf, oneOf and $ref inside the document. Unknown properties are named unless the schema is open.
#pragma once

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace overture::openapi {

class Judge {
public:
    explicit Judge(const Json& document) : document_(document) {}

    /// What is wrong with `value`, with its place; empty when it fits the named component.
    std::vector<std::string> faults(const Json& value, const std::string& component) const {
        std::vector<std::string> out;
        check(value, document_.at("components").at("schemas").at(component), component, out);
        return out;
    }

private:
    const Json& resolve(const Json& schema) const {
        return schema.contains("$ref")
                   ? document_.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1)))
                   : schema;
    }

    static bool isOf(const Json& value, const std::string& type) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "boolean") return value.is_boolean();
        if (type == "null") return value.is_null();
        if (type == "integer") return value.is_number_integer();
        return value.is_number();
    }

    bool fits(const Json& value, const Json& schema) const {
        std::vector<std::string> out;
        check(value, schema, "", out);
        return out.empty();
    }

    /// Every property named by a schema or its parts.
    void names(const Json& given, std::set<std::string>& out, bool& open) const {
        const auto& schema = resolve(given);
        if (schema.contains("properties"))
            for (const auto& [name, property] : schema["properties"].items()) out.insert(name);
        if (schema.contains("additionalProperties") && schema["additionalProperties"] != false) open = true;
        for (const auto* key : {"allOf", "anyOf", "oneOf"})
            if (schema.contains(key))
                for (const auto& part : schema[key]) names(part, out, open);
        if (schema.value("type", Json()) == "object" && !schema.contains("properties")) open = true;
    }

    void check(const Json& value, const Json& given, const std::string& at,
               std::vector<std::string>& out) const {
        const auto& schema = resolve(given);
        if (schema.contains("type")) {
            const auto types = schema["type"].is_array()
                                   ? schema["type"].get<std::vector<std::string>>()
                                   : std::vector<std::string>{schema["type"].get<std::string>()};
            bool any = false;
            for (const auto& type : types) any = any || isOf(value, type);
            if (!any) return out.push_back(at + " has the wrong type");
        }
        if (schema.contains("enum") &&
            std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
            out.push_back(at + " is none of the allowed values");
        if (value.is_number()) {
            if (schema.contains("minimum") && value.get<double>() < schema["minimum"].get<double>())
                out.push_back(at + " is too small");
            if (schema.contains("maximum") && value.get<double>() > schema["maximum"].get<double>())
                out.push_back(at + " is too large");
        }
        if (value.is_array()) {
            if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>())
                out.push_back(at + " is too short");
            if (schema.contains("items"))
                for (std::size_t i = 0; i < value.size(); ++i)
                    check(value[i], schema["items"], at + "[" + std::to_string(i) + "]", out);
        }
        if (value.is_object()) checkObject(value, schema, at, out);
        if (schema.contains("allOf"))
            for (const auto& part : schema["allOf"]) check(value, part, at, out);
        for (const auto* key : {"anyOf", "oneOf"}) {
            if (!schema.contains(key)) continue;
            bool any = false;
            for (const auto& part : schema[key]) any = any || fits(value, part);
            if (!any) out.push_back(at + " fits none of the alternatives");
        }
    }

    void checkObject(const Json& value, const Json& schema, const std::string& at,
                     std::vector<std::string>& out) const {
        if (schema.contains("required"))
            for (const auto& name : schema["required"])
                if (!value.contains(name.get<std::string>()))
                    out.push_back(at + " lacks " + name.get<std::string>());
        if (schema.contains("properties"))
            for (const auto& [name, property] : schema["properties"].items())
                if (value.contains(name)) check(value[name], property, at + "." + name, out);
        std::set<std::string> known;
        bool open = false;
        names(schema, known, open);
        if (known.empty() || open || at.empty() || at.find('.') == std::string::npos) return;
        for (const auto& [name, item] : value.items())
            if (!known.count(name)) out.push_back(at + " has the unknown " + name);
    }

    const Json& document_;
};

/// Properties of `value` that the named component does not know.
inline std::vector<std::string> unknownProperties(const Json& document, const std::string& component,
                                                  const Json& value) {
    std::set<std::string> known;
    std::vector<const Json*> open{&document.at("components").at("schemas").at(component)};
    while (!open.empty()) {
        const auto* schema = open.back();
        open.pop_back();
        if (schema->contains("$ref"))
            schema = &document.at(Json::json_pointer((*schema)["$ref"].get<std::string>().substr(1)));
        if (schema->contains("properties"))
            for (const auto& [name, property] : (*schema)["properties"].items()) known.insert(name);
        if (schema->contains("allOf"))
            for (const auto& part : (*schema)["allOf"]) open.push_back(&part);
    }
    std::vector<std::string> out;
    for (const auto& [name, item] : value.items())
        if (!known.count(name)) out.push_back(name);
    return out;
}

}  // namespace overture::openapi
