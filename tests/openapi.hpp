// A small judge of requests and JSON documents by an OpenAPI 3 description: paths and methods, types, const, enums, required,
// properties, items, lengths, patterns, limits, allOf, anyOf, oneOf and $ref inside the document. Unknown properties are
// named unless the schema is open.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <regex>
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

    /// What is wrong with a request whose body is JSON; `path` begins after the server's address and has no query.
    std::vector<std::string> requestFaults(const std::string& method, const std::string& path,
                                           const Json& body) const {
        const auto* operation = operationAt(method, path);
        if (operation == nullptr) return {method + " " + path + " is no operation of the description"};
        std::vector<std::string> out;
        check(body, operation->at("requestBody").at("content").at("application/json").at("schema"), "$.body",
              out);
        return out;
    }

private:
    /// The operation whose path template fits: "{x}" stands for one segment, or a part of one.
    const Json* operationAt(const std::string& method, const std::string& path) const {
        for (const auto& [given, operations] : document_.at("paths").items()) {
            std::string pattern;
            for (std::size_t i = 0; i < given.size(); ++i) {
                if (given[i] == '{') {
                    i = given.find('}', i);
                    pattern += "[^/]+";
                } else if (std::string(".+*?()[]|^$\\").find(given[i]) != std::string::npos) {
                    pattern += std::string("\\") + given[i];
                } else {
                    pattern += given[i];
                }
            }
            if (std::regex_match(path, std::regex(pattern)) && operations.contains(method))
                return &operations[method];
        }
        return nullptr;
    }

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

    /// `part` of an allOf: what it does not list, another part may.
    void check(const Json& value, const Json& given, const std::string& at, std::vector<std::string>& out,
               bool part = false) const {
        const auto& schema = resolve(given);
        if (schema.contains("type")) {
            const auto types = schema["type"].is_array()
                                   ? schema["type"].get<std::vector<std::string>>()
                                   : std::vector<std::string>{schema["type"].get<std::string>()};
            bool any = value.is_null() && schema.value("nullable", false);
            for (const auto& type : types) any = any || isOf(value, type);
            if (!any) return out.push_back(at + " has the wrong type");
        }
        if (schema.contains("enum") &&
            std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
            out.push_back(at + " is none of the allowed values");
        if (schema.contains("const") && schema["const"] != value)
            out.push_back(at + " is not " + schema["const"].dump());
        if (value.is_string()) checkText(value.get<std::string>(), schema, at, out);
        if (value.is_number()) {
            if (schema.contains("minimum") && value.get<double>() < schema["minimum"].get<double>())
                out.push_back(at + " is too small");
            if (schema.contains("maximum") && value.get<double>() > schema["maximum"].get<double>())
                out.push_back(at + " is too large");
        }
        if (value.is_array()) {
            if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>())
                out.push_back(at + " is too short");
            if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>())
                out.push_back(at + " is too long");
            if (schema.contains("items"))
                for (std::size_t i = 0; i < value.size(); ++i)
                    check(value[i], schema["items"], at + "[" + std::to_string(i) + "]", out);
        }
        if (value.is_object()) checkObject(value, schema, at, out, part);
        if (schema.contains("allOf"))
            for (const auto& one : schema["allOf"]) check(value, one, at, out, true);
        for (const auto* key : {"anyOf", "oneOf"}) {
            if (!schema.contains(key)) continue;
            bool any = false;
            for (const auto& one : schema[key]) any = any || fits(value, one);
            if (!any) out.push_back(at + " fits none of the alternatives");
        }
    }

    /// Lengths are counted in code points.
    static void checkText(const std::string& value, const Json& schema, const std::string& at,
                          std::vector<std::string>& out) {
        const auto length = static_cast<std::size_t>(
            std::count_if(value.begin(), value.end(), [](char c) { return (c & 0xC0) != 0x80; }));
        if (schema.contains("minLength") && length < schema["minLength"].get<std::size_t>())
            out.push_back(at + " is too short");
        if (schema.contains("maxLength") && length > schema["maxLength"].get<std::size_t>())
            out.push_back(at + " is too long");
        if (schema.contains("pattern") &&
            !std::regex_search(value, std::regex(schema["pattern"].get<std::string>())))
            out.push_back(at + " does not fit its pattern");
    }

    void checkObject(const Json& value, const Json& schema, const std::string& at,
                     std::vector<std::string>& out, bool part) const {
        if (schema.contains("required"))
            for (const auto& name : schema["required"])
                if (!value.contains(name.get<std::string>()))
                    out.push_back(at + " lacks " + name.get<std::string>());
        if (schema.contains("properties"))
            for (const auto& [name, property] : schema["properties"].items())
                if (value.contains(name)) check(value[name], property, at + "." + name, out);
        if (schema.contains("minProperties") && value.size() < schema["minProperties"].get<std::size_t>())
            out.push_back(at + " has too few properties");
        if (schema.contains("maxProperties") && value.size() > schema["maxProperties"].get<std::size_t>())
            out.push_back(at + " has too many properties");
        if (schema.contains("additionalProperties")) checkOthers(value, schema, at, out, part);
        std::set<std::string> known;
        bool open = false;
        names(schema, known, open);
        if (part || known.empty() || open || at.empty() || at.find('.') == std::string::npos) return;
        for (const auto& [name, item] : value.items())
            if (!known.count(name)) out.push_back(at + " has the unknown " + name);
    }

    static bool lists(const Json& schema, const std::string& name) {
        return schema.contains("properties") && schema["properties"].contains(name);
    }

    /// Those that the schema does not list, by what it says of others. A part of an allOf that closes itself would refuse what
    /// the other parts list, and so every document: some vendors write so and mean the whole.
    void checkOthers(const Json& value, const Json& schema, const std::string& at,
                     std::vector<std::string>& out, bool part) const {
        const auto& others = schema["additionalProperties"];
        for (const auto& [name, item] : value.items()) {
            if (lists(schema, name)) continue;
            if (others == false && !part) out.push_back(at + " has the unknown " + name);
            if (others.is_object()) check(item, others, at + "." + name, out);
        }
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
