// overture registry ask: a plugin answers for a do-not-call registry, number by number.
#include <cctype>
#include <iostream>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "cli/paths.hpp"
#include "compliance/registries.hpp"
#include "compliance/rules.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"

namespace overture::cli {
namespace {

constexpr const char* kNumbers = "registry.numbers/1";

Json objectIn(const Arguments& arguments, const char* option) {
    if (!arguments.has(option)) return Json::object();
    const auto path = arguments.value(option);
    auto document = parseJson(readFile(path), path).orThrow();
    if (!document.is_object()) throw Error("this is not a JSON object", path);
    return document;
}

/// It opens with these settings, and answers for numbers.
void mustAnswer(const tenant::Binding& binding, const std::string& folder) {
    net::HttpClient http;
    const SystemClock clock;
    plugin::Host host(plugin::Services{http, clock});
    host.loadAll(folder);
    const auto instance = host.open(binding.plugin, binding.settings, binding.secrets).orThrow();
    if (!instance->offers(kNumbers))
        throw Error("the plugin \"" + binding.plugin + "\" does not answer for numbers (" + kNumbers + ")",
                    folder, "`overture plugin list` shows what each can do.");
}

int ask(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "plugin=", "settings=", "secrets=",
                                                      "plugins=", "country=", "max-age=", "rules="}));
    if (arguments.positional().size() != 1) throw UsageError{"name one registry, such as us-dnc"};
    if (!arguments.has("plugin")) throw UsageError{"name the plugin that answers: --plugin ID"};
    compliance::RegistrySource source;
    source.name = arguments.positional()[0];
    if (arguments.has("max-age"))
        source.maxAgeDays = static_cast<int>(arguments.number("max-age", 0, 0, 36500));
    const auto packs = compliance::RulePacks::load(arguments.value("rules"));
    source.country = arguments.value("country", packs->registry(source.name).second);
    for (auto& letter : source.country)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    if (source.country.size() > 2) source.country.clear();  // a state's, or everybody's
    tenant::Binding binding{BindingId(uuid7(SystemClock{}.now())),
                            "registry " + source.name,
                            arguments.value("plugin"),
                            objectIn(arguments, "settings"),
                            {}};
    const auto secrets = objectIn(arguments, "secrets");
    for (const auto& [name, value] : secrets.items())
        if (value.is_string()) binding.secrets[name] = value.get<std::string>();
    mustAnswer(binding, pluginsFolder(arguments.value("plugins")));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto now = SystemClock{}.now();
    auto tx = opened.database->begin(organization.id);
    source.binding = tenant::saveBinding(tx, organization.id, binding, &vault, now);
    compliance::saveRegistrySource(tx, organization.id, source, now);
    tx.commit();
    std::cout << organization.name << ": " << binding.plugin << " answers for " << source.name
              << (source.country.empty() ? "" : " (" + source.country + ")") << "\n";
    return 0;
}

const std::string kAskHelp =
    std::string(
        R"(Usage: overture registry ask NAME --plugin ID [--settings FILE.json] [--secrets FILE.json] [OPTIONS]

A plugin answers for a do-not-call registry, number by number, where `overture registry import` keeps a copy. It is asked when a
rule needs to know and there is no answer yet, or one that is too old; without an answer nothing goes out. `overture registry
remove` ends it.

  NAME                 as rule packs name it (us-dnc); any other is a list of the organization's own
  --plugin ID          one that offers registry.numbers/1; it is opened once, to see that it does
  --settings, --secrets FILE.json   of the plugin, such as {"base_url": "…"}; secrets are kept sealed
  --country CC         whose numbers it knows; the rule's without it
  --max-age DAYS       how old an answer may be, when that is stricter than the rule
  --plugins DIR        where plugins are
  --rules DIR          rule packs to use instead of the compiled-in ones
  --organization NAME  name or id; may be left out when there is only one
)") +
    kDatabaseHelp + R"(
Example: overture registry ask us-dnc --plugin acme-dnc --settings acme.json)";

const Registered registryAsk{
    {"registry ask", "a plugin answers for a do-not-call list", kAskHelp.c_str(), ask}};

}  // namespace
}  // namespace overture::cli
