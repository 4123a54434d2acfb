#include "playbook/reference.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "playbook/library.hpp"
#include "playbook/spec_run.hpp"
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
    out += "---@alias overture.tool ";
    for (const auto& tool : tools())
        out += (&tool == &tools().front() ? "\"" : "|\"") + std::string(tool.capability) + "\"";
    out += "\n\n---@class overture.talk\n";
    for (const auto& member : talkMembers())
        out += "---@field " + std::string(member.name) + " " + member.signature + " # " + member.about + "\n";
    out +=
        "\n---A file of the playbook's folder.\n---@param path string\n---@return overture.file\nfunction "
        "file(path) end\n";
    for (const auto& currency : amountWords())
        out += "\n---@param units number\n---@return number\nfunction " + currency + "(units) end\n";
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
    out += "\n### `talk:use(capability, { … })`\n\n| Capability | Arguments | |\n| --- | --- | --- |\n";
    for (const auto& tool : tools())
        out += "| `" + std::string(tool.capability) + "` | `" + tool.arguments + "` | " + tool.about + " |\n";
    return out + "\n" + specReferenceMarkdown();
}

std::string libraryMarkdown() {
    std::string out =
        "# Lua in a playbook\n\n"
        "What a function in a playbook, a simulated person or a spec may call, besides the words of\n"
        "[playbooks.md](playbooks.md). Made by `overture playbook words --library`; do not edit. Lua 5.4's "
        "own manual says more;\n"
        "what differs from it begins with \"here\". Whatever does not stand here does not exist: there are "
        "no files, no time, no\n"
        "other programs, no coroutines, and no way to load more code.\n";
    std::string library = "?";
    for (const auto& word : libraryWords()) {
        if (library != word.library) {
            library = word.library;
            out += "\n## " + (library.empty() ? std::string("Without a library") : "`" + library + "`") +
                   "\n\n| | |\n| --- | --- |\n";
        }
        out += "| `" + (library.empty() ? "" : library + ".") + word.name + word.signature + "` | " +
               replaceAll(word.about, "|", "\\|") + " |\n";
    }
    out += "\n## Amounts and files\n\n| | |\n| --- | --- |\n";
    for (const auto& word : amountWords())
        out += "| `" + word +
               "(units)` | where a playbook is declared an amount that knows its currency; where it runs, "
               "the number |\n";
    return out + "| `file(path)` | a file of the playbook's folder; where it runs, its text |\n";
}

namespace {

std::string luaList(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "\"" : ", \"") + name + "\"";
    return "{ " + out + " }";
}

std::vector<std::string> callableWords() {
    std::vector<std::string> names{"file"};
    for (const auto& word : words())
        if (word.callable) names.emplace_back(word.name);
    for (const auto& word : amountWords()) names.push_back(word);
    return names;
}

}  // namespace

std::string luacheckConfiguration() {
    std::string out =
        "-- Made by `overture playbook words --luacheck`; do not edit. The words that a playbook, its people "
        "and its specs may use.\n"
        "std = \"none\"\n"
        "exclude_files = { \"playbooks/meta/**\", \"tests/lua/sandbox/**\", \"build/**\" }  -- generated; "
        "hostile on purpose\n"
        "max_line_length = false  -- a wording stands on one line\n"
        "local pure = {\n";
    for (const auto& name : libraryNames("")) out += "    " + name + " = {},\n";
    for (const char* library : {"string", "table", "math", "utf8"}) {
        out += "    " + std::string(library) + " = { fields = { ";
        for (const auto& name : libraryNames(library)) out += name + " = {}, ";
        out += "} },\n";
    }
    out += "}\nlocal words = " + luaList(callableWords()) + "\n";
    std::vector<std::string> specs;
    for (const auto& word : specGlobals()) specs.emplace_back(word.name);
    return out + "local specs = " + luaList(specs) +
           "\nlocal function with(names)\n"
           "    local all = {}\n"
           "    for name, fields in pairs(pure) do all[name] = fields end\n"
           "    for _, name in ipairs(names) do all[name] = {} end\n"
           "    return all\n"
           "end\n"
           "read_globals = with(words)\n"
           "files[\"**/people/*.lua\"] = { read_globals = with(words) }\n"
           "files[\"**/tests/*.lua\"] = { read_globals = with(specs) }\n";
}

std::string recordOfTheLanguage() {
    std::string out;
    for (const auto& word : words())
        for (const auto& key : word.keys)
            out += std::string(word.name) + "." + key.name + ": " + shapeText(key.shape).words + "\n";
    for (const auto& word : callableWords()) out += word + "\n";
    for (const auto& member : talkMembers())
        out +=
            std::string("talk") + (member.method ? ":" : ".") + member.name + ": " + member.signature + "\n";
    for (const auto& field : messageFields()) out += "message." + field + "\n";
    for (const auto& field : leadFields()) out += "lead." + field + "\n";
    for (const auto& channel : knownChannels()) out += "channel " + channel + "\n";
    for (const auto& tool : tools()) out += "tool " + std::string(tool.capability) + "\n";
    for (const auto& word : libraryWords())
        out += std::string(word.library) + (*word.library == '\0' ? "" : ".") + word.name + word.signature +
               "\n";
    for (const auto& word : specGlobals()) out += "spec " + std::string(word.signature) + "\n";
    for (const auto& word : specOptions()) out += "spec conversation." + std::string(word.name) + "\n";
    for (const auto& word : specTalkActs()) out += "spec " + std::string(word.signature) + "\n";
    for (const auto& word : specTalkViews()) out += "spec talk." + std::string(word.name) + "\n";
    for (const auto& word : specAnswerKeys()) out += "spec model_says." + std::string(word.name) + "\n";
    for (const auto& word : specExpectations()) out += "spec " + std::string(word.signature) + "\n";
    return out;
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
