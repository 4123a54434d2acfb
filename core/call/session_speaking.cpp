#include <algorithm>

#include "call/session.hpp"

namespace overture::call {
namespace {

constexpr auto kFirstWord = milliseconds(1000);  // we wait so long for their "hello?"
constexpr auto kAfterHello = milliseconds(350);
constexpr auto kLongestHello = milliseconds(6000);
constexpr int kMostAsked = 2;
constexpr auto kWrapUp = seconds(30);          // before the end
constexpr auto kGrace = seconds(20);           // for a goodbye, after it
constexpr auto kNoSound = seconds(15);         // from the carrier: it always sends
constexpr auto kLongestThought = seconds(20);  // for an answer to their words
constexpr int kMostRepeated = 3;
constexpr std::size_t kWorthComparing = 12;  // bytes; "Okay." may be said often
constexpr auto kPerByte = milliseconds(65);  // of a sentence whose sound is not all there

}  // namespace

int Session::speak(Kind kind, const std::string& text, int speech) {
    const int id = nextSentence_++;
    sentences_.emplace(id, Sentence{text, kind, speech});
    if (speech != 0) {
        ++speeches_[speech].waiting;
        ++speeches_[speech].sentences;
    }
    if (plan_.relayed) {
        recital_.add(id, text);
    } else {
        playout_.add(id);
        add(Synthesize{id, text});
    }
    return id;
}

bool Session::saysNotice() const {
    return std::any_of(sentences_.begin(), sentences_.end(),
                       [](const auto& one) { return one.second.kind == Kind::notice; });
}

void Session::speakFirst() {
    for (const auto& sentence : plan_.notice) speak(Kind::notice, sentence);
    if (plan_.opening.empty()) return;
    currentSpeech_ = nextSpeech_++;
    speeches_[currentSpeech_].ended = true;
    for (const auto& sentence : plan_.opening) speak(Kind::opening, sentence, currentSpeech_);
}

bool Session::saysWhoCalls() const {
    return std::any_of(sentences_.begin(), sentences_.end(),
                       [](const auto& one) { return one.second.kind == Kind::screening; });
}

/// We begin when their first words are over; who says nothing is greeted all the same.
void Session::openIfQuiet(Moment now) {
    if (opened_ || state_ != State::opening) return;
    const auto since = now - startedAt_;
    const bool spoke =
        answerer_.heardAnything() || !utterance_.empty() || voice_.lasting().count() > 0 || voiceTold_;
    const bool quiet = now - voiceAt_ >= kAfterHello;
    const bool waited = !plan_.outward || since >= kFirstWord;
    if (since < kLongestHello && (spoke ? !quiet : !waited)) return;
    opened_ = true;
    mouth_.wait(false);
}

int Session::beginSpeech(Moment) {
    currentSpeech_ = nextSpeech_++;
    speeches_.emplace(currentSpeech_, Speech{});
    return currentSpeech_;
}

bool Session::say(Moment now, int speech, const std::string& sentence) {
    const auto found = speeches_.find(speech);
    if (found == speeches_.end() || found->second.cut || speech != currentSpeech_ || terminal_ || !live())
        return false;
    if (state_ == State::opening) state_ = State::talking;
    if (!leg_.firstSentence) leg_.firstSentence = now;
    speak(Kind::reply, sentence, speech);
    watchLoop(now, sentence);
    return true;
}

void Session::endSpeech(Moment now, int speech) {
    const auto found = speeches_.find(speech);
    if (found == speeches_.end()) return;
    found->second.ended = true;
    if (speech == currentSpeech_) {
        awaiting_.reset();
        quietSince_ = now;
    }
    if (speech == cycle_) endCycle();
    if (found->second.waiting == 0) tellSpeech(speech);
}

void Session::tell(Moment now, const std::string& sentence) {
    if (!live() || terminal_) return;
    quietSince_ = now;
    speak(Kind::engine, sentence);
}

void Session::firstToken(Moment now) {
    if (!leg_.firstToken) leg_.firstToken = now;
}

void Session::synthesized(Moment now, int sentence, std::string_view mulaw) {
    const auto found = sentences_.find(sentence);
    if (found == sentences_.end() || mulaw.empty()) return;
    found->second.audible = true;
    if (found->second.kind == Kind::reply && !leg_.firstAudio) leg_.firstAudio = now;
    playout_.audio(sentence, mulaw);
}

void Session::spoken(Moment now, int sentence) {
    const auto found = sentences_.find(sentence);
    if (found == sentences_.end()) return;
    if (!found->second.audible) return unspoken(now, sentence);
    playout_.finished(sentence);
}

void Session::unspoken(Moment, int sentence) {
    const auto found = sentences_.find(sentence);
    if (found == sentences_.end()) return;
    add(Signal{"unspoken", {{"text", found->second.text}}});
    playout_.finished(sentence);
    if (!found->second.audible) drop(sentence);
}

void Session::played(Moment now, const std::string& mark) {
    playout_.played(mark, now);
}

void Session::flow(Moment now) {
    if (plan_.relayed)
        recite(now);
    else
        play(now);
    tellHeard(mouth_.heard(now));
    keepOurs(now);
    if (speaking(now)) quietSince_ = now;
}

/// Our sound, a little ahead of the clock.
void Session::play(Moment now) {
    late_ = std::max(late_, playout_.behind(now));
    for (auto& out : playout_.next(now)) {
        const auto current = playout_.current();
        const auto found = current ? sentences_.find(*current) : sentences_.end();
        if (found != sentences_.end()) noteFirstSound(now, found->second);
        add(SendSound{std::move(out.audio)});
        if (!out.mark.empty()) add(SendMark{std::move(out.mark)});
    }
}

/// Our words, which such a carrier takes in one go as long as they belong to one speech.
void Session::recite(Moment now) {
    for (auto& out : recital_.next(now)) {
        const auto found = sentences_.find(out.sentence);
        if (found == sentences_.end()) continue;
        const auto& sentence = found->second;
        noteFirstSound(now, sentence);
        if (sentence.speech == 0 || cycle_ != sentence.speech) endCycle();
        const bool last = !goesOn(out.sentence);
        cycle_ = last ? 0 : sentence.speech;
        const bool whole =
            sentence.kind == Kind::notice || sentence.kind == Kind::leave || sentence.kind == Kind::screening;
        add(SendText{std::move(out.text), last, !whole});
    }
}

void Session::endCycle() {
    if (std::exchange(cycle_, 0) != 0) add(SendText{});
}

bool Session::goesOn(int sentence) const {
    const int speech = sentences_.at(sentence).speech;
    const auto found = speeches_.find(speech);
    if (found == speeches_.end()) return false;
    return !found->second.ended ||
           std::any_of(sentences_.upper_bound(sentence), sentences_.end(),
                       [&](const auto& later) { return later.second.speech == speech; });
}

void Session::noteFirstSound(Moment now, const Sentence& sentence) {
    if (sentence.kind != Kind::reply || leg_.firstSound) return;
    leg_.firstSound = now;
    auto details = Json::object();
    const std::pair<const char*, std::optional<Moment>> all[] = {{"end_of_speech", leg_.endOfSpeech},
                                                                 {"final_words", leg_.finalWords},
                                                                 {"accepted", leg_.accepted},
                                                                 {"first_token", leg_.firstToken},
                                                                 {"first_sentence", leg_.firstSentence},
                                                                 {"first_audio", leg_.firstAudio},
                                                                 {"first_sound", leg_.firstSound}};
    for (const auto& [name, at] : all)
        if (at) details[name] = at->count();
    add(Signal{"leg", std::move(details)});
}

void Session::keepOurs(Moment now) {
    if (!plan_.records) return;
    for (auto& sound : playout_.sounded(now)) add(Keep{true, sound.at, std::move(sound.mulaw)});
}

/// What was played becomes what was heard.
void Session::tellHeard(const std::vector<Played>& played) {
    for (const auto& one : played) {
        const auto found = sentences_.find(one.sentence);
        if (found == sentences_.end()) continue;
        const auto sentence = found->second;
        sentences_.erase(found);
        if (sentence.kind == Kind::notice && one.complete) ++noticesHeard_;
        const auto guessed = kPerByte * static_cast<std::int64_t>(sentence.text.size());
        const auto whole = one.known ? one.whole : std::max<milliseconds>(one.whole, guessed);
        const auto text = one.complete ? sentence.text
                          : one.words  ? *one.words
                                       : heardPart(sentence.text, one.heard, whole);
        if (!text.empty()) {
            const auto kind = one.complete ? std::string(nameOf(sentence.kind)) : std::string("cut");
            add(Line{"agent", text, kind, one.from, one.to, 1, Json::array()});
        }
        const auto speech = speeches_.find(sentence.speech);
        if (speech == speeches_.end()) continue;
        if (!text.empty()) speech->second.heard += (speech->second.heard.empty() ? "" : " ") + text;
        --speech->second.waiting;
        if (!one.complete) speech->second.cut = true;
        if (speech->second.waiting == 0 && (speech->second.ended || speech->second.cut))
            tellSpeech(sentence.speech);
    }
}

void Session::tellSpeech(int id) {
    const auto found = speeches_.find(id);
    if (found == speeches_.end()) return;
    const auto speech = found->second;
    speeches_.erase(found);
    if (speech.sentences > 0) add(WasHeard{id, speech.heard, !speech.cut});
}

/// A sentence that nobody will hear.
void Session::drop(int id) {
    const auto found = sentences_.find(id);
    if (found == sentences_.end()) return;
    const int speech = found->second.speech;
    sentences_.erase(found);
    add(Forget{id});
    if (const auto own = speeches_.find(speech); own != speeches_.end()) {
        --own->second.waiting;
        own->second.cut = true;
        if (own->second.waiting == 0) tellSpeech(speech);
    }
}

/// Whatever we say or meant to say is over.
void Session::silenceAll(Moment now) {
    if (mouth_.sounding(now)) add(SendClear{});
    endCycle();
    tellHeard(mouth_.clear(now));
    keepOurs(now);
    while (!sentences_.empty()) drop(sentences_.begin()->first);
    for (auto& [id, speech] : speeches_) speech.cut = true;
    std::vector<int> over;
    for (const auto& [id, speech] : speeches_)
        if (speech.waiting == 0) over.push_back(id);
    for (const int id : over) tellSpeech(id);
    awaiting_.reset();
}

void Session::fill(Moment now) {
    if (!awaiting_ || filled_ || state_ != State::talking || plan_.manners.fillers.empty() || speaking(now))
        return;
    if (now - std::min(*awaiting_, std::max(voiceAt_, wordsAt_)) < plan_.filler) return;
    if (!sentences_.empty()) return;
    filled_ = true;
    speak(Kind::filler, plan_.manners.fillers[fillers_++ % plan_.manners.fillers.size()]);
}

void Session::watchSilence(Moment now) {
    const bool carrierGone = !plan_.relayed && now - soundAt_ >= kNoSound;
    if (carrierGone) return finish("no_sound");
    if (awaiting_ && now - *awaiting_ >= kLongestThought) {
        awaiting_.reset();
        quietSince_ = now;
        add(Signal{"no_reply"});
    }
    if (state_ != State::talking && state_ != State::opening) return;
    if (!opened_ || awaiting_ || pending_ || heldAt_ || speaking(now) || !utterance_.empty()) return;
    if (voice_.lasting().count() > 0 || theySpeak_) return;
    if (now - quietSince_ < plan_.silence) return;
    quietSince_ = now;
    if (asked_ >= kMostAsked || plan_.manners.areYouThere.empty()) return end(now, "silent", true);
    speak(Kind::question,
          plan_.manners.areYouThere[static_cast<std::size_t>(asked_) % plan_.manners.areYouThere.size()]);
    ++asked_;
}

void Session::watchLength(Moment now) {
    const auto length = now - startedAt_;
    if (!wrapped_ && length >= plan_.most - kWrapUp) {
        wrapped_ = true;
        add(Signal{"wrap_up", {{"left_ms", (plan_.most - length).count()}}});
    }
    if (length >= plan_.most && !terminal_) end(now, "longest", true);
    if (length >= plan_.most + kGrace) finish("longest");
}

void Session::watchLoop(Moment now, const std::string& sentence) {
    const auto same = normalized(sentence);
    if (same.size() < kWorthComparing || ++said_[same] < kMostRepeated) return;
    add(Signal{"loop", {{"theirs", false}, {"sentence", sentence}}});
    end(now, "loop", true);
}

}  // namespace overture::call
