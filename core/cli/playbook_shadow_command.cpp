#include <iostream>

#include "base/money.hpp"
#include "campaign/shadows.hpp"
#include "campaign/versions.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "service/shadow.hpp"

namespace overture::cli {
namespace {

int begin(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
          const std::string& name, int percent) {
    auto tx = database.begin(organization);
    const auto [version, definition] = campaign::checkedVersion(tx, organization, name);
    campaign::shadowVersion(tx, organization, campaign, version, *definition, percent, SystemClock{}.now());
    tx.commit();
    if (percent == 0)
        std::cout << "no turn is decided once more from now on\n";
    else
        std::cout << version.substr(0, 12) << " decides the turns of " << percent
                  << " % of the conversations once more from now on; nothing of it is sent\n";
    return 0;
}

int tell(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
         bool json) {
    int same = 0, differ = 0, failed = 0, waiting = 0;
    std::int64_t cost = 0;
    const auto all = service::shadowsOf(database, organization, campaign);
    for (const auto& turn : all) {
        cost += turn.at("cost_micros").get<std::int64_t>();
        const auto state = textOf(turn, "state");
        ++(state == "waiting"        ? waiting
           : state == "failed"       ? failed
           : turn.at("same") == true ? same
                                     : differ);
        if (json) {
            std::cout << toText(turn) << "\n";
            continue;
        }
        const auto head =
            "conversation " + textOf(turn, "conversation") + ", turn " + toText(turn.at("turn"));
        if (state == "failed")
            std::cout << head << " could not be decided: " << textOf(turn, "problem") << "\n";
        if (turn.at("differences").empty()) continue;
        std::cout << head << " differs with " << textOf(turn, "version").substr(0, 12) << "\n";
        for (const auto& difference : turn.at("differences"))
            std::cout << "  " << difference.get<std::string>() << "\n";
    }
    if (!json)
        std::cout << all.size() << (all.size() == 1 ? " turn: " : " turns: ") << same << " decided the same, "
                  << differ << " differ, " << failed << " could not be decided, " << waiting
                  << " wait; models cost " << Money{cost, "USD"}.text() << "\n";
    return 0;
}

int shadow(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "campaign=", "percent=", "json"}));
    if (!arguments.has("campaign")) throw UsageError{"name the campaign with --campaign"};
    if (arguments.positional().size() > 1)
        throw UsageError{"name one version, or none to see what it came to"};
    const bool begins = !arguments.positional().empty();
    if (begins != arguments.has("percent"))
        throw UsageError{"say which version and which part: VERSION --percent N"};
    const int percent =
        begins ? static_cast<int>(wholeNumber(arguments.value("percent"), "--percent", 0, 100)) : 0;
    const auto opened = openDatabase(arguments, Schema::current, false);
    auto& database = *opened.database;
    const auto organization = organizationIn(database, arguments.value("organization")).id;
    auto tx = database.begin(organization);
    const auto campaign = *campaignIn(tx, organization, arguments.value("campaign"));
    tx.commit();
    return begins ? begin(database, organization, campaign, arguments.positional()[0], percent)
                  : tell(database, organization, campaign, arguments.has("json"));
}

const std::string kHelp =
    R"(Usage: overture playbook shadow VERSION --campaign NAME --percent N [--organization NAME] [OPTIONS]
       overture playbook shadow --campaign NAME [--json] [--organization NAME] [OPTIONS]

The first has another version decide the turns of N of 100 of the campaign's conversations once more, chosen by a hash of the lead,
after they are committed and from what they started from. Its models are really asked and paid from the same budgets; nothing that it
says is sent, nothing that it decides counts, and no calendar is changed. `overture serve` does the work. 0 ends it. VERSION is the
first characters of a published version's name.

The second shows what it came to: each turn that it would have decided otherwise, and how.

  --campaign NAME     name or id
  --percent N         0 to 100
  --json              one JSON object for each turn: conversation, turn, version, state, problem, same, differences, then, with,
                      cost_micros
  --organization NAME name or id; may be left out when there is only one
)" + std::string(kDatabaseHelp) +
    R"(
Example: overture playbook shadow 34acf2141c1c --campaign solar-consult --percent 20)";

const Registered command{{"playbook shadow", "what another version would have decided; nothing of it is sent",
                          kHelp.c_str(), shadow}};

}  // namespace
}  // namespace overture::cli
