#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/booking.hpp"
#include "agent/briefing.hpp"
#include "agent/model_call.hpp"
#include "agent/parts.hpp"
#include "agent/purse.hpp"
#include "compliance/when.hpp"
#include "playbook/scope.hpp"

namespace overture::agent {

/// One turn of one conversation, read top to bottom in run(). Lives as long as the turn.
class TurnWork {
public:
    TurnWork(const Parts& parts, const turn::Opened& opened, turn::Journal& journal,
             std::shared_ptr<const Loaded> loaded);
    turn::Outcome run();

private:
    // turn_work.cpp: what happened, and whether we may speak at all
    void answer();
    void sortEvents();
    void recordIncoming();
    void noteThreads();  ///< where the channels say their threads stand now
    bool optedOut();
    void forPerson();
    bool chooseChannel();
    bool mayContact();
    void settleTouch();
    std::optional<turn::Timer> touchFrom(std::size_t number) const;
    void decideNothing();
    void withoutMoney(const NoMoney& no);
    void withoutModels(const ModelsPaused& paused);
    void whileNotRunning();
    bool timerAllows();
    bool takeUpAgain();  ///< after a pause; false when there is nothing to say now
    bool wasSaid(const turn::Message& message) const;
    void notReached();
    void answerNotReached(const turn::Message& answer);  ///< of a lead who waits for one

    // unreached_calls.cpp: calls that were no conversation
    playbook::Calls::Next nextAfterCall(const std::string& outcome, int tries);
    void callNotReached(const turn::Message& call, const std::string& outcome);
    void callAgain(const playbook::Touch* touch, seconds after);
    void textInstead(const playbook::Touch* touch, seconds after);
    void setTimers();
    turn::Outcome finish();

    // user_replies.cpp: what a person wrote in the agent's place
    void sendReplies();

    // registers.cpp: what the gate says, with registries that are asked
    compliance::Verdict askGate();
    bool askRegistry(const std::string& registry);  ///< false: no answer, or it was asked already
    void addRegistryAnswers(compliance::ContactRequest& request) const;

    // tools.cpp: what the playbook's functions ask
    Json askTool(const std::string& capability, const Json& arguments);
    playbook::AskTool tools();
    void recallAnswers();
    void keepAnswers();

    // vectors.cpp: what the knowledge has near a question
    void findNearest(Briefing& about);

    // callback.cpp: when the lead wishes to be contacted
    void readWish();
    struct Due {
        Instant at;
        std::optional<compliance::NotBefore> moved{};  ///< by what it cannot be within the time wished for
    };
    std::optional<Due> dueFor(const compliance::When& wish) const;
    bool keepCallback();  ///< sets its timer; false when there is none to come
    void beginCallback();

    // reply.cpp: what to say
    void respond();
    bool runHook();
    void readUnderstanding(const Draft& draft);
    void decideStage(const Draft& draft);
    bool askFunctions();
    void cancelMeeting();

    // facts.cpp: what counts as known, and what is worth points
    void learn(const std::string& name, const Json& value);
    void settleConfirmation(const Draft& draft);
    std::optional<std::string> confirmation(const Draft& draft);
    void reachCheckpoints();
    std::string nextToConfirm() const;

    void answerObjection(const std::string& name);
    std::optional<std::string> bookingReply(const Draft& draft);
    std::optional<std::string> offerSlots();
    int slotPicked(const Draft& draft) const;  ///< 1 is the first; 0: none
    std::optional<std::string> chooseSlot(int number);
    std::optional<std::string> confirmSlot();
    const playbook::SharedList& said() const;
    playbook::TalkView view() const;  ///< what a script sees
    Briefing briefing() const;
    Draft draftFor(const Briefing& briefing);

    // aloud.cpp: replies on a live call
    bool speaksWhileDrafting(const Briefing& briefing) const;
    bool saysWhatIsDrafted(const Draft& draft) const;
    Draft draftAloud(const Briefing& briefing);
    void sayAloud(const std::string& text, const char* author, Json details);
    std::string toldSoFar() const;  ///< of the reply that is being drafted

