#include <algorithm>
#include <utility>

#include "call/session.hpp"

namespace overture::call {
namespace {

constexpr auto kSurelyVoice = milliseconds(180);  // as long as that: somebody wants to speak
constexpr auto kQuiet = milliseconds(200);
constexpr auto kForWords = milliseconds(700);  // what no recognizer finds words in is no interruption
constexpr auto kLongestHold = milliseconds(2500);
constexpr auto kForTheirWords = milliseconds(2000);  // of a carrier that hears, after their voice
constexpr auto kLongestWords = milliseconds(8000);   // and where it says nothing of their voice
constexpr auto kWordsComing = milliseconds(2500);    // an interim without a final one
constexpr auto kMoreKeys = milliseconds(2000);       // from one to the next of the same number
constexpr auto kAfterWords = milliseconds(1500);
constexpr auto kMayBeMachine = seconds(15);  // from the beginning
constexpr int kNoisy = 2;                    // holds in vain, after which only words count
constexpr int kMostUnclear = 2;
constexpr int kMostSame = 4;
constexpr auto kAfterGreeting = milliseconds(2500);  // of a machine that gives no beep
constexpr auto kClocksApart = milliseconds(1000);
constexpr auto kLongestGreeting = milliseconds(45000);

bool endsInDigits(const std::string& text) {
    return !text.empty() && text.back() >= '0' && text.back() <= '9';
}

}  // namespace

void Session::sound(Moment now, std::int64_t at, std::string_view mulaw) {
    if (!live()) return;
    soundAt_ = now;
    const auto frames = arrival_.take(at, mulaw);
    keepTheirs(now, at >= 0, frames);
    for (const auto& frame : frames) hear(now, frame);
}

/// Where the stream's own clock says, so that what comes late is not heard late; a carrier without one may leave out what is silent.
void Session::keepTheirs(Moment now, bool clocked, const std::vector<std::string>& frames) {
    if (!plan_.records || frames.empty() || state_ == State::transferring) return;
    const auto end = arrival_.position();
    const auto ahead = streamBegan_ ? *streamBegan_ + end - now : Moment(0);
    if (!streamBegan_ || ahead > kClocksApart || (!clocked && -ahead > kClocksApart))
        streamBegan_ = now - end;
    const bool told = plan_.told || (noticesHeard_ > 0 && noticesHeard_ >= plan_.notice.size());
    if (!told) return;
    auto at = *streamBegan_ + end - kFrame * static_cast<std::int64_t>(frames.size());
    for (const auto& frame : frames) {
        add(Keep{false, at, frame});
        at += kFrame;
    }
}

void Session::hear(Moment now, const std::string& frame) {
    add(Recognize{frame});
    const bool voice = voice_.next(frame);
    if (voice) voiceAt_ = now;
    if (!who_ || who_ == Who::machine || who_ == Who::screening) {
        const auto tone = tones_.next(frame);
        answerer_.tone(tone);
        answerer_.frame(voice, lengthOf(frame.size()));
        beeped_ = beeped_ || tone == Tones::Tone::beep;
        listenFor(now);
    }
    const bool mayInterrupt = state_ == State::talking || (state_ == State::opening && opened_);
    if (mayInterrupt && !heldAt_ && noisyHolds_ < kNoisy && voice_.lasting() >= kSurelyVoice &&
        playout_.sounding(now) && !saysNotice() && !saysWhoCalls())
        hold(now);
}

void Session::answeredBy(Moment now, Who who) {
    answerer_.carrierSays(who);
    if (live()) listenFor(now);
}

/// In an inbound call nobody has to be told apart.
void Session::listenFor(Moment now) {
    if (!plan_.outward) return;
    const auto found = answerer_.decided();
    if (found && found != who_) answered(now, *found);
}

void Session::answered(Moment now, Who who) {
    if (terminal_) return;
    who_ = who;
    add(Signal{"answered", {{"by", std::string(call::nameOf(who))}, {"at_ms", (now - startedAt_).count()}}});
    switch (who) {
        case Who::person: break;
        case Who::machine: toMachine(now); break;
        case Who::screening:
            silenceAll(now);
            utterance_.clear();
            if (plan_.screening.empty()) return end(now, "screening", false);
            opened_ = true;
            mouth_.wait(false);
            for (const auto& sentence : plan_.screening) speak(Kind::screening, sentence);
            break;
        case Who::menu:
        case Who::fax:
            silenceAll(now);
            end(now, std::string(call::nameOf(who)), false);
            break;
    }
}

void Session::toMachine(Moment now) {
    silenceAll(now);
    utterance_.clear();
    if (plan_.leave.empty()) return end(now, "machine", false);
    state_ = State::machine;
    machineAt_ = now;
}

void Session::voice(Moment now, bool speaks) {
    if (!live() || state_ == State::transferring) return;
    if (speaks && !theySpeak_) theySpeakSince_ = now;
    theySpeak_ = speaks;
    voiceTold_ = true;
    voiceAt_ = now;
}

void Session::playedWords(Moment now, const std::string& words) {
    recital_.played(now, words);
}

/// Whether it was an interruption the words will tell, as with sound. The carrier has no more of what we said.
void Session::interrupted(Moment now, const std::string& heard) {
    if (!live() || state_ == State::transferring) return;
    recital_.stopped(now, heard);
    voiceAt_ = now;
    const bool talked = state_ == State::talking || state_ == State::opening;
    if (talked && keys_.empty()) return hold(now);
    silenceAll(now);
}

void Session::recognized(Moment now, const Recognized& given) {
    if (!live() || state_ == State::transferring) return;
    using Sort = Recognized::Kind;
    auto heard = given;
    const bool words = !heard.text.empty() && heard.kind != Sort::started;
    if (plan_.relayed && words) {
        const auto length = spokenLength(heard.text);
        heard.to = now;
        heard.from = std::max(startedAt_, now - length);
        if (heard.kind == Sort::final && !who_) {
            answerer_.frame(true, length);
            answerer_.frame(false, kForWords);
        }
    }
    if (words) {
        answerer_.words(heard.text);
        if (now - startedAt_ < kMayBeMachine || who_ == Who::screening) listenFor(now);
        quietSince_ = now;
        asked_ = 0;
    }
    if (heard.kind == Sort::final && words) {
        const auto kind = state_ == State::machine                     ? "machine"
                          : who_ == Who::screening                     ? "screening"
                          : speaking(now) && isBackchannel(heard.text) ? "backchannel"
                                                                       : "";
        add(Line{"lead", heard.text, kind, heard.from, heard.to, heard.confidence, heard.words});
    }
    if (state_ == State::machine || state_ == State::ending || saysWhoCalls() || !live()) return;
    bargeIn(now, heard);
}

/// What the words mean for what we are saying, and for what they are saying.
void Session::bargeIn(Moment now, const Recognized& heard) {
    using Sort = Recognized::Kind;
    const bool ours = speaking(now) || heldAt_;
    if (heard.kind == Sort::started) {
        voiceAt_ = now;
        if (playout_.sounding(now) && !heldAt_ && !saysNotice() && opened_) hold(now);
        return;
    }
    if (heard.kind == Sort::endedTurn && heard.text.empty()) {
        endedTurn_ = !utterance_.empty();
        return;
    }
    if (heard.text.empty()) return;
    anyWords_ = true;
    wordsAt_ = now;
    const bool only = ours && isBackchannel(heard.text);
    if (heard.kind == Sort::interim) {
        pending_ = !only;
        if (!only && mayCut(now)) interrupt(now);
        return;
    }
    pending_ = false;
    if (only) return goOn();
    if (mayCut(now)) interrupt(now);
    if (utterance_.empty()) {
        utteranceFrom_ = heard.from;
        confidence_ = heard.confidence;
    }
    utterance_ += (utterance_.empty() ? "" : " ") + heard.text;
    confidence_ = std::min(confidence_, heard.confidence);
    utteranceTo_ = heard.to;
    endedTurn_ = heard.kind == Sort::endedTurn;
    if (!leg_.finalWords) leg_.finalWords = now;
}

/// A carrier that speaks itself has stopped already, or goes on whatever we want.
bool Session::mayCut(Moment now) const {
    if (!opened_ || saysNotice()) return false;
    return heldAt_ || (!plan_.relayed && speaking(now));
}

/// While we speak, "mhm" says go on, and so does a "hello?" to our first words. At the end of a question it is an answer.
bool Session::isBackchannel(std::string_view text) const {
    if (state_ == State::opening && Manners::only(plan_.manners.greetings, text)) return true;
    if (!Manners::only(plan_.manners.backchannels, text)) return false;
    const auto current = mouth_.current();
    if (!current) return true;
    const auto found = sentences_.find(*current);
    if (found == sentences_.end() || !found->second.text.ends_with('?')) return true;
    return std::any_of(sentences_.upper_bound(*current), sentences_.end(),
                       [&](const auto& later) { return later.second.speech == found->second.speech; });
}

/// Stops our sound without giving it up: whether it is an interruption the words will tell.
void Session::hold(Moment now) {
    heldAt_ = now;
    anyWords_ = false;
    endCycle();
    mouth_.takeBack(now);
    mouth_.wait(true);
    add(SendClear{});
}

void Session::goOn() {
    heldAt_.reset();
    if (opened_) mouth_.wait(false);
}

void Session::settleHold(Moment now) {
    if (!heldAt_ || !vain(now)) return;
    if (!anyWords_ && now - voiceAt_ < kQuiet) ++noisyHolds_;
    goOn();
}

bool Session::vain(Moment now) const {
    const auto held = now - *heldAt_;
    if (plan_.relayed) {
        if (theySpeak_ || pending_) return false;
        return voiceTold_ ? now - voiceAt_ >= kForTheirWords : held >= kLongestWords;
    }
    const bool quiet = now - voiceAt_ >= kQuiet;
    if (pending_ && held < kLongestHold) return false;
    return (!anyWords_ && quiet && held >= kForWords) || held >= kLongestHold;
}

void Session::interrupt(Moment now) {
    heldAt_.reset();
    silenceAll(now);
    mouth_.wait(false);
}

void Session::takeKeys(Moment now) {
    if (keys_.empty() || (keys_.back() != '#' && now - keysAt_ < kMoreKeys)) return;
    const auto text = "[keys " + std::exchange(keys_, {}) + "]";
    add(Line{"lead", text, "keys", keysFrom_, keysAt_, 1, Json::array()});
    if (utterance_.empty()) {
        utteranceFrom_ = keysFrom_;
        confidence_ = 1;
    }
    utterance_ += (utterance_.empty() ? "" : " ") + text;
    utteranceTo_ = keysAt_;
    endedTurn_ = true;
}

void Session::acceptWords(Moment now) {
    if (state_ == State::machine) {
        if (leaving_) return;
        const bool over = plan_.relayed
                              ? now - std::max({voiceAt_, quietSince_, *machineAt_}) >= kAfterGreeting
                              : voice_.quiet() >= kAfterGreeting && answerer_.heardAnything();
        if (!beeped_ && !over && now - *machineAt_ < kLongestGreeting) return;
        leaving_ = true;
        opened_ = true;
        mouth_.wait(false);
        for (const auto& sentence : plan_.leave) speak(Kind::leave, sentence);
        end(now, "machine", false);
        return;
    }
    if (state_ == State::ending || utterance_.empty() || saysNotice()) return;
    if (pending_ && now - wordsAt_ < kWordsComing) return;
    const bool slow = slow_ || endsInDigits(utterance_);
    const auto patience = slow ? plan_.slow : plan_.patience;
    const bool quiet = now - std::max(voiceAt_, wordsAt_) >= patience;
    const bool noise = now - wordsAt_ >= patience + kAfterWords;  // whatever else sounds there
    if ((endedTurn_ && !slow) || quiet || noise) accept(now);
}

void Session::accept(Moment now) {
    auto text = std::exchange(utterance_, {});
    endedTurn_ = pending_ = false;
    if (who_ == Who::screening) {  // whoever comes on now has heard nothing of us
        answered(now, Who::person);
        speakFirst();
        if (Manners::only(plan_.manners.greetings, text)) return;
    }
    if (confidence_ < plan_.surely && unclear_ < kMostUnclear && live() && !terminal_) return unclear(now);
    unclear_ = 0;
    if (!who_ && plan_.outward) answered(now, Who::person);
    if (state_ == State::opening) state_ = State::talking;
    const auto same = normalized(text);
    sameUtterance_ = same == lastUtterance_ ? sameUtterance_ + 1 : 1;
    lastUtterance_ = same;
    leg_.endOfSpeech = std::max(voiceAt_, Moment(0));
    leg_.accepted = now;
    leg_.firstToken = leg_.firstSentence = leg_.firstAudio = leg_.firstSound = std::nullopt;
    awaiting_ = now;
    filled_ = false;
    currentSpeech_ = 0;  // what answers older words is not said any more
    ++utterances_;
    add(Said{std::move(text), confidence_, utteranceFrom_, utteranceTo_, utterances_});
    if (sameUtterance_ >= kMostSame) {
        add(Signal{"loop", {{"theirs", true}}});
        end(now, "loop", false);
    }
}

void Session::unclear(Moment now) {
    ++unclear_;
    leg_ = {};
    quietSince_ = now;
    if (plan_.manners.clarify.empty()) return;
    const auto which = static_cast<std::size_t>(unclear_ - 1) % plan_.manners.clarify.size();
    speak(Kind::clarify, plan_.manners.clarify[which]);
    add(Signal{"unclear", {{"confidence", confidence_}}});
}

}  // namespace overture::call
