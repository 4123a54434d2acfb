// Room agent: the CSR that drafts, the Overseer that reviews before anything is sent, booking, prompts, tools.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "compliance/gate.hpp"
#include "playbook/definition.hpp"
#include "plugin/host.hpp"
#include "turn/types.hpp"

namespace overture::agent {

class Breaker;
class Purse;
class Speaker;

/// One model that may be asked.
struct Model {
    std::function<std::shared_ptr<plugin::Instance>()>
        open;                      ///< throws Error when its binding cannot be opened
    milliseconds deadline{20000};  ///< for a whole answer
    std::optional<milliseconds> firstToken =
        {};                      ///< given up for the next one when nothing useful came by then
    Breaker* breaker = nullptr;  ///< keeps it from being asked while it is down
    Speaker* own = nullptr;      ///< it hears the call itself, and answers there with its own voice
};

/// The models of one conversation, in the order they are tried.
struct Models {
    std::vector<Model> order;
    Purse* purse = nullptr;  ///< what they are paid from; none: nobody counts
    bool prompts = true;     ///< false: all of them play from the request's `context` and read no prompt
};

/// A stage the conversation may move to with this draft, and what would be said there first.
struct MoveOption {
    std::string to, when, goal;
    std::vector<std::string> lines;  ///< approved wordings of that stage, rendered; empty for a booking stage
};

/// Everything the CSR and the Overseer may know for one draft. The engine owns stage, facts and dates; what the lead
/// wrote is data in here, never instruction.
struct Briefing {
    std::shared_ptr<const playbook::Definition> definition;
    const playbook::Stage* stage = nullptr;
    playbook::TalkView view;  ///< lead, settings, facts, messages, language, now, zone, seed
    std::string incoming;  ///< what the lead just wrote (several messages joined by newlines); "" on a touch
    std::vector<MoveOption>
        moves;  ///< moves open to the CSR: those said in words. Functions are the engine's to ask
    std::vector<std::string> missing;  ///< facts of `collect` not known yet, in order
    Json objectionTries = Json();      ///< {"price": 1}
    std::vector<std::string> lines;    ///< approved wordings for now, rendered, in the lead's language
    std::string guidance;              ///< from a hook's talk:draft, or why the engine asks for this message
    std::vector<std::string> slots;  ///< free times offered to the lead, as text in their zone; slot 1 first
    std::string pendingSlot;         ///< the time the lead chose and is being asked to confirm; ""
    bool slotsJustOffered = false;   ///< true: this reply must offer `slots`
    std::string confirming;          ///< the fact that the lead was just asked to confirm; ""
    Json confirmingValue = Json();
    bool firstMessage = false;               ///< nothing was ever sent to this lead in this conversation
    bool wantsSubject = false;               ///< this reply begins a thread that has a subject
    std::vector<compliance::Duty> duties;    ///< what a first message must contain where the lead may be
    std::vector<std::size_t> nearest;        ///< passages of the knowledge found by vectors, nearest first
    std::vector<std::string> reviseReasons;  ///< from the Overseer, for the next draft
    std::string previousDraft;
    bool spoken =
        false;  ///< on a call: the reply stands last in the answer, so that it can be said while it is written
};

/// What was said of a draft while it was being written.
struct Told {
    std::vector<std::string> before;  ///< said for this turn already when the draft began
    std::vector<std::string> said;    ///< of this draft, each sentence reviewed
    bool cut = false;                 ///< nobody heard the rest, or it never came
    std::string verdict;              ///< of the Overseer on the sentence after them; "" when it approved all
    std::vector<std::string> reasons;
    std::string by;
};

/// What the CSR proposes. Every field is checked by the engine; a proposal is never a fact.
struct Draft {
    std::string reply;      ///< "" when it has nothing to say
    std::string move;       ///< a stage among Briefing::moves, or ""
    Json facts;             ///< {"bill": 140}: as understood from the lead's own words
    std::string objection;  ///< name of an objection heard, or ""
    std::string sentiment;  ///< positive, neutral, negative
    std::string language;   ///< of the lead's message; "" when unsure
    bool wantsPerson = false;
    int slotChoice = 0;      ///< 1-based among Briefing::slots; 0 none
    std::string slotAnswer;  ///< "yes", "no" or "" to Briefing::pendingSlot
    std::string factAnswer;  ///< "yes", "no" or "" to Briefing::confirming
    bool declined = false;   ///< the lead is not interested (not an opt-out)
    bool unsure = false;     ///< the model is not confident in its reply
    std::string model;       ///< which model made it
    std::int64_t costMicros = 0;
    std::optional<Told> told = {};  ///< it was said while it was written; `reply` is what was said of it
};

class Telling;

/// One structured model call (journaled step "csr"). A model that fails, answers garbage or breaks the schema is tried
/// once more, then the next one; a Problem when none answered usefully. With a `telling` the reply is said while it is written,
/// where that allows it; nothing is asked again once a sentence was said.
Result<Draft> draft(const Models& models, const Briefing& briefing, turn::Journal& journal,
                    Telling* telling = nullptr);

struct Review {
    enum class Verdict { approve, revise, hold, stop } verdict = Verdict::hold;
    std::vector<std::string> reasons;  ///< in words, for the next draft and for people
    std::string by;                    ///< "rules" or "model"
};
std::string_view nameOf(Review::Verdict verdict);

/// Rules tier (never words, sentences, promises, leaked prompt, placeholders, wrong language or script, foreign links and numbers,
/// invented prices and times, disclosure, strict stages), then the model tier when the playbook's review
/// says so (journaled step "overseer"). Fails closed: no answer from the model is `hold`.
Review review(const Models& models, const Briefing& briefing, const Draft& draft, turn::Journal& journal);

}  // namespace overture::agent
