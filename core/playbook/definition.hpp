// Room playbook: what authors write, in Lua: sandbox, vocabulary, the checked definition, versions. No database,
// no network.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/json.hpp"

namespace overture::playbook {

/// Text per language code. A playbook that writes a plain string means its first language.
using Texts = std::map<std::string, std::string>;
using TextLists = std::map<std::string, std::vector<std::string>>;

enum class FactType { text, number, money, yesNo, oneOf, date, time, phone, email, postalCode };

struct Fact {
    std::string name;
    FactType type = FactType::text;
    Texts ask;
    std::vector<std::string> choices;   ///< for oneOf
    std::optional<double> least, most;  ///< numbers; for money in the currency's units
    std::string currency = "USD";
    bool required = false;  ///< settings only
    Texts confirm;          ///< the question after which alone it counts as known; empty: it counts at once
};

struct Move {
    std::string to;
    std::string when;         ///< words; empty when a function decides
    bool isFunction = false;  ///< asked through Script::moveAllowed
};

struct Quiet {
    seconds after{};
    std::string go;  ///< stage
};

struct BookingRules {
    int minutes = 30;
    int offer = 3;
    seconds notice{std::chrono::hours(24)};
    seconds horizon{std::chrono::days(10)};
    std::string hours = "Mon-Fri 09:00-17:00";  ///< in the account manager's zone, on top of their own hours
    seconds buffer{std::chrono::minutes(15)};
    seconds hold{std::chrono::minutes(15)};
    std::vector<std::string> confirm;  ///< channels that carry the confirmation
    std::vector<seconds> remind;
    std::string after;  ///< stage after a booking; "" stays
    // What is said around a booking; placeholders {slots}, {slot}, {manager}. Left out: the built-in texts.
    TextLists offerLines, confirmLines, bookedLines, noneLines, remindLines;
};

/// A message whose words a medium approved beforehand. Its placeholders are its variables, in the order they stand in.
struct Template {
    std::string name;
    std::string approvedAs;  ///< the name that the medium knows it by
    Texts text;
    std::map<std::string, std::string>
        approvedIn;  ///< the medium's code by language, where it is another: "en_US"
};

struct Stage {
    std::string name;
    std::string goal;
    Texts guide;
    TextLists lines;  ///< approved wordings; placeholders {lead.x} {settings.x} {facts.x} {persona.x}
    std::vector<std::string> collect;  ///< facts, in this order
    std::vector<Move> moves;
    std::optional<Quiet> quiet;
    bool slow = false;       ///< on a call, longer pauses are waited for
    bool strict = false;     ///< only the approved lines may be said
    bool handsOver = false;  ///< entering it gives the conversation to a person
    bool closes = false;     ///< entering it ends the conversation
    std::optional<BookingRules> booking;
    /// The template that is said where only an approved one may be; for a booking, the reminder.
    std::string templateName = {};
};

struct Objection {
    std::string name;
    std::string hear;                ///< in words
    std::vector<std::string> words;  ///< phrases that are this objection for sure (scripted model, tests)
    Texts answer;
    int tries = 1;
    std::string otherwise;  ///< stage after the tries
};

struct Touch {
    std::string channel;
    seconds after{};      ///< after the touch before it (0 for the first)
    std::string between;  ///< "10:00-11:00" in the lead's zone; empty: the gate's window
    std::string days;     ///< "Tue-Thu"
    TextLists lines;      ///< what to say; empty: the stage's own lines
    /// The template that is said where only an approved one may be; empty: the stage's.
    std::string templateName = {};
};

struct Review {
    int sentences = 4;               ///< most sentences in one message
    std::vector<std::string> never;  ///< words no message may contain
    bool confirmBeforeBooking = true;
    std::string model = "when in doubt";  ///< "always", "when in doubt", "never"
    int revise = 2;                       ///< most revisions
    std::string otherwise = "hold";       ///< "hold" or "stop"
};

/// What is special of telephone calls.
struct Calls {
    bool tellsAloud = true;  ///< who takes a call hears first who it is and why; false: it is only written
    Texts nobody = {};       ///< said to whom nobody took
    Texts leave = {};        ///< said to machines after their beep; empty: the channel's own words
    /// What follows from a call that was no conversation; of outcomes that are not named the channel knows.
    struct Next {
        std::string what;  ///< again, text, person, close, nothing
        seconds after{};   ///< again, text: so long from now
        int tries = 3;     ///< again: calls in all, then `otherwise`
        std::string otherwise = "text";
    };
    std::map<std::string, Next> outcomes = {};
};

/// Some wordings in place of the playbook's own, for a part of the leads.
struct Variant {
    std::string name;
    int share = 0;  ///< percent of the leads
    std::string manner;
    std::map<std::string, TextLists> lines;        ///< by stage
    std::map<std::string, Texts> guides, answers;  ///< by stage; by objection
};

/// Something that is worth points once it is so. All that is given must be so.
struct Checkpoint {
    std::string name, about;
    int points = 0;
    std::string stage;               ///< the conversation stands or stood there
    std::vector<std::string> facts;  ///< all of them are known
    bool booked = false;             ///< a meeting is booked
    bool isFunction = false;         ///< asked through Script::checkpointHolds
};

struct Definition {
    std::string id, about;
    int api = 1;
    std::vector<std::string> channels, languages;
    std::map<std::string, Fact> settings;
    Json persona;  ///< name, role, manner
    std::map<std::string, Fact> facts;
    std::string firstStage;     ///< the one named by `start`, or the first in the file
    std::vector<Stage> stages;  ///< in the file's order
    std::vector<Objection> objections;
    std::vector<Touch> cadence;
    std::vector<Template> templates;
    Review review;
    Calls calls;
    std::map<std::string, std::string> knowledge;  ///< file name → Markdown
    std::vector<Variant> variants;                 ///< in the file's order
    std::vector<Checkpoint> checkpoints;           ///< in the file's order
    /// The same playbook with each variant's wordings; set by check().
    std::map<std::string, std::shared_ptr<const Definition>> worded;
    std::string inboundStage;  ///< where a conversation that the lead begins starts; firstStage if empty
    bool hasReplyHook = false;
    std::set<std::string> tools;  ///< capabilities that its functions ask by name

