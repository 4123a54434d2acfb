#include "base/schema.hpp"

#include <Poco/Exception.h>
#include <Poco/RegularExpression.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.hpp"

namespace overture {
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

Found checkKeywords(const Json& schema, const std::string& where);

Found checkSchemas(const Json& value, const std::string& where, const std::string& keyword) {
    if (!value.is_object()) return wants(false, where, keyword, "an object");
    for (const auto& [name, inner] : value.items())
        if (auto problem = checkKeywords(inner, where + "." + keyword + "." + name)) return problem;
    return {};
}

Found checkBranches(const Json& value, const std::string& where) {
    if (!value.is_array() || value.empty()) return wants(false, where, "anyOf", "a list of schemas");
    for (std::size_t i = 0; i < value.size(); ++i)
        if (auto problem = checkKeywords(value[i], where + ".anyOf[" + std::to_string(i) + "]"))
            return problem;
    return {};
}

constexpr std::string_view kDefs = "#/$defs/";

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
        {"$id", anything},
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
        {"properties", [](const Json& value,
                          const std::string& where) { return checkSchemas(value, where, "properties"); }},
        {"$defs",
         [](const Json& value, const std::string& where) { return checkSchemas(value, where, "$defs"); }},
        {"anyOf", checkBranches},
        {"$ref",
         [](const Json& value, const std::string& where) {
             return wants(value.is_string() && value.get_ref<const std::string&>().starts_with(kDefs), where,
                          "$ref", "\"#/$defs/\" and a name");
         }},
        {"items",
         [](const Json& value, const std::string& where) { return checkKeywords(value, where + ".items"); }},
        {"additionalProperties",
         [](const Json& value, const std::string& where) {
             return value.is_boolean() ? Found{} : checkKeywords(value, where + ".additionalProperties");
         }},
    };
    return all;
}

