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

/// It opens with its settings, and answers for numbers.
void mustAnswer(const tenant::Binding& binding, const std::string& folder) {
    net::HttpClient http;
    const SystemClock clock;
    plugin::Host host(plugin::Services{http, clock});
    host.loadAll(folder);
    const auto instance = host.open(binding.plugin, binding.settings, binding.secrets).orThrow();
    if (!instance->offers(kNumbers))
        throw Error("the plugin \"" + binding.plugin + "\" does not answer for numbers (" + kNumbers + ")",
                    "binding \"" + binding.name + "\"", "`overture plugin list` shows what each can do.");
}

int ask(const std::vector<std::string>& words) {
    const Arguments arguments(
        words, databaseOptions({"organization=", "binding=", "plugins=", "country=", "max-age=", "rules="}));
    if (arguments.positional().size() != 1) throw UsageError{"name one registry, such as us-dnc"};
    if (!arguments.has("binding")) throw UsageError{"name the binding that answers: --binding NAME"};
    compliance::RegistrySource source;
    source.name = arguments.positional()[0];
    if (arguments.has("max-age"))
        source.maxAgeDays = static_cast<int>(arguments.number("max-age", 0, 0, 36500));
    const auto packs = compliance::RulePacks::load(arguments.value("rules"));
    source.country = arguments.value("country", packs->registry(source.name).second);
    for (auto& letter : source.country)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    if (source.country.size() > 2) source.country.clear();  // a state's, or everybody's
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    const auto binding = bindingIn(tx, organization, arguments.value("binding"), vault);
    mustAnswer(binding, pluginsFolder(arguments.value("plugins")));
    source.binding = binding.id;
    compliance::saveRegistrySource(tx, organization.id, source, SystemClock{}.now());
    tx.commit();
    std::cout << organization.name << ": " << binding.name << " answers for " << source.name
              << (source.country.empty() ? "" : " (" + source.country + ")") << "\n";
    return 0;
}

const std::string kAskHelp = std::string(
                                 R"(Usage: overture registry ask NAME --binding BINDING [OPTIONS]

A plugin answers for a do-not-call registry, number by number, where `overture registry import` keeps a copy. It is asked when a
rule needs to know and there is no answer yet, or one that is too old; without an answer nothing goes out. `overture registry
remove` ends it.

  NAME                 as rule packs name it (us-dnc); any other is a list of the organization's own
  --binding BINDING    of a plugin that offers registry.numbers/1, made by `overture binding add`; name or id
  --country CC         whose numbers it knows; the rule's without it
  --max-age DAYS       how old an answer may be, when that is stricter than the rule
  --plugins DIR        where plugins are
  --rules DIR          rule packs to use instead of the compiled-in ones
  --organization NAME  name or id; may be left out when there is only one
)") + kDatabaseHelp + R"(
Example: overture registry ask us-dnc --binding acme-dnc)";

const Registered registryAsk{
    {"registry ask", "a plugin answers for a do-not-call list", kAskHelp.c_str(), ask}};

}  // namespace
}  // namespace overture::cli