    const Stage* stage(const std::string& name) const;
    const Objection* objection(const std::string& name) const;
    const Touch* touch(std::size_t number) const;
    const Template* templateNamed(const std::string& name) const;
    /// The variant for whoever has this key, by a hash of it; "" for those who get the playbook's own words.
    std::string variantOf(const std::string& key) const;
    /// The playbook with a variant's wordings in place.
    Definition with(const Variant& variant) const;
};

/// A playbook's files as they were read or stored: path inside the folder → text.
using Files = std::map<std::string, std::string>;

/// Reads playbook.lua, texts/, people/ of a folder (not tests/). Throws Error for an unreadable folder.
Files readFolder(const std::string& directory);
/// The immutable name of these files: hex SHA-256 over sorted paths and contents.
std::string versionOf(const Files& files);

struct Finding {
    std::string severity;  ///< "error" or "warning"
    std::string place;     ///< "playbook.lua:31"
    std::string message;
    std::string suggestion;
};

struct Checked {
    std::shared_ptr<const Definition> definition;  ///< null when there are errors
    std::vector<Finding> findings;
    bool ok() const { return definition != nullptr; }
};

/// Loads the definition in the sandbox and checks it whole. Never throws for an author's mistake.
Checked check(const Files& files);

/// The simulated people of people/*.lua as data for the `sim` carrier:
/// [{"name", "weight", "country"?, "reply_after": [s, s], "silent": 0..1, "answers": [{"hear": […], "say": […],
/// "weight"?, "then"?}], "otherwise": […]}]. Problems name file and line.
Result<Json> people(const Files& files);

/// What a script may see of a conversation.
/// A list that all views of one turn share: copies of it cost nothing.
class SharedList {
public:
    SharedList() : SharedList(Json::array()) {}
    SharedList(Json list) : list_(std::make_shared<const Json>(std::move(list))) {}
    const Json& operator*() const { return *list_; }
    const Json* operator->() const { return list_.get(); }

private:
    std::shared_ptr<const Json> list_;
};

struct TalkView {
    Json lead;  ///< first_name, last_name, zone, language, company, title, country, state, custom
    Json settings;
    Json facts;
    std::string stage, channel, language, variant;
    SharedList messages;  ///< [{"direction", "text", "at", "stage"}], oldest first
    Instant now;
    std::string zone;  ///< the lead's, for talk.now
    std::uint64_t seed = 0;
};

/// What a script asked for. Applied in order by the turn; goes through review and compliance like everything else.
struct Act {
    enum class Kind { say, draft, go, wait, handover, close, book, note } kind;
    std::string text;    ///< say/note: the words; draft: guidance; go: stage; handover/close: reason
    seconds duration{};  ///< wait
    Json arguments;      ///< book
};

/// Answers a script's talk:use at once: {"ok": true, "answer": {…}} or {"ok": false, "why": "…"}. Arguments are an object. What it
/// throws ends the script, which cannot catch it, and comes out of the Script's call.
using AskTool = std::function<Json(const std::string& capability, const Json& arguments)>;

/// One fresh Lua state for one turn. One thread. Over a limit it throws ScriptError, and is done.
class Script {
public:
    /// `files` must have passed check(). Without `ask` every tool answers that nobody is asked here.
    Script(const Files& files, const TalkView& view, AskTool ask = {});
    ~Script();
    /// Asks the move's function (or true when it is words).
    bool moveAllowed(const std::string& stage, const std::string& to);
    /// Asks the checkpoint's function; false when it has none.
    bool checkpointHolds(const std::string& name);
    /// Runs the `reply` hook; nothing when there is none.
    std::vector<Act> onReply(const std::string& text);
    /// Facts changed within the turn are shown to later calls.
    void setFacts(const Json& facts);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A hook or move function that failed or went over a limit; `problem().where` is file:line.
class ScriptError : public Error {
public:
    ScriptError(std::string limit, Problem problem) : Error(std::move(problem)), limit_(std::move(limit)) {}
    /// "instructions", "memory", "time", "output", or empty for an ordinary error.
    const std::string& limit() const { return limit_; }

private:
    std::string limit_;
};

/// What a fact's value is in the engine's own form, or why it cannot be one: money → number of units, one_of → the
/// choice as written in the playbook, yes_no → boolean, date → "YYYY-MM-DD", time → "HH:MM", phone → as given.
Result<Json> normalizeFact(const Fact& fact, const Json& value);

/// Of the languages that `texts` has: `language` ("en-GB" reads "en"), else the playbook's first, else any; its end() when it is empty.
template <typename Map>
typename Map::const_iterator inLanguage(const Map& texts, const std::string& language,
                                        const Definition& definition) {
    for (const auto& wanted : {language, language.substr(0, language.find('-')),
                               definition.languages.empty() ? language : definition.languages.front()})
        if (const auto found = texts.find(wanted); found != texts.end()) return found;
    return texts.begin();
}

/// Texts in `language`, or in the language that is read instead.
std::string textIn(const Texts& texts, const std::string& language, const Definition& definition);
std::vector<std::string> linesIn(const TextLists& lines, const std::string& language,
                                 const Definition& definition);

}  // namespace overture::playbook
