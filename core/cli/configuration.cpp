#include "cli/configuration.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"

namespace overture::cli {
namespace {

constexpr const char* kUsualFile = "/etc/overture/overture.conf";

/// Names that stand in no command line, and the variable of each.
const std::vector<std::pair<std::string, std::string>>& variablesOnly() {
    static const std::vector<std::pair<std::string, std::string>> all{
        {"metrics-token", "OVERTURE_METRICS_TOKEN"},
        {"secret-key", "OVERTURE_SECRET_KEY"},
        {"rules", "OVERTURE_RULES"}};
    return all;
}

std::string variableOf(const std::string& name) {
    if (name == "database") return "OVERTURE_DATABASE_URL";
    std::string variable = "OVERTURE_" + name;
    for (auto& c : variable)
        c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return variable;
}

std::vector<std::string> namesOf(const std::vector<std::string>& spec) {
    std::vector<std::string> names;
    for (const auto& entry : spec)
        if (entry.ends_with('=') && entry != "config=") names.push_back(entry.substr(0, entry.size() - 1));
    for (const auto& [name, variable] : variablesOnly()) names.push_back(name);
    return names;
}

std::string fromEnvironment(const std::string& variable) {
    const char* const value = std::getenv(variable.c_str());
    return value == nullptr ? "" : value;
}

std::string unquoted(std::string_view value) {
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
        value = value.substr(1, value.size() - 2);
    return std::string(value);
}

void readLines(Configuration& configuration, const std::vector<std::string>& names) {
    const auto lines = split(readFile(configuration.file), '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto line = trim(lines[i]);
        if (line.empty() || line.front() == '#') continue;
        const auto where = configuration.file + ", line " + std::to_string(i + 1);
        const auto equals = line.find('=');
        const auto name = std::string(trim(line.substr(0, equals)));
        const auto fault = [&](const std::string& what) {
            configuration.faults.push_back(where + ": " + what);
        };
        if (equals == std::string_view::npos) {
            fault("write `name = value`, or begin a remark with #");
            continue;
        }
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            const auto near = nearest(name, names);
            fault(
                "there is no setting \"" + name + "\"" +
                (near.empty() ? "; `overture serve --help` lists them" : "; did you mean \"" + near + "\"?"));
            continue;
        }
        const auto same = [&](const Setting& other) { return other.name == name; };
        const auto before = std::find_if(configuration.settings.begin(), configuration.settings.end(), same);
        if (before != configuration.settings.end()) {
            fault("\"" + name + "\" was said before: " + before->where);
            continue;
        }
        configuration.settings.push_back({name, unquoted(trim(line.substr(equals + 1))), where, true});
    }
}

}  // namespace

bool isSecret(const std::string& name) {
    return name == "metrics-token" || name == "secret-key" || name == "database" || name == "proxy";
}

Configuration readConfiguration(const std::string& file, const std::vector<std::string>& spec) {
    Configuration configuration;
    configuration.file = !file.empty() ? file : fromEnvironment("OVERTURE_CONFIG");
    if (configuration.file.empty() && std::filesystem::exists(kUsualFile)) configuration.file = kUsualFile;
    const auto names = namesOf(spec);
    if (!configuration.file.empty()) readLines(configuration, names);
    for (const auto& name : names)
        if (const auto value = fromEnvironment(variableOf(name)); !value.empty())
            configuration.settings.push_back({name, value, variableOf(name)});
    return configuration;
}

std::vector<std::string> withConfiguration(const std::vector<std::string>& words,
                                           const std::vector<std::string>& spec) {
    const auto configuration = readConfiguration(Arguments(words, spec).value("config"), spec);
    if (!configuration.faults.empty())
        throw Error(join(configuration.faults, "\n"), "settings", "`overture config check` shows them all");
    std::vector<std::string> all;
    for (const auto& setting : configuration.settings) {
        const auto& only = variablesOnly();
        const auto variable = std::find_if(only.begin(), only.end(),
                                           [&](const auto& one) { return one.first == setting.name; });
        if (variable == only.end())
            all.push_back("--" + setting.name + "=" + setting.value);
        else
            ::setenv(variable->second.c_str(), setting.value.c_str(), 0);
    }
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

}  // namespace overture::cli
