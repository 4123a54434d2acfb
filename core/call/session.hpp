#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "call/answerer.hpp"
#include "call/arrival.hpp"
#include "call/hearing.hpp"
#include "call/manners.hpp"
#include "call/playout.hpp"
#include "call/recital.hpp"

namespace overture::call {

/// What a call begins with.
struct Plan {
    std::vector<std::string> notice =
        {};  ///< said first and never interrupted: that an AI speaks, that it is recorded
    std::vector<std::string> opening = {};  ///< said then; reviewed beforehand
    std::vector<std::string> leave = {};  ///< said to a machine after its beep; empty: nothing is left there
    std::vector<std::string> screening = {};  ///< said to who asks who is calling; empty: the call ends
    Manners manners = {};
    bool outward = true;  ///< we called
    milliseconds patience{700},
        slow{1800};              ///< of quiet until their words count as said; slow: digits, spelling
    milliseconds filler{800};    ///< after their words, while there is nothing to say yet
    milliseconds silence{8000};  ///< of theirs, until they are asked whether they are there
    milliseconds ahead{160};     ///< of our sound at the carrier
    seconds most{600};           ///< then it ends
    double surely = 0.7;         ///< words of less confidence are asked for again
    bool marks = true;           ///< the carrier says what it has played
    bool relayed = false;        ///< the carrier hears and speaks: words go in and out, and no sound
    bool records = false;        ///< both sides are kept; theirs once all of the notice was said
    bool told = false;           ///< they know already that it is recorded
};

/// Words as a recognizer hears them (speech.transcribe/1).
struct Recognized {
    enum class Kind { started, interim, final, endedTurn } kind = Kind::interim;
    std::string text = {};
    double confidence = 1;
    milliseconds from{0}, to{0};  ///< of what it was given
    Json words = Json::array();   ///< [{text, from_ms, to_ms, confidence}]

    /// Reads `words` of speech.transcribe/1; what is missing or of another type stands as above.
    static Recognized fromJson(const Json& document);
};

/// What the session wants done; in order.
struct SendSound {
    std::string mulaw;
};
struct SendMark {
    std::string name;
};
struct SendClear {};
struct Keep {  ///< for the recording
    bool ours = false;
    Moment at{0};
    std::string mulaw;
};
struct Recognize {
    std::string mulaw;
};
struct Synthesize {
    int sentence = 0;
    std::string text;
};
struct Forget {  ///< its sound is not wanted any more
    int sentence = 0;
};
struct Said {  ///< the person's words, to be accepted as an event
    std::string text;
    double confidence = 1;
    Moment from{0}, to{0};
    int number = 0;  ///< 1 is the first of the call
};
struct Line {  ///< of the transcript
    std::string who, text,
        kind;  ///< lead, agent; kind: "" or what is special: backchannel, unclear, cut, filler, notice, engine, …
    Moment from{0}, to{0};
    double confidence = 1;
    Json words = Json::array();
};
struct WasHeard {  ///< of one speech, when it is over
    int speech = 0;
    std::string text;
    bool complete = false;
};
struct Signal {  ///< answered, leg, wrap_up, key, loop, transfer, …
    std::string kind;
    Json details = Json::object();
};
struct HangUp {
    std::string reason;
};
struct Transfer {
    std::string to;
};
struct SendText {  ///< to be spoken by the carrier
    std::string text;
    bool last = true;  ///< of what is said in one go; may be an end without a text
    bool interruptible = true;
};
using Act = std::variant<SendSound, SendMark, SendClear, Keep, Recognize, Synthesize, Forget, Said, Line,
                         WasHeard, Signal, HangUp, Transfer, SendText>;

/// One call. Everything that happens goes in with the moment of the call at which it happened, never an earlier one than before; what is
/// to be done about it comes out of take(). One thread at a time.
class Session {
public:
    explicit Session(Plan plan);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // From the carrier.
    void started(Moment now);
    void sound(Moment now, std::int64_t at,
               std::string_view mulaw);  ///< `at` by the stream's clock; -1: not said
    void played(Moment now, const std::string& mark);
    /// Keys are words too: "[keys 123#]" after a pause or a #.
    void key(Moment now, const std::string& digit);
    void answeredBy(Moment now, Who who);  ///< as the carrier believes
    void stopped(Moment now, const std::string& why);
    // Where the carrier hears and speaks itself.
    void voice(Moment now, bool speaks);  ///< the person begins, or stops
    void playedWords(Moment now, const std::string& words);
    void interrupted(Moment now,
                     const std::string& heard);  ///< it has stopped; the last words that were heard

    // From the recognizer and the synthesizer.
    void recognized(Moment now, const Recognized& heard);
    void synthesized(Moment now, int sentence, std::string_view mulaw);
    void spoken(Moment now, int sentence);    ///< there is no more sound of it
    void unspoken(Moment now, int sentence);  ///< it could not be spoken

    // From a turn. A speech answers what was said until it began; once the person speaks it is over.
    int beginSpeech(Moment now);
    bool say(Moment now, int speech,
             const std::string& sentence);   ///< reviewed; false: nobody hears it any more
    void endSpeech(Moment now, int speech);  ///< there are no more sentences of it
    void firstToken(Moment now);
    void beSlow(bool slow) { slow_ = slow; }  ///< the person is asked for digits, or to spell something
    /// Ends the call after what is being said; with a goodbye when `politely`. Once; whatever comes later changes nothing.
    void end(Moment now, const std::string& reason, bool politely);
    void transfer(Moment now, const std::string& to);    ///< after what is being said; once
    void notTransferred(Moment now);                     ///< nobody took it: the person is ours again
    void tell(Moment now, const std::string& sentence);  ///< the engine's own words, after what is being said

