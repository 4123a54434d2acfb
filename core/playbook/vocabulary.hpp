// The words of the playbook language: one table from which the checks, docs/playbooks.md, the editor types in
// playbooks/meta and .luacheckrc are made.
#pragma once

#include <string>
#include <vector>

namespace overture::playbook {

/// What a key's value must look like.
enum class Shape {
    string,   ///< "…"
    text,     ///< "…", { en = "…", hi = "…" } or file "…"
    lines,    ///< { "…", … }, per language { en = { … } }, or one text
    strings,  ///< { "…", … }
    number,
    whole,
    flag,
    function,
    amount,     ///< 80 or usd(80)
    currency,   ///< "USD"
    duration,   ///< "2d", "1h30m"
    durations,  ///< { "24h", "1h" }
    hours,      ///< "Mon-Fri 09:00-17:00"
    dayRange,   ///< "Tue-Thu"
    clock,      ///< "10:00-11:00"
    stage,      ///< name of a stage
    facts,      ///< { "bill", … }
    channels,   ///< { "sms", … }
    moves,      ///< { stage = "when" or function(talk) }
    table,      ///< a table with rules of its own
};

struct Key {
    const char* name;
    Shape shape;
    const char* about;
};

struct Word {
    const char* name;  ///< "stage"; tables without a word have their key's name: "quiet"
    bool callable;     ///< a constructor of the language
    const char* about;
    std::vector<Key> keys;
};

/// In the order of the documentation.
const std::vector<Word>& words();
/// Null when there is no such word.
const Word* wordNamed(const std::string& name);
std::vector<std::string> keyNames(const Word& word);
/// Everything that may stand in a playbook as a word of its own, for "did you mean".
const std::vector<std::string>& knownWords();

/// Words that stand for an amount: usd(80). Their currency is the name in capitals.
const std::vector<std::string>& amountWords();

/// The words that make a fact or a setting.
bool isFactWord(const std::string& name);
/// What talk can do and show: method or view, and about.
struct TalkMember {
    const char* name;
    bool method;
    const char* signature;  ///< for the editor's types
    const char* about;
};
const std::vector<TalkMember>& talkMembers();
/// What talk:use may ask, by capability.
struct Tool {
    const char* capability;
    const char* arguments;  ///< "company, domain or email"
    const char* about;
};
const std::vector<Tool>& tools();
std::vector<std::string> toolNames();
/// Of the message that a hook gets.
const std::vector<std::string>& messageFields();

const std::vector<std::string>& knownChannels();
/// How a call that we placed ends without a conversation.
const std::vector<std::string>& callOutcomes();
const std::vector<std::string>& leadFields();

}  // namespace overture::playbook
