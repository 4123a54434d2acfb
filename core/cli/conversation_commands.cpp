#include <iostream>

#include "base/json.hpp"
#include "cli/command.hpp"
#include "cli/open_database.hpp"
#include "service/history.hpp"

namespace overture::cli {
namespace {

int show(const std::vector<std::string>& words) {
    auto options = kDatabaseOptions;
    options.push_back("json");
    const Arguments arguments(words, options);
    if (arguments.positional().size() != 1)
        throw UsageError{"name one conversation: its id, or the lead's id"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto found = service::findConversation(*opened.database, arguments.positional().front());
    if (!found)
        throw Error("there is no conversation \"" + arguments.positional().front() + "\"",
                    opened.database->name(), "conversations.jsonl of a run lists them, with the lead's id.");
    const auto history = service::conversationHistory(*opened.database, *found);
    std::cout << (arguments.has("json") ? toPrettyText(history) : service::historyText(history));
    return 0;
}

const Registered registered{
    {"conversation show", "what happened in one conversation, and why",
     "Usage: overture conversation show ID [--json] [--database URL | --data DIR]\n\n"
     "Shows one conversation from first touch to last: its messages with the stage each was said in,\n"
     "each turn with what was understood, decided and reviewed, and each delivery with the channel and\n"
     "carrier plugins that took it, its permit and its state. ID is the conversation's id or the\n"
     "lead's id from the list (the newest conversation of that lead).\n\n"
     "Example:\n  overture conversation show solar-0042 --data data/rehearsal\n",
     show}};

}  // namespace
}  // namespace overture::cli
