// overture plugin doc: what plugin.json says of a plugin, as a part of a page for people.
#include <iostream>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/paths.hpp"
#include "plugin/manifest.hpp"

namespace overture::cli {
namespace {

constexpr std::string_view kBegin = "<!-- from plugin.json: overture plugin doc -->\n",
                           kEnd = "<!-- to here -->\n";

std::string inTable(const std::string& text) {
    return replaceAll(replaceAll(text, "|", "\\|"), "\n", " ");
}

std::string code(const std::string& text) {
    return "`" + inTable(text) + "`";
}

std::string shownValue(const Json& value) {
    return code(value.is_string() ? value.get<std::string>() : toText(value));
}

std::string bounds(const Json& schema, const char* least, const char* most) {
    const bool from = schema.contains(least), to = schema.contains(most);
    if (from && to) return " from " + toText(schema[least]) + " to " + toText(schema[most]);
    if (from) return " from " + toText(schema[least]);
    return to ? " up to " + toText(schema[most]) : "";
}

/// "whole number from 1 to 1600", "one of `tls`, `none`".
std::string formOf(const Json& schema) {
    if (schema.contains("const")) return shownValue(schema["const"]);
    if (schema.contains("enum")) {
        std::vector<std::string> all;
        for (const auto& one : schema["enum"]) all.push_back(shownValue(one));
        return "one of " + join(all, ", ");
    }
    const auto type = textOf(schema, "type");
    if (type == "integer") return "whole number" + bounds(schema, "minimum", "maximum");
    if (type == "number") return "number" + bounds(schema, "minimum", "maximum");
    if (type == "boolean") return "`true` or `false`";
    if (type == "string")
        return schema.contains("pattern") ? "text like " + code(textOf(schema, "pattern")) : "text";
    if (type == "array")
        return schema.contains("items") ? "list, each " + formOf(schema["items"]) : std::string("list");
    if (type == "object" && schema.contains("additionalProperties") &&
        schema["additionalProperties"].is_object() && !schema["additionalProperties"].contains("properties"))
        return "names, each with " + formOf(schema["additionalProperties"]);
    return type == "object" ? "object" : "anything";
}

bool wants(const Json& schema, const std::string& name) {
    for (const auto& one : schema.value("required", Json::array()))
        if (one == name) return true;
    return false;
}

void addSettings(std::string& rows, const Json& schema, const std::string& before) {
    if (!schema.is_object()) return;  // such as "additionalProperties": false
    const auto properties = schema.value("properties", Json::object());
    for (const auto& [name, own] : properties.items()) {
        const auto path = before + name;
        auto about = textOf(own, "description", textOf(own, "title"));
        if (about.empty() && own.contains("items")) about = textOf(own["items"], "description");
        rows += "| `" + path + "` | " + formOf(own) + " | " +
                (own.contains("default") ? shownValue(own["default"])
                 : wants(schema, name)   ? std::string("**needed**")
                                         : std::string()) +
                " | " + inTable(about) + " |\n";
        addSettings(rows, own, path + ".");
        if (own.contains("items")) addSettings(rows, own["items"], path + "[].");
        if (own.contains("additionalProperties"))
            addSettings(rows, own["additionalProperties"], path + ".*.");
    }
}

std::string partOf(const plugin::Manifest& manifest) {
    std::vector<std::string> offers;
    for (const auto& capability : manifest.capabilities) offers.push_back("`" + capability + "`");
    auto part = "`" + manifest.id + "` " + manifest.version + " offers " + join(offers, ", ") + ". " +
                textOf(manifest.document, "about") + ".\n\n";
    std::string settings, secrets;
    addSettings(settings, manifest.settingsSchema, "");
    const auto given = manifest.document.value("secrets", Json::array());
    for (const auto& one : given) {
        const bool plain = one.is_string();
        secrets += "| `" + (plain ? one.get<std::string>() : textOf(one, "name")) + "` | " +
                   (plain || one.value("required", true) ? "**needed**" : "") + " | " +
                   (plain ? std::string() : inTable(textOf(one, "about"))) + " |\n";
    }
    part += settings.empty() ? "It has no settings.\n"
                             : "| Setting | | Unless given | |\n| --- | --- | --- | --- |\n" + settings;
    part += secrets.empty() ? "\nIt has no secrets.\n" : "\n| Secret | | |\n| --- | --- | --- |\n" + secrets;
    return part;
}

/// The page with the part between its marks.
std::string filled(const std::string& page, const std::string& part, const std::string& path) {
    const auto begin = page.find(kBegin);
    const auto end = begin == std::string::npos ? begin : page.find(kEnd, begin);
    if (end == std::string::npos)
        throw Error("there is no place for the settings", path,
                    "Write these two lines where they belong: " + std::string(trim(kBegin)) + " and " +
                        std::string(trim(kEnd)));
    return page.substr(0, begin + kBegin.size()) + "\n" + part + "\n" + page.substr(end);
}

int doc(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"into=", "check"});
    if (arguments.positional().size() != 1) throw UsageError{"name one plugin's folder"};
    if (arguments.has("check") && !arguments.has("into")) throw UsageError{"--check goes with --into"};
    const auto& folder = arguments.positional()[0];
    auto manifest = plugin::readManifest(folder);
    if (!manifest) throw Error(manifest.problem().what, folder, "Name the folder with plugin.json.");
    const auto part = partOf(*manifest);
    if (!arguments.has("into")) {
        std::cout << part;
        return 0;
    }
    const auto path = arguments.value("into");
    const auto page = readFile(path), wanted = filled(page, part, path);
    if (page == wanted) return 0;
    if (arguments.has("check"))
        throw Error("it does not say what plugin.json says", path,
                    "Run overture plugin doc " + folder + " --into " + path + ".");
    writeFile(path, wanted);
    std::cout << path << "\n";
    return 0;
}

const Registered command{{"plugin doc", "a plugin's settings and secrets as tables of a page",
                          R"(Usage: overture plugin doc FOLDER [--into PAGE.md [--check]]

Prints what plugin.json in FOLDER says of the plugin: its capabilities, settings and secrets, as Markdown.

  --into PAGE.md   writes it into that page instead, between the lines <!-- from plugin.json: overture plugin doc --> and
                   <!-- to here -->; the rest of the page stays as it is
  --check          writes nothing; status 1 when the page is not what would be written

Example:
  $ overture plugin doc plugins/acme --into docs/acme.md)",
                          doc}};

}  // namespace
}  // namespace overture::cli
