#include <charconv>
#include <iostream>

#include "agent/handler.hpp"
#include "base/time.hpp"
#include "campaign/touches.hpp"
#include "cli/bindings.hpp"
#include "cli/command.hpp"
#include "cli/open_database.hpp"
#include "cli/outbound.hpp"
#include "cli/paths.hpp"
#include "queries/service.hpp"
#include "service/replay.hpp"

namespace overture::cli {
namespace {

struct Named {
    OpenedDatabase opened;
    service::ConversationRef conversation;
    int turn = 0;
};

Named named(const Arguments& arguments) {
    if (arguments.positional().size() != 2)
        throw UsageError{"name a conversation and the number of one of its turns"};
    const auto& number = arguments.positional()[1];
    Named result;
    const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), result.turn);
    if (fault != std::errc() || *end != '\0' || result.turn < 1)
        throw UsageError{"\"" + number + "\" is not the number of a turn"};
    result.opened = openDatabase(arguments, Schema::current, false);
    const auto found = service::findConversation(*result.opened.database, arguments.positional()[0]);
    if (!found)
        throw Error("there is no conversation \"" + arguments.positional()[0] + "\"",
                    result.opened.database->name(), "Name it by its id or by the lead's id");
    result.conversation = *found;
    return result;
}

std::string indented(const std::string& text) {
    std::string out = "    ";
    for (const char c : text) {
        out += c;
        if (c == '\n') out += "    ";
    }
    return out + "\n";
}

int show(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"json"}));
    const auto turn = named(arguments);
    const auto history = service::conversationHistory(*turn.opened.database, turn.conversation);
    for (const auto& each : history.at("turns")) {
        if (each.at("number") != turn.turn) continue;
        if (arguments.has("json")) {
            std::cout << toPrettyText(each);
            return 0;
        }
        std::cout << "turn " << turn.turn << " of conversation " << turn.conversation.conversation.text()
                  << ": " << textOf(each, "state") << ", opened " << textOf(each, "opened_at");
        for (const auto& request : each.at("requests"))
            std::cout << "\ncaused by request " << request.get<std::string>();
        std::cout << "\n\nstarted from\n" << indented(toPrettyText(each.at("opened")));
        for (const auto& step : each.at("steps"))
            std::cout << "\nstep " << step.at("number") << "  " << textOf(step, "kind") << "  "
                      << textOf(step, "started_at") << "  cost " << step.at("cost_micros") << " micros\n"
                      << indented(toPrettyText(step.at("result")));
        std::cout << "\ndecided\n" << indented(toPrettyText(each.at("outcome")));
        return 0;
    }
    throw Error("there is no turn " + std::to_string(turn.turn),
                "conversation " + turn.conversation.conversation.text(),
                "`overture conversation show` lists its turns");
}

int replay(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"plugins="}));
    const auto turn = named(arguments);
    auto& database = *turn.opened.database;
    const SystemClock clock;
    net::HttpClient client(outboundLimits(arguments));
    plugin::Host host({client, clock});
    host.loadAll(pluginsFolder(arguments.value("plugins")));
    const auto vault = tenant::Vault::open(turn.opened.dataDirectory);
    const compliance::Gate gate;
    agent::StoredLibrary library(database);
    agent::StoredDiary diary(database);
    agent::BoundInstances instances(host, bindingFinder(database, vault));
    const auto pace = [&](const turn::Opened& opened, const playbook::Touch& touch, Instant from) {
        return campaign::touchTime(gate, opened, touch, from, {});
    };
    tenant::Policies policies(database, clock);
    agent::Conversationalist handler({diary, gate, library, instances, pace, milliseconds(1000), &policies});
    const auto replayed = service::replayTurn(database, turn.conversation, turn.turn, handler);
    if (replayed.differences.empty()) {
        std::cout << "the same: turn " << turn.turn << " decides today what it decided then\n";
        return 0;
    }
    for (const auto& difference : replayed.differences) std::cout << "different: " << difference << "\n";
    return 1;
}

int listEvents(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"dead"}));
    if (!arguments.has("dead") || !arguments.positional().empty())
        throw UsageError{"say --dead: which events to list"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    auto tx = opened.database->beginOwner();
    const auto rows = tx.finish({{sql::service::dead_events, {}}}).front();
    for (const auto row : rows)
        std::cout << toRfc3339(row.instant("received_at")) << "  " << row.text("kind") << "  event "
                  << row.text("event_id") << "\n  organization " << row.text("organization")
                  << ", conversation " << row.text("conversation_id") << " (" << row.text("state")
                  << ")\n  set aside after " << row.integer("tries")
                  << (row.integer("tries") == 1 ? " try: " : " tries: ") << row.text("dropped") << "\n";
    std::cout << rows.size() << (rows.size() == 1 ? " event was" : " events were") << " set aside\n";
    return 0;
}

const Registered showRegistered{
    {"turn show", "one turn: what it started from, each step, what it decided",
     "Usage: overture turn show CONVERSATION NUMBER [--json] [--database URL | --data DIR]\n\n"
     "Prints the record of one turn: the state, facts, lead and records it started from, the result and cost "
     "of each\n"
     "model and tool call, and what was decided and why. CONVERSATION is its id or the lead's id.\n\n"
     "Example:\n  overture turn show solar-0042 2 --data data/rehearsal\n",
     show}};

const Registered replayRegistered{
    {"turn replay", "run a recorded turn again without model, carrier or calendar",
     "Usage: overture turn replay CONVERSATION NUMBER [--plugins DIR] [--database URL | --data DIR]\n\n"
     "Runs the turn's code again from its record, with the recorded results of its calls, and says whether "
     "it decides\n"
     "the same today, to the byte. Sends nothing, calls nobody, writes nothing. Status 1 when something "
     "differs.\n\n"
     "Example:\n  overture turn replay solar-0042 2 --data data/rehearsal\n",
     replay}};

const Registered eventsRegistered{{"event list", "events that were set aside because every try failed",
                                   "Usage: overture event list --dead [--database URL | --data DIR]\n\n"
                                   "Lists, newest first, the events whose turn failed on every try, with the "
                                   "last reason. Their conversations are held\n"
                                   "for a person.\n\n"
                                   "Example:\n  overture event list --dead\n",
                                   listEvents}};

}  // namespace
}  // namespace overture::cli
