#include "playbook/reference.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "playbook/specs.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::playbook {
namespace {

struct ShapeText {
    const char *words, *type;  ///< for people, for the editor
};

ShapeText shapeText(Shape shape) {
    switch (shape) {
        case Shape::string: return {"text", "string"};
        case Shape::text:
            return {"text, per language or file", "string|table<string, string|overture.file>|overture.file"};
        case Shape::lines:
            return {"lines, per language or not", "string|string[]|table<string, string|string[]>|table[]"};
        case Shape::strings: return {"list of texts", "string[]"};
        case Shape::number: return {"number", "number"};
        case Shape::whole: return {"whole number", "integer"};
        case Shape::flag: return {"true or false", "boolean"};
        case Shape::function: return {"function", "fun(talk: overture.talk, message: overture.message)"};
        case Shape::amount: return {"amount", "number"};
        case Shape::currency: return {"currency", "string"};
        case Shape::duration: return {"duration", "string"};
        case Shape::durations: return {"list of durations", "string[]"};
        case Shape::hours: return {"hours", "string"};
        case Shape::dayRange: return {"days", "string"};
        case Shape::clock: return {"span of time", "string"};
        case Shape::stage: return {"stage", "string"};
        case Shape::facts: return {"list of facts", "string[]"};
        case Shape::channels: return {"list of channels", "string[]"};
        case Shape::moves: return {"moves", "table<string, string|fun(talk: overture.talk): any>"};
        case Shape::table: return {"table", "table"};
    }
    return {"", "any"};
}

std::string className(const Word& word) {
    return "overture." + replaceAll(word.name, " ", "_");
}

}  // namespace

std::string editorTypes() {
    std::string out =
        "---@meta\n"
        "-- Types for the Lua language server. Made by `overture playbook words --editor`; do not edit.\n\n"
        "---@class overture.file\n---@class overture.message\n---@field text string\n---@field channel "
        "string\n---@field language string\n\n";
    for (const auto& word : words()) {
        out += "---" + std::string(word.about) + "\n---@class " + className(word) + "\n";
        for (const auto& key : word.keys) {
            const std::string name = std::string(key.name) == "then" ? "['then']" : key.name;
            out += "---@field " + name + "? " + shapeText(key.shape).type + " # " + key.about + "\n";
        }
        if (word.callable)
            out += "\n---" + std::string(word.about) + "\n---@param declared " + className(word) +
                   "\n---@return " + className(word) + "\nfunction " + word.name + "(declared) end\n";
        out += "\n";
    }
    out += "---@class overture.talk\n";
    for (const auto& member : talkMembers())
        out += "---@field " + std::string(member.name) + " " + member.signature + " # " + member.about + "\n";
    out +=
        "\n---A file of the playbook's folder.\n---@param path string\n---@return overture.file\nfunction "
        "file(path) end\n";
    for (const char* currency : {"usd", "inr", "gbp"})
        out += "\n---@param units number\n---@return number\nfunction " + std::string(currency) +
               "(units) end\n";
    return out + specEditorTypes();
}

std::string referenceMarkdown() {
    std::string out;
    for (const auto& word : words()) {
        out += "### `" + std::string(word.name) + "`" + (word.callable ? "" : " (a plain table)") + "\n\n" +
               word.about + "\n\n";
        if (word.keys.empty()) continue;
        out += "| Key | Value | |\n| --- | --- | --- |\n";
        for (const auto& key : word.keys)
            out += "| `" + std::string(key.name) + "` | " + shapeText(key.shape).words + " | " +
                   replaceAll(key.about, "|", "\\|") + " |\n";
        out += "\n";
    }
    out += "### `talk`\n\n| | |\n| --- | --- |\n";
    for (const auto& member : talkMembers())
        out +=
            "| `talk" + std::string(member.method ? ":" : ".") + member.name + "` | " + member.about + " |\n";
    return out + "\n" + specReferenceMarkdown();
}

std::string referenceText() {
    std::string out;
    for (const auto& word : words()) {
        out += std::string(word.name) + ": " + word.about + "\n";
        for (const auto& key : word.keys) {
            auto name = "  " + std::string(key.name);
            name.resize(std::max<std::size_t>(name.size() + 1, 26), ' ');
            out += name + key.about + " (" + shapeText(key.shape).words + ")\n";
        }
        out += "\n";
    }
    out += "talk:\n";
    for (const auto& member : talkMembers()) {
        auto name = "  talk" + std::string(member.method ? ":" : ".") + member.name;
        name.resize(std::max<std::size_t>(name.size() + 1, 26), ' ');
        out += name + member.about + "\n";
    }
    return out;
}

}  // namespace overture::playbook