    /// Every 20 ms.
    void tick(Moment now);

    std::vector<Act> take();
    bool over() const { return state_ == State::over; }
    bool live() const { return state_ != State::dialling && state_ != State::over; }
    int utterances() const { return utterances_; }  ///< of theirs, that counted
    bool transferring() const { return state_ == State::transferring; }
    const std::string& reason() const { return reason_; }
    std::optional<Who> who() const { return who_; }
    const Arrival::Counts& arrival() const { return arrival_.counts(); }
    milliseconds late() const { return late_; }  ///< the most that a frame of ours was late

private:
    enum class State { dialling, opening, talking, machine, ending, transferring, over };
    enum class Kind { notice, opening, reply, filler, clarify, question, leave, screening, goodbye, engine };
    struct Sentence {
        std::string text;
        Kind kind = Kind::reply;
        int speech = 0;
        bool audible = false;  // has sound
    };
    struct Speech {
        std::string heard;
        int waiting = 0;  // sentences not heard yet
        int sentences = 0;
        bool ended = false, cut = false;
    };
    struct Leg {
        std::optional<Moment> endOfSpeech, finalWords, accepted, firstToken, firstSentence, firstAudio,
            firstSound;
    };
    static std::string_view nameOf(Kind kind);

    // session_hearing.cpp: their side
    void hear(Moment now, const std::string& frame);
    void keepTheirs(Moment now, bool clocked, const std::vector<std::string>& frames);
    void listenFor(Moment now);
    void bargeIn(Moment now, const Recognized& heard);
    void settleHold(Moment now);
    bool vain(Moment now) const;  ///< whether what we were held for turned out to be nothing
    bool mayCut(Moment now) const;
    void hold(Moment now);
    void goOn();
    void interrupt(Moment now);
    bool isBackchannel(std::string_view text) const;
    void takeKeys(Moment now);
    void acceptWords(Moment now);
    void accept(Moment now);
    void unclear(Moment now);
    void answered(Moment now, Who who);
    void toMachine(Moment now);

    // session_speaking.cpp: our side
    int speak(Kind kind, const std::string& text, int speech = 0);
    void speakFirst();
    void openIfQuiet(Moment now);
    void flow(Moment now);
    void play(Moment now);
    void recite(Moment now);
    void endCycle();
    void noteFirstSound(Moment now, const Sentence& sentence);
    bool goesOn(int sentence) const;  ///< more of its speech comes after it
    void keepOurs(Moment now);
    void tellHeard(const std::vector<Played>& played);
    void tellSpeech(int id);
    void drop(int sentence);
    void silenceAll(Moment now);
    void fill(Moment now);
    void watchSilence(Moment now);
    void watchLength(Moment now);
    void watchLoop(Moment now, const std::string& sentence);
    void finishIfSaid(Moment now);
    bool saysNotice() const;
    bool saysWhoCalls() const;  ///< to a screening, which is not to be listened to meanwhile
    bool speaking(Moment now) const { return !mouth_.idle(now); }

    void add(Act act) { acts_.push_back(std::move(act)); }
    void finish(const std::string& reason);

    const Plan plan_;
    State state_ = State::dialling;
    std::vector<Act> acts_;
    std::string reason_, transferTo_;
    Moment startedAt_{0};
    bool terminal_ = false;  // a terminal act was decided

    // Their side.
    Arrival arrival_;
    Voice voice_;
    Tones tones_;
    Answerer answerer_;
    std::optional<Who> who_;
    std::string utterance_;
    double confidence_ = 1;
    Moment utteranceFrom_{0}, utteranceTo_{0}, wordsAt_{0}, voiceAt_{0}, heardAt_{0}, soundAt_{0};
    std::string keys_;  // pressed, and not words yet
    Moment keysFrom_{0}, keysAt_{0};
    bool pending_ = false;  // words are on their way
    bool endedTurn_ = false;
    bool anyWords_ = false;  // since the hold
    int utterances_ = 0, unclear_ = 0, noisyHolds_ = 0;
    std::optional<Moment> heldAt_;
    std::optional<Moment> streamBegan_;  // on the call's time line
    std::string lastUtterance_;
    int sameUtterance_ = 0;
    std::optional<Moment> machineAt_;
    bool beeped_ = false, leaving_ = false;
    bool theySpeak_ = false, voiceTold_ = false;  // as the carrier says
    Moment theySpeakSince_{0};

    // Our side.
    Playout playout_;
    Recital recital_;
    Mouth& mouth_;   // one of the two
    int cycle_ = 0;  // the speech of which the carrier expects more words
    std::map<int, Sentence> sentences_;
    std::map<int, Speech> speeches_;
    std::map<std::string, int> said_;  // replies, as they are compared → how often
    std::size_t noticesHeard_ = 0;
    int nextSentence_ = 1, nextSpeech_ = 1, currentSpeech_ = 0;
    bool opened_ = false, filled_ = false, slow_ = false, wrapped_ = false;
    std::optional<Moment> awaiting_;  // since their words were accepted and nothing was said
    std::size_t fillers_ = 0;
    int asked_ = 0;  // whether they are there
    Moment quietSince_{0};
    Leg leg_;
    milliseconds late_{0};
};

}  // namespace overture::call
