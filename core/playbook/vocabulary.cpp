#include "playbook/vocabulary.hpp"

#include <algorithm>

namespace overture::playbook {
namespace {

using enum Shape;

const Key kAsk{"ask", text, "the question that finds it out"};
const Key kRequired{"required", flag, "settings only: the organization must fill it in"};
const Key kConfirm{"confirm", text,
                   "the question that must be answered with yes before it counts: \"{facts.bill}, right?\""};
const Key kGoal{"goal", string, "what the stage is for, in one sentence"};
const Key kGuide{"guide", text, "longer guidance for the agent"};
const Key kLines{"lines", lines, "approved wordings"};
const Key kMoves{"moves", moves, "where it may go from here: in words, or by a function that must say yes"};
const Key kQuiet{"quiet", table, "what happens when the lead stays silent"};
const Key kTemplate{"template", string, "the template that is said where a channel takes only approved ones"};

std::vector<Word> made() {
    return {
        {"playbook",
         true,
         "The whole definition; the file returns it.",
         {{"api", whole, "version of this language: 1"},
          {"id", string, "name of the playbook: letters, digits and dashes"},
          {"about", string, "one sentence for people"},
          {"channels", channels, "the channels it may use, the preferred one first"},
          {"languages", strings, "language codes; the first is the one plain texts are written in"},
          {"start", stage, "the first stage; otherwise the first one in the file"},
          {"inbound", stage, "the first stage when the lead writes first; otherwise the first one"},
          {"settings", table, "what each organization fills in: name = text { … } and the like"},
          {"persona", table, "who speaks"},
          {"facts", table, "what is to be found out: name = money { … } and the like"},
          {"stages", table, "name = stage { … } or booking { … }"},
          {"objections", table, "name = objection { … }"},
          {"cadence", table, "the touches of a lead who does not answer: touch { … } in order"},
          {"templates", table, "messages that a channel approved beforehand: name = template { … }"},
          {"review", table, "what the Overseer holds the agent to"},
          {"calls", table, "what is special of telephone calls"},
          {"variants", table, "other wordings for a part of the leads: name = variant { … }"},
          {"checkpoints", table, "what is worth points: name = checkpoint { … }"},
          {"knowledge", strings, "files with what the agent may know: { \"texts/faq.md\" }"},
          {"on", table, "hooks, where words are not enough"}}},
        {"stage",
         true,
         "Where a conversation can stand.",
         {kGoal,
          kGuide,
          kLines,
          {"collect", facts, "facts to find out here, in this order"},
          kMoves,
          kQuiet,
          kTemplate,
          {"strict", flag, "only the approved lines may be said"},
          {"slow", flag, "on a call, longer pauses are waited for: numbers, spelling"},
          {"hands_over", flag, "entering it gives the conversation to a person"},
          {"closes", flag, "entering it ends the conversation"}}},
        {"booking",
         true,
         "A stage that finds a time and books a meeting.",
         {kGoal,
          kGuide,
          {"lines", table, "offer, confirm, booked, none, remind: what is said around a booking"},
          {"minutes", whole, "length of the meeting (30)"},
          {"offer", whole, "how many times to offer (3)"},
          {"notice", duration, "not sooner than this from now (\"24h\")"},
          {"horizon", duration, "not later than this from now (\"10d\")"},
          {"hours", hours, "in the account manager's zone (\"Mon-Fri 09:00-17:00\")"},
          {"buffer", duration, "free time around each meeting (\"15m\")"},
          {"hold", duration, "how long an offered time is kept (\"15m\")"},
          {"confirm", channels, "channels that carry the confirmation"},
          {"remind", durations, "reminders, before the meeting"},
          {"after", stage, "the stage after a meeting was booked"},
          kMoves,
          kQuiet,
          {"template", string, "the template of a reminder, where a channel takes only approved ones"}}},
        {"booking lines",
         false,
         "What is said around a booking; what is left out is built in.",
         {{"offer", lines, "offers {slots}"},
          {"confirm", lines, "asks whether {slot} is right"},
          {"booked", lines, "says that {slot} with {manager} is booked"},
          {"none", lines, "says that there is no free time"},
          {"remind", lines, "reminds of {slot} with {manager}"}}},
        {"quiet",
         false,
         "What happens when the lead stays silent.",
         {{"after", duration, "how long"}, {"go", stage, "to which stage"}}},
        {"objection",
         true,
         "Something a lead says against it, and the answer.",
         {{"hear", string, "what it sounds like, in words"},
          {"words", strings, "phrases that are this objection for sure"},
          {"answer", text, "the answer, or guidance for it"},
          {"tries", whole, "how often it is answered (1)"},
          {"otherwise", stage, "the stage after that"}}},
        {"touch",
         true,
         "One try to reach a lead who has not answered.",
         {{"channel", string, "which channel"},
          {"after", duration, "after the touch before it"},
          {"between", clock, "in the lead's zone"},
          {"days", dayRange, "\"Tue-Thu\""},
          kLines,
          kTemplate}},
        {"template",
         true,
         "A message whose words a channel approved beforehand: WhatsApp, more than a day after the lead's "
         "last "
         "message.",
         {{"text", text, "as it was approved; each placeholder is a variable, in the order they stand in"},
          {"approved_as", string, "the name that it was approved under; otherwise its own"},
          {"approved_in", table, "the codes of languages where they are others: { en = \"en_US\" }"}}},
        {"persona",
         false,
         "Who speaks.",
         {{"name", string, "first name"}, {"role", string, "job"}, {"manner", string, "how they speak"}}},
        {"review",
         false,
         "What the Overseer holds the agent to.",
         {{"sentences", whole, "most sentences in one message (4)"},
          {"never", strings, "words that no message may contain"},
          {"confirm_before_booking", flag, "the lead must say yes to a time before it is booked (true)"},
          {"model", string, "\"always\", \"when in doubt\" or \"never\""},
          {"revise", whole, "most revisions of one draft (2)"},
          {"otherwise", string, "\"hold\" for a person, or \"stop\""}}},
        {"calls",
         false,
         "What is special of telephone calls.",
         {{"summary", string,
           "who takes a transferred call is told who it is and why: \"spoken\" to them before they are "
           "connected, or only \"written\""},
          {"nobody", text, "said to the lead whom nobody took; otherwise whether somebody shall call back"},
          {"leave", text, "said to an answering machine after its beep; otherwise who called"},
          {"outcomes", table,
           "what follows from a call that was no conversation: no_answer, busy, failed, machine, "
           "message_left, "
           "screening, menu, fax, silent = { … }; otherwise what is usual"}}},
        {"outcome",
         false,
         "What follows from a call that was no conversation.",
         {{"next", string,
           "\"again\" (the same call), \"text\" (the next touch that is none), \"person\", \"close\" or "
           "\"nothing\" (the cadence goes on)"},
          {"after", duration, "again, text: so long from now"},
          {"tries", whole, "again: calls in all (3)"},
          {"otherwise", string, "again: what is next after these (\"text\")"}}},
        {"variant",
         true,
         "Other wordings for a part of the leads, chosen by a hash of the lead; what is left out stays as it "
         "is.",
         {{"share", whole, "percent of the leads"},
          {"manner", string, "how the persona speaks"},
          {"lines", table, "approved wordings by stage: opening = { … }"},
          {"guides", table, "guidance by stage"},
          {"answers", table, "answers by objection"}}},
        {"checkpoint",
         true,
         "Worth points once all that it names is so.",
         {{"about", string, "what it is, for people"},
          {"points", whole, "what it counts for"},
          {"stage", stage, "the conversation has come to this stage"},
          {"facts", facts, "all of these are known"},
          {"booked", flag, "a meeting is booked"},
          {"when", function, "function(talk): must say yes"}}},
        {"on",
         false,
         "Hooks.",
         {{"reply", function, "function(talk, message): runs on each message of the lead"}}},
        {"text", true, "A fact in words.", {kAsk, kConfirm, kRequired}},
        {"number",
         true,
         "A number.",
         {kAsk, kConfirm, kRequired, {"min", number, "least"}, {"max", number, "most"}}},
        {"money",
         true,
         "An amount.",
         {kAsk,
          kConfirm,
          kRequired,
          {"min", amount, "least: usd(10)"},
          {"max", amount, "most"},
          {"currency", currency, "three letters; otherwise that of min or max, otherwise USD"}}},
        {"yes_no", true, "Yes or no.", {kAsk, kConfirm, kRequired}},
        {"one_of", true, "One of the listed choices.", {kAsk, kConfirm, kRequired}},
        {"date", true, "A day.", {kAsk, kConfirm, kRequired}},
        {"time", true, "A time of day.", {kAsk, kConfirm, kRequired}},
        {"phone", true, "A phone number.", {kAsk, kConfirm, kRequired}},
        {"email", true, "An email address.", {kAsk, kConfirm, kRequired}},
        {"postal_code", true, "A postal code.", {kAsk, kConfirm, kRequired}},
        {"person",
         true,
         "A simulated lead, in people/*.lua.",
         {{"name", string, "what kind of person"},
          {"weight", number, "how common, against the others (1)"},
          {"numbers", string, "only for numbers that begin with this: \"+91\""},
          {"country", string, "only for this country: \"IN\""},
          {"reply_after", durations, "{ least, most } time until an answer"},
          {"silent", number, "how often a message is not answered: 0 to 1"},
          {"answers", table, "{ hear = { … }, say = { … } } in the order they are tried"},
          {"otherwise", strings, "said when no answer fits"},
          {"gives_up_after", whole, "messages until they answer no more"}}},
        {"answer",
         false,
         "What a simulated lead says to what they hear.",
         {{"hear", strings, "words in the message"},
          {"say", strings, "one of these; an empty list: nothing"},
          {"weight", number, "how likely, against the other answers that fit (1)"},
          {"after", string, "\"silent\", \"stop\" or \"booked\": what they do from then on"},
          {"then", string, "the same as after, written [\"then\"]"}}},
    };
}

}  // namespace

const std::vector<Word>& words() {
    static const auto all = made();
    return all;
}

const Word* wordNamed(const std::string& name) {
    for (const auto& word : words())
        if (name == word.name) return &word;
    return nullptr;
}

std::vector<std::string> keyNames(const Word& word) {
    std::vector<std::string> names;
    for (const auto& key : word.keys) names.emplace_back(key.name);
    return names;
}

const std::vector<std::string>& knownWords() {
    static const auto all = [] {
        std::vector<std::string> names = {"file", "usd",  "inr",   "gbp",  "string", "table",
                                          "math", "utf8", "print", "true", "false",  "nil"};
        for (const auto& word : words())
            if (word.callable) names.emplace_back(word.name);
        return names;
    }();
    return all;
}

const std::vector<std::string>& amountWords() {
    static const std::vector<std::string> all = {"usd", "inr", "gbp"};
    return all;
}

const std::vector<std::string>& messageFields() {
    static const std::vector<std::string> all = {"text", "channel", "language"};
    return all;
}

bool isFactWord(const std::string& name) {
    static const std::vector<std::string> all = {"text", "number", "money", "yes_no", "one_of",
                                                 "date", "time",   "phone", "email",  "postal_code"};
    return std::find(all.begin(), all.end(), name) != all.end();
}

const std::vector<TalkMember>& talkMembers() {
    static const std::vector<TalkMember> all = {
        {"lead", false, "table",
         "first_name, last_name, zone, language, company, title, country, state, custom"},
        {"facts", false, "table", "what is known; a fact that is not known yet is nil"},
        {"settings", false, "table", "as the organization filled them in"},
        {"persona", false, "table", "name, role, manner"},
        {"stage", false, "string", "the stage the conversation stands in"},
        {"channel", false, "string", "the channel of the lead's last message"},
        {"language", false, "string", "language code"},
        {"variant", false, "string", "the variant whose wordings this lead gets; empty: the playbook's own"},
        {"messages", false, "table[]", "{ direction, text, at, stage }, oldest first"},
        {"now", false, "table", "year, month, day, hour, min, weekday (\"Mon\") in the lead's zone"},
        {"say", true, "fun(self, text: string): boolean, string?", "says exactly this"},
        {"draft", true, "fun(self, guidance: string): boolean, string?",
         "has the agent write an answer along these lines"},
        {"go", true, "fun(self, stage: string): boolean", "goes to a stage"},
        {"wait", true, "fun(self, duration: string): boolean", "does nothing for \"2d\""},
        {"handover", true, "fun(self, reason: string): boolean", "gives the conversation to a person"},
        {"close", true, "fun(self, reason: string): boolean", "ends the conversation"},
        {"book", true, "fun(self, wish: table?): boolean, string?",
         "offers times, or looks for the one wished for"},
        {"use", true, "fun(self, capability: overture.tool, arguments: table?): boolean, table|string",
         "asks a bound plugin at once: true and what it says, or false and why it cannot be asked now"},
        {"note", true, "fun(self, text: string): boolean", "a note for people; never sent"},
    };
    return all;
}

const std::vector<Tool>& tools() {
    static const std::vector<Tool> all = {
        {"enrichment/1", "company, domain, email, phone", "what is known of a company or a person"},
        {"crm/1", "find, save, log", "finds and changes what the organization's CRM keeps"},
        {"signature/1", "send, status", "sends a document to be signed, and says how it stands"},
    };
    return all;
}

std::vector<std::string> toolNames() {
    std::vector<std::string> names;
    for (const auto& tool : tools()) names.emplace_back(tool.capability);
    return names;
}

const std::vector<std::string>& knownChannels() {
    static const std::vector<std::string> all = {"sms", "whatsapp", "email", "voice"};
    return all;
}

const std::vector<std::string>& callOutcomes() {
    static const std::vector<std::string> all = {"no_answer", "busy", "failed", "machine", "message_left",
                                                 "screening", "menu", "fax",    "silent"};
    return all;
}

const std::vector<std::string>& leadFields() {
    static const std::vector<std::string> all = {
        "first_name",  "last_name", "external_id", "phone",   "email", "country", "state",
        "postal_code", "zone",      "language",    "company", "title", "custom"};
    return all;
}

}  // namespace overture::playbook
