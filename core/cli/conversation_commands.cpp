#include <iostream>

#include "base/json.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/open_database.hpp"
#include "service/history.hpp"
#include "turn/mailbox.hpp"

namespace overture::cli {
namespace {

struct Named {
    OpenedDatabase opened;
    service::ConversationRef conversation;
};

Named named(const Arguments& arguments) {
    if (arguments.positional().size() != 1)
        throw UsageError{"name one conversation: its id, or the lead's id"};
    auto opened = openDatabase(arguments, Schema::current, false);
    const auto found = service::findConversation(*opened.database, arguments.positional().front());
    if (!found)
        throw Error("there is no conversation \"" + arguments.positional().front() + "\"",
                    opened.database->name(), "conversations.jsonl of a run lists them, with the lead's id.");
    return {std::move(opened), *found};
}

int show(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"json"}));
    const auto conversation = named(arguments);
    const auto history =
        service::conversationHistory(*conversation.opened.database, conversation.conversation);
    std::cout << (arguments.has("json") ? toPrettyText(history) : service::historyText(history));
    return 0;
}

int take(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"by=", "for="}));
    const auto who = arguments.value("by");
    if (who.empty()) throw UsageError{"say who takes it: --by NAME"};
    const auto given = arguments.value("for", "8h");
    const auto length = parseDuration(given);
    if (!length || *length <= seconds(0))
        throw UsageError{"--for " + given + " is no duration; 30m, 8h or 2d are"};
    const auto [opened, conversation] = named(arguments);
    const auto now = SystemClock{}.now();
    auto tx = opened.database->begin(conversation.organization);
    const auto fence =
        turn::takeOver(tx, conversation.organization, conversation.conversation, who, now, now + *length);
    if (!fence)
        throw Error("the conversation is closed", "conversation " + conversation.conversation.text(),
                    "Nothing is sent in a closed conversation; there is nothing to take.");
    tx.commit();
    std::cout << "Conversation " << conversation.conversation.text() << " is with " << who << " until "
              << toRfc3339(now + *length) << ". The agent says nothing meanwhile.\n";
    return 0;
}

int giveBack(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions());
    const auto [opened, conversation] = named(arguments);
    auto tx = opened.database->begin(conversation.organization);
    if (!turn::giveBack(tx, conversation.organization, conversation.conversation, SystemClock{}.now()))
        throw Error("nobody has taken this conversation", "conversation " + conversation.conversation.text(),
                    "overture conversation show says what state it is in.");
    tx.commit();
    std::cout << "Conversation " << conversation.conversation.text()
              << " is with the agent again. It answers what comes from now on.\n";
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

const Registered taken{
    {"conversation take", "a person speaks with this lead; the agent does not",
     "Usage: overture conversation take ID --by NAME [--for DURATION] [--database URL | --data DIR]\n\n"
     "Gives one conversation to a person. Drafts in hand and messages not yet sent are void from this "
     "moment\n"
     "on; what the lead writes is kept and not answered. After DURATION (default 8h), or with `conversation\n"
     "give-back`, the agent may speak again. ID is the conversation's id or the lead's id.\n\n"
     "Example:\n  overture conversation take solar-0042 --by Dana --for 2h\n",
     take}};

const Registered given{{"conversation give-back", "the agent may speak with this lead again",
                        "Usage: overture conversation give-back ID [--database URL | --data DIR]\n\n"
                        "Ends what `conversation take` began, before its time.\n\n"
                        "Example:\n  overture conversation give-back solar-0042\n",
                        giveBack}};

}  // namespace
}  // namespace overture::cli
