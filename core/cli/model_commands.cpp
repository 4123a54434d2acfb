#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"

namespace overture::cli {
namespace {

const tenant::ListedBinding* bindingNamed(const std::vector<tenant::ListedBinding>& all,
                                          const std::string& nameOrId) {
    for (const auto& binding : all)
        if (binding.name == nameOrId || binding.id.text() == nameOrId) return &binding;
    return nullptr;
}

std::int64_t millisecondsIn(const std::string& text, const std::string& word) {
    const auto length = parseDuration(text);
    if (!length || *length < seconds(1) || *length > seconds(300))
        throw UsageError{"\"" + word + "\": \"" + text + "\" is no time from 1s to 5m"};
    return std::chrono::milliseconds(*length).count();
}

/// "fast,first=3s,deadline=12s"
Json entryOf(const std::string& word, const std::vector<tenant::ListedBinding>& all) {
    const auto parts = split(word, ',');
    const auto* binding = bindingNamed(all, parts[0]);
    if (binding == nullptr) {
        std::vector<std::string> names;
        for (const auto& one : all) names.push_back(one.name);
        const auto near = nearest(parts[0], names);
        throw Error(
            "there is no binding \"" + parts[0] + "\"", {},
            near.empty() ? "There are: " + join(names, ", ") + "." : "Did you mean \"" + near + "\"?");
    }
    Json entry{{"binding", binding->id.text()}};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto equals = parts[i].find('=');
        const auto key = parts[i].substr(0, equals);
        if (equals == std::string::npos || (key != "first" && key != "deadline"))
            throw UsageError{"\"" + word + "\": after the name come first=3s or deadline=12s"};
        entry[key == "first" ? "first_token_ms" : "deadline_ms"] =
            millisecondsIn(parts[i].substr(equals + 1), word);
    }
    return entry;
}

std::string lineOf(const Json& entry, const std::vector<tenant::ListedBinding>& all) {
    const auto* binding = bindingNamed(all, textOf(entry, "binding"));
    auto line = binding == nullptr ? textOf(entry, "binding") + " (no longer there)"
                                   : binding->name + " (" + binding->plugin + ")";
    const auto time = [&](const char* key) {
        return toDurationText(seconds(entry[key].get<std::int64_t>() / 1000));
    };
    if (entry.contains("first_token_ms"))
        line += ", the next after " + time("first_token_ms") + " of silence";
    if (entry.contains("deadline_ms")) line += ", done within " + time("deadline_ms");
    return line;
}

void tell(const std::string& organization, const Json& models,
          const std::vector<tenant::ListedBinding>& all) {
    std::cout << organization
              << (models.empty() ? ": each campaign's own binding \"model\"\n" : ": models in this order\n");
    for (std::size_t i = 0; i < models.size(); ++i)
        std::cout << "  " << i + 1 << ". " << lineOf(models[i], all) << "\n";
}

int order(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (arguments.positional().empty())
        throw UsageError{"name the models in the order they are tried, or none"};
    const bool none = arguments.positional().size() == 1 && arguments.positional()[0] == "none";
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    const auto all = tenant::bindings(tx, organization.id);
    Json models = Json::array();
    if (!none)
        for (const auto& word : arguments.positional()) models.push_back(entryOf(word, all));
    tenant::saveSettings(tx, organization.id, {{"models", models}});
    tx.commit();
    tell(organization.name, models, all);
    return 0;
}

int listModels(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto models = tenant::settingsOf(tx, organization.id).value("models", Json::array());
        const auto all = tenant::bindings(tx, organization.id);
        tx.commit();
        if (arguments.has("json"))
            std::cout << toText({{"organization", organization.name}, {"models", models}}) << "\n";
        else
            tell(organization.name, models, all);
    }
    return 0;
}

const std::string kOrderHelp = std::string(
                                   R"(Usage: overture model order MODEL… [--organization NAME] [OPTIONS]

The order in which an organization's models are tried. The next one is asked at once when a model is silent for too long, is not
done by its deadline, or cannot work. A change counts within five seconds.

  MODEL               a binding's name, and if you like its times: fast,first=3s,deadline=12s
                      first: how long it may say nothing useful; deadline: when it must be done. `none` alone: no order, each
                      campaign asks its own binding "model"
  --organization NAME name or id; may be left out when there is only one
)") + kDatabaseHelp + R"(
Example: overture model order fast,first=3s careful)";

const std::string kListHelp = std::string(
                                  R"(Usage: overture model list [--organization NAME] [--json] [OPTIONS]

Shows the order in which models are tried.

  --json              one JSON object a line
)") + kDatabaseHelp + R"(
Example: overture model list)";

const Registered orderCommand{
    {"model order", "the order in which models are tried", kOrderHelp.c_str(), order}};
const Registered listCommand{
    {"model list", "shows the order in which models are tried", kListHelp.c_str(), listModels}};

}  // namespace
}  // namespace overture::cli
