#include <filesystem>
#include <iostream>

#include "agent/handler.hpp"
#include "campaign/touches.hpp"
#include "campaign/versions.hpp"
#include "cli/bindings.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "cli/outbound.hpp"
#include "cli/paths.hpp"
#include "service/replay.hpp"
#include "workshop/bench.hpp"

namespace overture::cli {
namespace {

constexpr int kMostConversations = 100'000;

/// One version for whoever asks.
class OneVersion final : public agent::Library {
public:
    explicit OneVersion(std::shared_ptr<const agent::Loaded> loaded) : loaded_(std::move(loaded)) {}
    std::shared_ptr<const agent::Loaded> version(const OrganizationId&, const std::string&) override {
        return loaded_;
    }

private:
    std::shared_ptr<const agent::Loaded> loaded_;
};

std::shared_ptr<const agent::Loaded> loadedFrom(store::Database& database, const OrganizationId& organization,
                                                const std::string& with) {
    if (std::filesystem::is_directory(with)) return workshop::loadChecked(with);
    auto tx = database.begin(organization);
    const auto version = campaign::versionNamed(tx, organization, with).first;
    tx.commit();
    agent::StoredLibrary library(database);
    return library.version(organization, version);
}

struct Tally {
    int turns = 0, same = 0, differ = 0;
};

void compare(store::Database& database, const service::ConversationRef& conversation, turn::Handler& handler,
             bool json, Tally& tally) {
    const auto history = service::conversationHistory(database, conversation);
    for (const auto& turn : history.at("turns")) {
        if (textOf(turn, "state") != "committed") continue;
        const int number = turn.at("number").get<int>();
        const auto compared = service::compareTurn(database, conversation, number, handler);
        ++tally.turns;
        ++(compared.differences.empty() ? tally.same : tally.differ);
        if (json)
            std::cout << toText({{"conversation", conversation.conversation.text()},
                                 {"turn", number},
                                 {"same", compared.differences.empty()},
                                 {"differences", compared.differences},
                                 {"then", compared.recorded},
                                 {"with", compared.again}})
                      << "\n";
        else if (!compared.differences.empty()) {
            std::cout << "conversation " << conversation.conversation.text() << ", turn " << number
                      << " differs\n";
            for (const auto& difference : compared.differences) std::cout << "  " << difference << "\n";
        }
    }
}

int replay(const std::vector<std::string>& words) {
    const Arguments arguments(words,
                              databaseOptions({"with=", "campaign=", "organization=", "plugins=", "json"}));
    if (!arguments.has("with")) throw UsageError{"say with which version: --with DIR or --with VERSION"};
    if (arguments.positional().size() + (arguments.has("campaign") ? 1 : 0) != 1)
        throw UsageError{"name one conversation, or --campaign NAME"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    auto& database = *opened.database;
    std::vector<service::ConversationRef> conversations;
    if (arguments.has("campaign")) {
        const auto organization = organizationIn(database, arguments.value("organization")).id;
        auto tx = database.begin(organization);
        const auto campaign = *campaignIn(tx, organization, arguments.value("campaign"));
        tx.commit();
        conversations = service::conversationsOf(database, organization, campaign, kMostConversations);
        if (conversations.empty())
            throw Error("no turn of this campaign was worked yet", "campaign " + arguments.value("campaign"));
    } else {
        const auto found = service::findConversation(database, arguments.positional()[0]);
        if (!found)
            throw Error("there is no conversation \"" + arguments.positional()[0] + "\"", database.name(),
                        "Name it by its id or by the lead's id.");
        conversations.push_back(*found);
    }
    OneVersion library(loadedFrom(database, conversations.front().organization, arguments.value("with")));
    const SystemClock clock;
    net::HttpClient client(outboundLimits(arguments));
    plugin::Host host({client, clock});
    host.loadAll(pluginsFolder(arguments.value("plugins")));
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    const compliance::Gate gate;
    agent::StoredDiary diary(database);
    agent::BoundInstances instances(host, bindingFinder(database, vault));
    const auto pace = [&](const turn::Opened& turn, const playbook::Touch& touch, Instant from) {
        return campaign::touchTime(gate, turn, touch, from, {});
    };
    tenant::Policies policies(database, clock);
    agent::Conversationalist handler({diary, gate, library, instances, pace, milliseconds(1000), &policies});
    Tally tally;
    for (const auto& conversation : conversations)
        compare(database, conversation, handler, arguments.has("json"), tally);
    if (!arguments.has("json"))
        std::cout << tally.turns << (tally.turns == 1 ? " turn" : " turns") << " of " << conversations.size()
                  << (conversations.size() == 1 ? " conversation: " : " conversations: ") << tally.same
                  << " decided the same, " << tally.differ << " differ\n";
    return tally.differ == 0 ? 0 : 1;
}

const std::string kHelp =
    R"(Usage: overture playbook replay CONVERSATION | --campaign NAME --with DIR|VERSION [--json] [OPTIONS]

What recorded conversations would have come to with another version: each turn that was worked is decided again from the state it
started from, with that version's stages, functions, rules and lines, and with what its model said then. Nobody is called and
nothing is sent or written. Each turn starts from what really was, not from what the version would have done before. A turn that
would ask a model something that was not asked then cannot be told, and counts as different.

  CONVERSATION        its id, or the lead's id
  --campaign NAME     every conversation of it, instead of one
  --with DIR|VERSION  a folder, or the first characters of a published version's name
  --json              one JSON object for each turn: conversation, turn, same, differences, then, with
  --organization NAME name or id; may be left out when there is only one
  --plugins DIR       where the plugins are
)" + std::string(kDatabaseHelp) +
    R"(
Exit status: 0 when every turn decides the same, 1 when one differs.

Example:
  $ overture playbook replay solar-0042 --with playbooks/solar-consult --data data/rehearsal)";

const Registered command{
    {"playbook replay", "recorded turns against another version, calling nobody", kHelp.c_str(), replay}};

}  // namespace
}  // namespace overture::cli
