// overture campaign preflight: what would go wrong and what it would come to.
#include <iostream>

#include "cli/campaign_source.hpp"
#include "cli/open_database.hpp"
#include "cli/paths.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"

namespace overture::cli {
namespace {

std::vector<std::string> loadedPlugins(const std::string& folder) {
    const SystemClock clock;
    net::HttpClient http;
    plugin::Host host({http, clock});
    host.loadAll(pluginsFolder(folder));
    std::vector<std::string> loaded;
    for (const auto& listing : host.list())
        if (listing.state == "loaded") loaded.push_back(listing.id);
    return loaded;
}

/// "sms=0.0079,model_call=0.004" in the currency's units.
void readPrices(const Arguments& arguments, campaign::PreflightFacts& facts) {
    facts.currency = arguments.value("currency", facts.currency);
    const auto list = arguments.value("price");
    const auto prices = campaign::pricesIn(list, facts.currency);
    if (!prices) throw UsageError{"--price takes such as sms=0.0079,model_call=0.004, not \"" + list + "\""};
    facts.prices = *prices;
}

int run(const std::vector<std::string>& words) {
    const Arguments arguments(
        words, sourceOptions({"price=", "currency=", "answer-rate=", "meeting-rate=", "plugins=", "json"}));
    auto facts = readSource(arguments);
    facts.plugins = loadedPlugins(arguments.value("plugins"));
    readPrices(arguments, facts);
    facts.answerRate = shareOf(arguments, "answer-rate", facts.answerRate);
    facts.meetingRate = shareOf(arguments, "meeting-rate", facts.meetingRate);
    const auto found = campaign::preflight(facts);
    if (arguments.has("json"))
        std::cout << toText(found) << "\n";
    else
        std::cout << facts.definition->id << "\n" << campaign::preflightText(found);
    return found["ready"].get<bool>() ? 0 : 1;
}

const std::string kHelp =
    std::string(
        R"(Usage: overture campaign preflight [NAME | PLAYBOOK_DIR] [OPTIONS]

Looks at a campaign before it starts: who will be skipped and why, when the last person is reached, what is missing (settings,
bindings, plugins, a sender, a team), whether the senders and the account managers can carry it, how old the rules are, and
what it would cost. Exit status 0: ready; 1: something must be mended first.

)") +
    kSourceHelp + kDatabaseHelp +
    R"(  --price LIST        what one message and one model's call cost: sms=0.0079,model_call=0.004; --currency, default USD
  --answer-rate R     share of the people reached that answers (default 0.2); --meeting-rate R: that books (0.05)
  --plugins DIR       where the plugins are
  --json              everything as one JSON object

Example: overture campaign preflight solar-consult --price sms=0.0079,model_call=0.004)";

const Registered registered{
    {"campaign preflight", "what would go wrong and what it would cost", kHelp.c_str(), run}};

}  // namespace
}  // namespace overture::cli
