#include <cstdlib>
#include <iostream>
#include <optional>

#include "base/text.hpp"
#include "cli/bindings.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "cli/outbound.hpp"
#include "cli/paths.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"
#include "plugin/trial.hpp"

namespace overture::cli {
namespace {

Json settingsIn(const std::string& given) {
    if (given.empty()) return Json::object();
    const bool inlined = trim(given).starts_with("{");
    auto settings = parseJson(inlined ? given : readFile(given), inlined ? "--settings" : given).orThrow();
    if (!settings.is_object())
        throw Error("the settings are no JSON object", inlined ? "--settings" : given,
                    "Write {\"name\": …}.");
    return settings;
}

/// "auth_token=CARRIER_TOKEN": the secret's name, and the environment variable that holds it.
tenant::Secrets secretsIn(const std::string& given) {
    tenant::Secrets secrets;
    if (given.empty()) return secrets;
    for (const auto& one : split(given, ',')) {
        const auto equals = one.find('=');
        if (equals == std::string::npos || equals == 0)
            throw UsageError{"--secrets takes such as auth_token=CARRIER_TOKEN, not \"" + one + "\""};
        const auto variable = one.substr(equals + 1);
        const char* value = std::getenv(variable.c_str());
        if (value == nullptr || *value == '\0')
            throw Error("the environment variable \"" + variable + "\" is not set",
                        "secret " + one.substr(0, equals), "Set it to the secret itself.");
        secrets[one.substr(0, equals)] = value;
    }
    return secrets;
}

struct Plugins {
    explicit Plugins(const Arguments& arguments) : http(outboundLimits(arguments)), host({http, clock}) {
        host.loadAll(pluginsFolder(arguments.value("plugins")));
    }
    SystemClock clock;
    net::HttpClient http;
    plugin::Host host;
};

int add(const std::vector<std::string>& words) {
    const Arguments arguments(
        words,
        databaseOptions({"organization=", "plugin=", "settings=", "secrets=", "plugins=", "calls-at-once="}));
    if (arguments.positional().size() != 1) throw UsageError{"name the binding"};
    if (!arguments.has("plugin")) throw UsageError{"say with --plugin whose binding it is"};
    const tenant::Binding binding{BindingId(uuid7(SystemClock{}.now())),
                                  arguments.positional()[0],
                                  arguments.value("plugin"),
                                  settingsIn(arguments.value("settings")),
                                  secretsIn(arguments.value("secrets")),
                                  static_cast<int>(arguments.number("calls-at-once", 0, 1, 20000))};
    if (binding.name.empty()) throw UsageError{"a binding has a name"};
    Plugins plugins(arguments);
    (void)plugins.host.open(binding.plugin, binding.settings, binding.secrets).orThrow();
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    auto tx = opened.database->begin(organization.id);
    const auto id = tenant::saveBinding(tx, organization.id, binding, &vault, SystemClock{}.now());
    tx.commit();
    std::cout << organization.name << ": " << binding.name << " (" << binding.plugin << ") is "
              << (id == binding.id ? "added" : "replaced; running engines take it up within five seconds")
              << "\n  id " << id.text() << "\n";
    return 0;
}

int listBindings(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto all = tenant::bindings(tx, organization.id);
        tx.commit();
        if (!arguments.has("json"))
            std::cout << organization.name << (all.empty() ? ": no bindings\n" : "\n");
        for (const auto& binding : all)
            if (arguments.has("json"))
                std::cout << toText({{"organization", organization.name},
                                     {"id", binding.id.text()},
                                     {"name", binding.name},
                                     {"plugin", binding.plugin},
                                     {"settings", binding.settings},
                                     {"calls_at_once",
                                      binding.callsAtOnce == 0 ? Json() : Json(binding.callsAtOnce)},
                                     {"secrets", binding.sealed}})
                          << "\n";
            else
                std::cout << "  " << binding.name << " (" << binding.plugin << ")"
                          << (binding.sealed ? ", with secrets" : "")
                          << (binding.callsAtOnce == 0
                                  ? ""
                                  : ", " + std::to_string(binding.callsAtOnce) + " calls at once")
                          << ", id " << binding.id.text() << "\n";
    }
    return 0;
}

int checkBinding(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions(outboundOptions({"organization=", "plugins="})));
    if (arguments.positional().size() != 1) throw UsageError{"name the binding"};
    Plugins plugins(arguments);
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    auto tx = opened.database->begin(organization.id);
    const auto binding = bindingIn(tx, organization, arguments.positional()[0], vault);
    tx.commit();
    const auto instance = plugins.host
                              .open(binding.plugin, binding.settings, binding.secrets,
                                    termsOf(*opened.database, vault, organization.id, binding))
                              .orThrow();
    const auto reply = plugin::tryOut(*instance, binding.name, SystemClock{}.now());
    if (!reply) {
        std::cout << binding.name
                  << ": its settings are right; nothing harmless can be asked of a plugin of this kind\n";
        return 0;
    }
    if (reply->ok()) {
        const auto about = textOf(reply->document, "about");
        if (const auto people = reply->document.value("people_per_day", Json());
            people.is_number_unsigned()) {
            auto keep = opened.database->begin(organization.id);
            tenant::limitPeople(keep, organization.id, binding.id,
                                {{"carrier", people > 0 ? people : Json()}});
            keep.commit();
        }
        std::cout << binding.name << ": works" << (about.empty() ? "" : " (" + about + ")") << "\n";
        return 0;
    }
    std::cout << binding.name << ": " << plugin::nameOf(reply->outcome)
              << (reply->code.empty() ? "" : " (" + reply->code + ")") << ": " << reply->message << "\n";
    return 1;
}