Found checkKeywords(const Json& schema, const std::string& where) {
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

const Json* definitionOf(const Json& root, const std::string& reference) {
    const auto all = root.find("$defs");
    if (all == root.end()) return nullptr;
    const auto one = all->find(reference.substr(kDefs.size()));
    return one == all->end() ? nullptr : &*one;
}

/// Every $ref leads somewhere, and none back to where it stands without a value in between.
Found checkReferences(const Json& root, const Json& schema, const std::string& where) {
    if (schema.is_object() && schema.contains("$ref")) {
        const Json* at = &schema;
        for (std::size_t steps = 0; at->is_object() && at->contains("$ref"); ++steps) {
            const auto reference = (*at)["$ref"].get<std::string>();
            at = definitionOf(root, reference);
            if (at == nullptr) return Problem{"there is no " + reference + " here", where, ""};
            if (steps > root["$defs"].size()) return Problem{reference + " leads back to itself", where, ""};
        }
    }
    if (schema.is_structured())
        for (const auto& [key, inner] : schema.items())
            if (auto problem = checkReferences(root, inner, where + "." + key)) return problem;
    return {};
}

// ---------------------------------------------------------------------------------------- does a value fit a
// schema?

/// One document against one schema.
class Fitting {
public:
    Fitting(const Json& root, Paths paths) : root_(root), paths_(paths) {}

    Found fit(const Json& schema, Json& value, const std::string& where) const {
        if (schema.contains("$ref"))
            if (auto problem = fit(*definitionOf(root_, schema["$ref"].get<std::string>()), value, where))
                return problem;
        if (auto problem = fitAny(schema, value, where)) return problem;
        if (schema.contains("anyOf"))
            if (auto problem = fitBranch(schema["anyOf"], value, where)) return problem;
        if (value.is_number()) return fitNumber(schema, value, where);
        if (value.is_string()) return fitString(schema, value, where);
        if (value.is_array()) return fitArray(schema, value, where);
        if (!value.is_object()) return {};
        fillDefaults(schema, value);
        return fitObject(schema, value, where);
    }

private:
    static Found misfit(const std::string& where, std::string what, std::string remedy = {}) {
        return Problem{std::move(what), where, std::move(remedy)};
    }
    std::string below(const std::string& where, const std::string& key) const {
        return where + (paths_ == Paths::dotted ? "." : "/") + key;
    }
    std::string below(const std::string& where, std::size_t index) const {
        return paths_ == Paths::dotted ? where + "[" + std::to_string(index) + "]"
                                       : where + "/" + std::to_string(index);
    }
    /// ", not 25" where places are pointers: whoever wrote the file may see what stands there.
    std::string instead(const Json& value) const {
        return paths_ == Paths::dotted || value.is_structured() ? "" : ", not " + toText(value);
    }

    Found fitAny(const Json& schema, const Json& value, const std::string& where) const {
        if (schema.contains("type")) {
            const auto types = typesOf(schema["type"]);
            if (std::none_of(types.begin(), types.end(),
                             [&](const auto& type) { return hasType(value, type); }))
                return misfit(where, "must be of type " + join(types, " or ") + ", not " + value.type_name());
        }
        if (schema.contains("enum")) {
            const auto& values = schema["enum"];
            if (std::find(values.begin(), values.end(), value) == values.end()) {
                std::vector<std::string> words;
                for (const auto& one : values)
                    if (one.is_string()) words.push_back(one.get<std::string>());
                const auto near = value.is_string() ? nearest(value.get<std::string>(), words) : "";
                return misfit(where, "must be one of " + listed(values) + instead(value),
                              near.empty() ? "" : "Did you mean \"" + near + "\"?");
            }
        }
        if (schema.contains("const") && value != schema["const"])
            return misfit(where, "must be " + toText(schema["const"]) + instead(value));
        return {};
    }

    const Json& resolved(const Json& schema) const {
        const Json* at = &schema;
        while (at->contains("$ref")) at = definitionOf(root_, (*at)["$ref"].get<std::string>());
        return *at;
    }

    /// The property by which branches are told apart: one that is a const in every one of them.
    std::string tellingKey(const Json& branches) const {
        const auto first = resolved(branches.front()).value("properties", Json::object());
        for (const auto& [key, inner] : first.items())
            if (std::all_of(branches.begin(), branches.end(), [&, name = key](const Json& branch) {
                    const auto properties = resolved(branch).value("properties", Json::object());
                    return properties.contains(name) && properties[name].contains("const");
                }))
                return key;
        return {};
    }

    /// The share of its required keys that are there.
    double likeness(const Json& branch, const Json& value) const {
        const auto required = resolved(branch).value("required", Json::array());
        if (!value.is_object() || required.empty()) return 0;
        const auto there = std::count_if(required.begin(), required.end(), [&](const Json& key) {
            return value.contains(key.get_ref<const std::string&>());
        });
        return static_cast<double>(there) / static_cast<double>(required.size());
    }

    Found fitBranch(const Json& branches, Json& value, const std::string& where) const {
        if (const auto key = tellingKey(branches); !key.empty() && value.is_object()) {
            auto known = Json::array();
            for (const auto& branch : branches) {
                known.push_back(resolved(branch)["properties"][key]["const"]);
                if (value.contains(key) && value[key] == known.back()) return fit(branch, value, where);
            }
            if (!value.contains(key)) return misfit(below(where, key), "is missing");
            return fitAny({{"enum", known}}, value[key], below(where, key));
        }
        Found likeliest;
        double most = 0;
        for (const auto& branch : branches) {
            auto copy = value;
            auto problem = fit(branch, copy, where);
            if (!problem) {
                value = std::move(copy);
                return {};
            }
            if (const auto like = likeness(branch, value); !likeliest || like > most) {
                likeliest = std::move(problem);
                most = like;
            }
        }
        return likeliest;
    }

    static void fillDefaults(const Json& schema, Json& value) {
        if (!schema.contains("properties")) return;
        for (const auto& [name, inner] : schema["properties"].items())
            if (!value.contains(name) && inner.contains("default")) value[name] = inner["default"];
    }

    Found fitNumber(const Json& schema, const Json& value, const std::string& where) const {
        if (schema.contains("minimum") && value < schema["minimum"])
            return misfit(where, "must be at least " + toText(schema["minimum"]) + instead(value));
        if (schema.contains("maximum") && value > schema["maximum"])
            return misfit(where, "must be at most " + toText(schema["maximum"]) + instead(value));
        return {};
    }

    Found fitString(const Json& schema, const Json& value, const std::string& where) const {
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
                return misfit(where, "must match " + pattern + instead(value));
        }
        return {};
    }

    Found fitArray(const Json& schema, Json& value, const std::string& where) const {
        if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>())
            return misfit(where, "must have at least " + toText(schema["minItems"]) + " entries");
        if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>())
            return misfit(where, "must have at most " + toText(schema["maxItems"]) + " entries");
        if (!schema.contains("items")) return {};
        for (std::size_t i = 0; i < value.size(); ++i)
            if (auto problem = fit(schema["items"], value[i], below(where, i))) return problem;
        return {};
    }

    Found fitUnlisted(const Json& schema, const std::string& key, Json& value,
                      const std::string& where) const {
        const auto rule = schema.find("additionalProperties");
        if (rule == schema.end() || *rule == true) return {};
        if (rule->is_object()) return fit(*rule, value, below(where, key));
        const auto known = keysOf(schema.value("properties", Json::object()));
        const auto near = nearest(key, known);
        return misfit(below(where, key), paths_ == Paths::dotted ? "there is no such setting" : "unknown key",
                      !near.empty() ? "Did you mean \"" + near + "\"?"
                                    : "Known here: " + (known.empty() ? "nothing" : join(known, ", ")) + ".");
    }

    Found fitObject(const Json& schema, Json& value, const std::string& where) const {
        const auto properties = schema.value("properties", Json::object());
        for (auto& [key, inner] : value.items()) {
            const auto rule = properties.find(key);
            auto problem = rule != properties.end() ? fit(*rule, inner, below(where, key))
                                                    : fitUnlisted(schema, key, inner, where);
            if (problem) return problem;
        }
        for (const auto& name : schema.value("required", Json::array())) {
            const auto key = name.get<std::string>();
            if (value.contains(key)) continue;
            const auto near = nearest(key, keysOf(value));
            const bool misspelt = !near.empty() && !properties.contains(near);
            return misfit(below(where, key), "is missing",
                          misspelt ? "Did you mean it by \"" + near + "\"?"
                                   : textOf(properties.value(key, Json()), "description"));
        }
        return {};
    }

    const Json& root_;
    Paths paths_;
};

}  // namespace

Found checkSchema(const Json& schema, const std::string& where) {
    if (auto problem = checkKeywords(schema, where)) return problem;
    return checkReferences(schema, schema, where);
}

Found applySchema(const Json& schema, Json& document, const std::string& where, Paths paths) {
    return Fitting(schema, paths).fit(schema, document, where);
}

}  // namespace overture
