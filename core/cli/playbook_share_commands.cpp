#include <iostream>

#include "campaign/versions.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "service/history.hpp"

namespace overture::cli {
namespace {

constexpr std::size_t kShown = 12;  ///< of a version's name

int share(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "campaign=", "percent="}));
    if (arguments.positional().size() != 1) throw UsageError{"name one version"};
    if (!arguments.has("campaign")) throw UsageError{"name the campaign with --campaign"};
    const auto percent = static_cast<int>(wholeNumber(arguments.value("percent"), "--percent", 0, 100));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    const auto campaign = *campaignIn(tx, organization, arguments.value("campaign"));
    const auto chosen = campaign::checkedVersion(tx, organization, arguments.positional()[0]);
    tx.commit();
    const auto change =
        campaign::shareVersion(*opened.database, organization, {campaign, chosen.version, percent},
                               *chosen.definition, compliance::Gate(), SystemClock{}.now());
    std::cout << "campaign \"" << change.campaign << "\": " << percent
              << " % of the conversations that begin from now on run on " << chosen.version.substr(0, kShown)
              << ", all others on " << change.own.substr(0, kShown) << "\n  of those that had not begun "
              << change.moved << " take it and " << change.back << " go back; all others keep theirs\n";
    return 0;
}

int pin(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "campaign=", "conversation="}));
    if (arguments.positional().size() != 1) throw UsageError{"name one version"};
    if (arguments.has("campaign") == arguments.has("conversation"))
        throw UsageError{"say which: --conversation ID or --campaign NAME"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto now = SystemClock{}.now();
    if (arguments.has("conversation")) {
        const auto found = service::findConversation(*opened.database, arguments.value("conversation"));
        if (!found)
            throw Error("there is no conversation \"" + arguments.value("conversation") + "\"",
                        opened.database->name(), "Name it by its id or by the lead's id.");
        auto tx = opened.database->begin(found->organization);
        const auto chosen = campaign::checkedVersion(tx, found->organization, arguments.positional()[0]);
        const auto before = campaign::pinConversation(tx, found->organization, found->conversation,
                                                      chosen.version, *chosen.definition, now);
        tx.commit();
        std::cout << "conversation " << found->conversation.text() << " goes on with "
                  << chosen.version.substr(0, kShown) << ", until now with " << before.substr(0, kShown)
                  << "\n";
        return 0;
    }
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    const auto campaign = *campaignIn(tx, organization, arguments.value("campaign"));
    const auto chosen = campaign::checkedVersion(tx, organization, arguments.positional()[0]);
    tx.commit();
    const auto change = campaign::useVersion(*opened.database, organization, campaign, chosen.version,
                                             *chosen.definition, compliance::Gate(), now);
    std::cout << "campaign \"" << change.campaign << "\": conversations begin with "
              << chosen.version.substr(0, kShown) << ", until now with " << change.before.substr(0, kShown)
              << "\n  " << change.moved << " that had not begun take it; all others keep theirs\n";
    return 0;
}

const std::string kWhich =
    std::string("  --organization NAME name or id; may be left out when there is only one\n") + kDatabaseHelp;

const std::string kShareHelp =
    R"(Usage: overture playbook share VERSION --campaign NAME --percent N [--organization NAME] [OPTIONS]

From now on N of 100 of the campaign's new conversations begin with this version, and the others with the campaign's own; which
ones is decided by a hash of the lead, so the same lead always gets the same. Conversations in which nothing has happened yet are
divided so too; every conversation that has begun keeps its version. 0 ends it. VERSION is the first characters of its name.

  --campaign NAME     name or id
  --percent N         0 to 100
)" + kWhich +
    R"(
Example: overture playbook share 34acf2141c1c --campaign solar-consult --percent 10)";

const std::string kPinHelp =
    R"(Usage: overture playbook pin VERSION --conversation ID | --campaign NAME [--organization NAME] [OPTIONS]

Moves one conversation to a published version, when that has the stage in which the conversation stands and every fact that it
knows. Of a campaign: its conversations begin with this version from now on, as with publish and rollback.

  --conversation ID   its id, or the lead's id
  --campaign NAME     name or id
)" + kWhich +
    R"(
Example: overture playbook pin 34acf2141c1c --conversation solar-0042)";

const Registered shareCommand{{"playbook share",
                               "a part of the new conversations begins with another version",
                               kShareHelp.c_str(), share}};
const Registered pinCommand{
    {"playbook pin", "a conversation or campaign goes on with a certain version", kPinHelp.c_str(), pin}};

}  // namespace
}  // namespace overture::cli