const std::string kAddHelp =
    std::string(
        R"(Usage: overture binding add NAME --plugin ID [--settings FILE|JSON] [--secrets LIST] [OPTIONS]

Gives an organization a plugin with settings and secrets: a carrier's account, a model. The settings are checked by the plugin's
own schema; secrets are sealed with the key file and shown nowhere. A binding of that name is replaced and keeps its id.

  NAME                such as fast, or sms; one that is named by a capability, such as enrichment/1, serves every campaign
  --plugin ID         `overture plugin list` shows them
  --settings          a JSON file, or the object itself
  --secrets LIST      auth_token=CARRIER_TOKEN,…: the secret's name, and the environment variable that holds it
  --calls-at-once N   so many calls run at once in one engine, the others wait in line; without it 256, or as many as `serve`
                      has workers
  --plugins DIR       where the plugins are
  --organization NAME name or id; may be left out when there is only one
)") +
    kDatabaseHelp + R"(
Example: overture binding add fast --plugin acme --settings acme.json --secrets api_key=ACME_KEY)";

const std::string kListHelp = std::string(
                                  R"(Usage: overture binding list [--organization NAME] [--json] [OPTIONS]

Shows the bindings: plugin and id, and whether they have secrets.

  --json              one JSON object a line, with the settings
)") + kDatabaseHelp + R"(
Example: overture binding list)";

const std::string kCheckHelp = std::string(
                                   R"(Usage: overture binding check NAME [--organization NAME] [OPTIONS]

Opens a binding and makes one harmless call: a carrier looks for a message that was never sent, a model says one word, a
binding for vectors gives those of one. Prints "works", or what is wrong (and exits with 1). What the carrier says of how many people
a day may be written to first is kept, and held to (`overture rate list`).

  --plugins DIR       where the plugins are
  --organization NAME name or id; may be left out when there is only one
)") + kOutboundHelp + kDatabaseHelp +
                               R"(
Example: overture binding check sms)";

const Registered addCommand{
    {"binding add", "gives an organization a plugin with settings and secrets", kAddHelp.c_str(), add}};
const Registered listCommand{{"binding list", "shows the bindings", kListHelp.c_str(), listBindings}};
const Registered checkCommand{
    {"binding check", "makes one harmless call by a binding", kCheckHelp.c_str(), checkBinding}};

}  // namespace
}  // namespace overture::cli