    std::optional<std::string> reviewed(Briefing briefing, Draft draft);
    std::optional<std::string> engineLine(const std::string& text);
    Json composing(const DeliveryId& id, const std::string& text) const;  ///< the question to the channel
    void deliver(const std::string& text, const char* author = "agent", Json details = Json::object(),
                 const Json& approved = Json());

    // template.cpp: what the channel takes now, and messages approved beforehand
    struct Approved {
        std::string text;  ///< with its variables filled in
        Json named;        ///< {"name", "language", "variables"}, for the channel
    };
    Json channelWindow() const;  ///< {"allow": free, template or nothing, "why"?, "until"?}
    bool mayWriteFreely();       ///< false: a template went out instead, or it was settled what comes next
    void speakByTemplate();
    std::optional<Approved> approved(const playbook::Template& given);
    void cannotSpeak(const std::string& why);

    // wording.cpp: texts with their placeholders filled
    playbook::Scope scope() const;
    playbook::Scope scopeOfLines() const;  ///< and what is said around a booking
    std::vector<std::string> rendered(const playbook::TextLists& lines) const;
    std::vector<std::string> stageLines(const playbook::Stage& stage) const;
    std::string bookingText(const playbook::TextLists& own, const char* builtIn) const;

    const playbook::Stage& stage() const;
    void go(const std::string& stage, const std::string& why);
    void hold(const std::string& reason);
    void close(const std::string& reason);
    bool silenced() const { return out_.state && *out_.state != "open"; }
    std::vector<meeting::Slot> offeredSlots() const {
        return Booking::slotsOf(memory_.value("slots", Json::array()));
    }
    bool leadHasWritten() const;
    bool weHaveWritten() const;
    std::string lastOutbound() const;
    compliance::ContactRequest contact() const;

    const Parts& parts_;
    const turn::Opened& opened_;
    turn::Journal& journal_;
    std::shared_ptr<const Loaded> loaded_;
    const std::shared_ptr<const playbook::Definition> worded_;  ///< with the lead's variant
    const playbook::Definition& definition_;
    turn::Outcome out_;
    Json notes_ = Json::object();  ///< becomes out_.explanation
    const Json lead_;              ///< as the playbook sees it
    Json facts_, memory_;
    std::string stageName_, language_, channel_, zone_, incoming_, guidance_;
    std::vector<turn::Event> messages_, replies_;
    std::optional<turn::Event> touch_, timer_, undelivered_;
    bool recorded_ = false;                        ///< what the lead wrote stands in out_.messages
    std::map<std::string, Json> registryAnswers_;  ///< of this turn, for the contact's number
    std::vector<std::size_t> nearest_;             ///< passages, as the briefing has them
    std::map<std::string, Json> answers_;          ///< of tools in this turn, by question
    bool registryStaysAway_ = false;               ///< it was asked again often enough
    std::optional<Instant> askAgainAt_;            ///< a registry that did not answer may do so then
    bool asksForHelp_ = false;         ///< "HELP": carriers want to hear who writes and how it is stopped
    bool released_ = false;            ///< a person had the conversation, and their time is over
    std::optional<Instant> choiceAt_;  ///< the time that the lead picked by a button, not by words
    int answeredFrom_ = 0;  ///< messages from this number on are what is answered; 0: this turn's own
    mutable std::optional<playbook::SharedList> said_;  ///< until what counts as said changes
    bool slotsJustOffered_ = false;
    bool confirmed_ = false;  ///< the lead answered whether a fact is right
    std::string denied_;      ///< and it is not
    bool noFreeTime_ = false;
    bool wished_ = false;                 ///< this turn's message names a time to be contacted
    std::optional<Instant> goodUntil_;    ///< the channel takes free text until then
    std::string slotText_;                ///< the time that an engine's line of this turn speaks of
    std::optional<std::string> ownLine_;  ///< a hook's talk:say
    bool onCall_ = false;                 ///< what is answered was said in a call
    std::shared_ptr<Speaker>
        speaker_;               ///< the call; none when it is over, or the turn is read back from its journal
    std::optional<Told> told_;  ///< of this turn's latest draft
    std::string purpose_ = "reply";
    std::shared_ptr<const tenant::Policy> policy_;
    Purse purse_;
    Models models_;
    std::optional<Booking> booking_;
};

}  // namespace overture::agent
