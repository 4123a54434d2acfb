#include "plugin/manifest.hpp"

#include <algorithm>
#include <filesystem>

#include "base/schema.hpp"
#include "base/text.hpp"
#include "plugin/capabilities.hpp"

namespace overture::plugin {
namespace {

Problem problem(std::string what) {
    return {std::move(what), "", ""};
}

Result<std::vector<std::string>> capabilitiesOf(const Json& document) {
    const auto found = document.find("capabilities");
    if (found == document.end() || !found->is_array() || found->empty())
        return problem(
            "plugin.json needs \"capabilities\", a list with at least one id such as \"carrier.message/1\"");
    std::vector<std::string> capabilities;
    for (const auto& entry : *found) {
        if (!entry.is_string()) return problem("an entry of \"capabilities\" in plugin.json is not a string");
        const auto id = entry.get<std::string>();
        const auto known = knownCapabilities();
        if (std::find(known.begin(), known.end(), id) == known.end()) {
            const auto near = nearest(id, known);
            return problem("plugin.json lists the capability \"" + id +
                           "\", which this engine does not know" +
                           (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        }
        if (std::find(capabilities.begin(), capabilities.end(), id) != capabilities.end())
            return problem("plugin.json lists the capability \"" + id + "\" twice");
        capabilities.push_back(id);
    }
    return capabilities;
}

/// "secrets": names, or objects {name, required = true, about}.
Result<std::vector<std::string>> neededSecretsOf(const Json& document) {
    std::vector<std::string> needed;
    const auto found = document.find("secrets");
    if (found == document.end()) return needed;
    const auto* broken =
        "\"secrets\" in plugin.json must be a list of names, or of objects with \"name\" and \"required\"";
    if (!found->is_array()) return problem(broken);
    for (const auto& entry : *found) {
        const auto name = entry.is_string() ? entry.get<std::string>() : textOf(entry, "name");
        if (name.empty()) return problem(broken);
        const bool required = !entry.is_object() || !entry.contains("required") || entry["required"] != false;
        if (required) needed.push_back(name);
    }
    return needed;
}

bool isProperId(const std::string& id) {
    return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

}  // namespace

bool Manifest::lists(std::string_view capability) const {
    return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
}

std::string folderName(const std::string& folder) {
    const auto path = std::filesystem::path(folder).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

Result<Manifest> readManifest(const std::string& folder) {
    const auto path = std::filesystem::path(folder) / "plugin.json";
    if (!std::filesystem::exists(path)) return problem("there is no plugin.json in " + folder);
    auto parsed = parseJson(readFile(path.string()), "plugin.json");
    if (!parsed) return problem("plugin.json is not valid JSON (" + parsed.problem().where + ")");
    Manifest manifest;
    manifest.document = std::move(*parsed);
    if (!manifest.document.is_object()) return problem("plugin.json is not a JSON object");
    manifest.id = textOf(manifest.document, "id");
    if (!isProperId(manifest.id)) return problem("plugin.json needs \"id\", made of a-z, 0-9, - and _");
    if (manifest.id != folderName(folder))
        return problem("plugin.json says id \"" + manifest.id + "\", but its folder is called \"" +
                       folderName(folder) + "\"");
    manifest.version = textOf(manifest.document, "version");
    if (manifest.version.empty()) return problem("plugin.json needs \"version\"");
    auto capabilities = capabilitiesOf(manifest.document);
    if (!capabilities) return capabilities.problem();
    manifest.capabilities = std::move(*capabilities);
    auto secrets = neededSecretsOf(manifest.document);
    if (!secrets) return secrets.problem();
    manifest.neededSecrets = std::move(*secrets);
    for (const auto* key : {"reads_context", "own_connections"})
        if (!manifest.document.value(key, Json(false)).is_boolean())
            return problem(std::string("\"") + key + "\" in plugin.json must be true or false");
    manifest.readsContext = manifest.document.value("reads_context", false);
    manifest.settingsSchema = manifest.document.value("settings_schema", Json{{"type", "object"}});
    if (const auto broken = checkSchema(manifest.settingsSchema, "plugin.json settings_schema"))
        return problem(broken->sentence());
    return manifest;
}

}  // namespace overture::plugin
