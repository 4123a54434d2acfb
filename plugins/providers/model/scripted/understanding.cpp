#include "understanding.hpp"

#include <algorithm>

#include "slots.hpp"
#include "values.hpp"

namespace overture::scripted {
namespace {

/// What a move waits for, by the words of its `when`. In the order in which moves are tried.
enum class Meaning {
    wrongPerson,
    cancels,
    otherTime,
    notInterested,
    wantsPerson,
    problem,
    later,
    interestedAgain,
    disqualified,
    qualified,
    willing,
    other
};

Meaning meaningOf(const std::string& when) {
    using Row = std::pair<Meaning, std::vector<std::string_view>>;
    static const std::vector<Row> kRows{
        {Meaning::wrongPerson,
         {"wrong person", "wrong number", "not the right person", "someone else", "not the owner"}},
        {Meaning::notInterested,
         {"not interested", "isn't interested", "declines", "refuses", "says no", "no interest",
          "does not want", "doesn't want"}},
        {Meaning::cancels, {"cancel", "cancels", "cancels the meeting", "calls it off"}},
        {Meaning::otherTime,
         {"another time", "different time", "other time", "reschedule", "reschedules", "new time"}},
        {Meaning::disqualified,
         {"does not qualify", "doesn't qualify", "unqualified", "not qualified", "disqualified"}},
        {Meaning::qualified, {"qualifies", "qualified", "everything is known", "all facts"}},
        {Meaning::interestedAgain,
         {"interested again", "changes their mind", "changed their mind", "comes back", "again"}},
        {Meaning::wantsPerson,
         {"wants a person", "asks for a person", "wants a human", "asks for a human", "speak to a person",
          "wants to talk to somebody"}},
        {Meaning::later, {"not now", "later", "busy", "no time", "bad time"}},
        {Meaning::problem, {"problem", "issue", "complaint", "complains", "unhappy"}},
        {Meaning::willing,
         {"willing", "agrees", "interested", "open to", "ready", "happy to", "says yes", "wants to",
          "curious", "engages", "answers", "replies"}}};
    // A negated phrase is its own row, so the negation check of says() must not hide it.
    const auto all = plain(when);
    for (const auto& [meaning, phrases] : kRows)
        for (const auto phrase : phrases)
            if (all.find(plain(phrase)) != std::string::npos) return meaning;
    return Meaning::other;
}

/// A fact of the stage behind the move that the message already answers with one of its choices ("mice in the garage").
bool namesTrouble(const Json& move, const std::string& incoming) {
    for (const auto& fact : itemsOf(move, "missing")) {
        if (textOf(fact, "type") != "one_of") continue;
        const auto value = valueOf(fact, incoming, false);
        if (value && *value != "nothing" && *value != "none") return true;
    }
    return false;
}

bool fits(const Json& move, Meaning meaning, const Json& context, const Understanding& u) {
    const auto incoming = textOf(context, "incoming");
    const bool allKnown = itemsOf(context, "missing").size() == u.facts.size();
    switch (meaning) {
        case Meaning::wrongPerson: return u.signals.wrongPerson;
        case Meaning::cancels: return u.signals.cancels;
        case Meaning::otherTime: return u.signals.otherTime;
        case Meaning::notInterested: return u.declined;
        case Meaning::wantsPerson: return u.signals.wantsPerson;
        case Meaning::problem: return u.signals.problem || namesTrouble(move, incoming);
        case Meaning::later: return u.signals.later;
        case Meaning::interestedAgain: return u.signals.interested && !u.declined;
        case Meaning::disqualified:
            return itemsOf(context, "missing").empty() && context.contains("stage") &&
                   numberOf(context["stage"], "collects") > 0;
        case Meaning::qualified: return allKnown;
        case Meaning::willing:
            return !u.declined &&
                   (u.signals.polarity == Polarity::yes || u.signals.interested || !u.facts.empty());
        case Meaning::other: break;
    }
    const auto stems = contentStems(textOf(move, "when"));
    return !stems.empty() && sharedStems(incoming, stems) >= std::min<std::size_t>(2, stems.size());
}

std::optional<Json> chooseMove(const Json& context, const Understanding& u) {
    std::optional<Json> best;
    Meaning bestMeaning = Meaning::other;
    for (const auto& move : itemsOf(context, "moves")) {
        const auto meaning = meaningOf(textOf(move, "when"));
        if (!fits(move, meaning, context, u) || (best && meaning >= bestMeaning)) continue;
        best = move;
        bestMeaning = meaning;
    }
    return best;
}

/// Did our last message ask for this fact?
bool wasAsked(const Json& context, const Json& fact) {
    const auto sent = listOf(context, "sent");
    const auto ask = collapse(textOf(fact, "ask"));
    return !sent.empty() && !ask.empty() && collapse(sent.back()).find(ask) != std::string::npos;
}

bool isConfirming(const Json& context, const Json& fact) {
    const auto confirming = context.find("confirming");
    return confirming != context.end() && textOf(*confirming, "name") == textOf(fact, "name");
}

/// A figure or a choice may stand beside the yes or no; in other kinds of facts the yes or no would be taken for the value.
bool isToldApart(const Json& fact) {
    const auto type = textOf(fact, "type");
    return type == "money" || type == "number" || type == "one_of" || type == "email";
}

Json factsIn(const Json& context, const std::string& incoming) {
    Json facts = Json::object();
    const auto missing = itemsOf(context, "missing");
    const auto amounts = std::count_if(missing.begin(), missing.end(),
                                       [](const Json& fact) { return textOf(fact, "type") == "money"; });
    for (const auto& fact : missing) {
        const bool confirming = isConfirming(context, fact);
        if (confirming && !isToldApart(fact)) continue;
        const bool asked = confirming || wasAsked(context, fact);
        if (!asked && textOf(fact, "type") == "money" && amounts > 1) continue;
        if (auto value = valueOf(fact, incoming, asked)) facts[textOf(fact, "name")] = *value;
    }
    return facts;
}

/// What the message already says of the stage that it leads to.
void takeFactsBehind(const Json& move, const std::string& incoming, Understanding& u) {
    for (const auto& fact : itemsOf(move, "missing"))
        if (auto value = valueOf(fact, incoming, false)) u.facts[textOf(fact, "name")] = *value;
}

bool answersChoice(const Json& context, const Json& facts) {
    for (const auto& fact : itemsOf(context, "missing"))
        if (textOf(fact, "type") == "one_of" && wasAsked(context, fact) &&
            facts.contains(textOf(fact, "name")))
            return true;
    return false;
}

std::optional<Json> objectionIn(const Json& context, const std::string& incoming, Polarity polarity) {
    const auto all = plain(incoming);
    for (const auto& objection : itemsOf(context, "objections"))
        for (const auto& phrase : listOf(objection, "words"))
            if (says(all, phrase)) return objection;
    for (const auto& objection : itemsOf(context, "objections")) {
        const auto stems = contentStems(textOf(objection, "hear"));
        const auto shared = sharedStems(incoming, stems);
        const auto needed = stems.size() < 3 ? stems.size() : (stems.size() * 3 + 3) / 4;
        if (shared > 0 && shared >= needed && polarity != Polarity::yes) return objection;
    }
    return std::nullopt;
}

/// Who asks whether they talk to a machine is told so, where the playbook has words for it.
std::optional<Json> disclosureIn(const Json& context) {
    static const std::vector<std::string_view> kWords{"automated", "assistant", "bot", "ai"};
    for (const auto& objection : itemsOf(context, "objections"))
        if (saysAny(plain(textOf(objection, "answer")), kWords)) return objection;
    return std::nullopt;
}

void readConfirmation(const Json& context, Understanding& u) {
    const auto confirming = context.find("confirming");
    if (confirming == context.end()) return;
    const auto name = textOf(*confirming, "name");
    const bool other = u.facts.contains(name) && u.facts[name] != confirming->value("value", Json());
    if (other) return;
    static const std::vector<std::string_view> kRight{"right", "correct", "exactly", "sahi", "सही"};
    if (u.signals.polarity == Polarity::no)
        u.factAnswer = "no";
    else if (u.signals.polarity == Polarity::yes || u.facts.contains(name) ||
             saysAny(plain(textOf(context, "incoming")), kRight))
        u.factAnswer = "yes";
}

void readSlots(const Json& context, const std::string& incoming, Understanding& u) {
    const auto slots = listOf(context, "slots");
    if (textOf(context, "pending_slot").empty()) {
        u.slotChoice = slotChosen(incoming, slots);
        return;
    }
    if (u.signals.otherTime || u.signals.polarity == Polarity::no)
        u.slotAnswer = "no";
    else if (u.signals.polarity == Polarity::yes)
        u.slotAnswer = "yes";
    else
        u.slotChoice = slotChosen(incoming, slots);
}

std::string sentimentOf(const Understanding& u) {
    if (u.signals.angry || u.signals.wrongPerson) return "negative";
    if (u.declined || u.objection) return u.signals.thanks ? "neutral" : "negative";
    return u.signals.polarity == Polarity::yes || u.signals.thanks || u.signals.interested ? "positive"
                                                                                           : "neutral";
}

bool refusesInvitation(const Json& context, const Understanding& u) {
    const auto sent = listOf(context, "sent");
    const bool invited = !sent.empty() && sent.back().find('?') != std::string::npos;
    const auto words = wordsOf(textOf(context, "incoming"));
    const bool plainNo = words.size() <= 3 || polarityOf(words.front()) == Polarity::no;
    return invited && plainNo && u.signals.polarity == Polarity::no && u.facts.empty() &&
           itemsOf(context, "slots").empty() && textOf(context, "pending_slot").empty() && !u.objection;
}

}  // namespace

Understanding understand(const Json& context) {
    Understanding u;
    const auto incoming = textOf(context, "incoming");
    if (incoming.empty()) return u;
    u.signals = signalsIn(incoming);
    u.language = languageOf(incoming);
    if (context.value("just_entered", false)) {
        u.sentiment = sentimentOf(u);
        return u;
    }
    readSlots(context, incoming, u);
    const bool aboutSlots = u.slotChoice > 0 || !u.slotAnswer.empty();
    if (!aboutSlots && !u.signals.wantsPerson) {
        u.facts = factsIn(context, incoming);
        readConfirmation(context, u);
        if (!answersChoice(context, u.facts) && !u.signals.wrongPerson)
            u.objection = objectionIn(context, incoming, u.signals.polarity);
        if (!u.objection && u.signals.asksForBot) u.objection = disclosureIn(context);
        u.declined = u.signals.declines || (u.factAnswer.empty() && refusesInvitation(context, u));
        if (!u.objection) u.move = chooseMove(context, u);
        if (u.move) takeFactsBehind(*u.move, incoming, u);
        if (u.signals.wrongPerson && !u.move) u.declined = true;
    }
    u.sentiment = sentimentOf(u);
    return u;
}

}  // namespace overture::scripted
