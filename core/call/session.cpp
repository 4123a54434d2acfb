#include "call/session.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace overture::call {

namespace {

constexpr auto kLongestVoice = seconds(30);  // of a carrier that forgot to say that they stopped

}  // namespace

Recognized Recognized::fromJson(const Json& document) {
    Recognized heard;
    const auto named = textOf(document, "kind");
    heard.kind = named == "started"      ? Kind::started
                 : named == "final"      ? Kind::final
                 : named == "ended_turn" ? Kind::endedTurn
                                         : Kind::interim;
    heard.text = std::string(trim(toValidUtf8(textOf(document, "text"))));
    const auto number = [&](const char* name, double without) {
        const auto found = document.find(name);
        return found != document.end() && found->is_number() ? found->get<double>() : without;
    };
    heard.confidence = number("confidence", 1);
    heard.from = milliseconds(static_cast<std::int64_t>(number("from_ms", 0)));
    heard.to = milliseconds(static_cast<std::int64_t>(number("to_ms", 0)));
    if (const auto words = document.find("words"); words != document.end() && words->is_array())
        heard.words = *words;
    return heard;
}

Session::Session(Plan plan)
    : plan_(std::move(plan)),
      answerer_(plan_.manners),
      playout_(plan_.ahead, plan_.marks, plan_.records),
      mouth_(plan_.relayed ? static_cast<Mouth&>(recital_) : playout_) {}

std::string_view Session::nameOf(Kind kind) {
    constexpr std::array<std::string_view, 10> kNames{
        "notice", "opening", "", "filler", "clarify", "question", "leave", "screening", "goodbye", "engine"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Act> Session::take() {
    return std::exchange(acts_, {});
}

void Session::started(Moment now) {
    if (state_ != State::dialling) return;
    state_ = State::opening;
    startedAt_ = quietSince_ = voiceAt_ = soundAt_ = now;
    speakFirst();
    mouth_.wait(true);
}

void Session::key(Moment now, const std::string& digit) {
    if (!live() || digit.size() != 1 ||
        std::string_view("0123456789*#").find(digit) == std::string_view::npos)
        return;
    quietSince_ = now;
    add(Signal{"key", {{"digit", digit}, {"at_ms", now.count()}}});
    if (state_ != State::opening && state_ != State::talking) return;
    if (keys_.empty()) keysFrom_ = now;
    keys_ += digit;
    keysAt_ = now;
    if (mayCut(now)) interrupt(now);
}

void Session::stopped(Moment now, const std::string& why) {
    if (state_ == State::over) return;
    if (state_ == State::transferring) {
        finish("transferred");
        return;
    }
    tellHeard(mouth_.clear(now));
    keepOurs(now);
    for (auto& [id, speech] : speeches_) speech.cut = true;
    while (!speeches_.empty()) tellSpeech(speeches_.begin()->first);
    if (!utterance_.empty() && who_.value_or(Who::person) == Who::person) accept(now);
    finish(terminal_ ? reason_ : why);
}

void Session::end(Moment now, const std::string& reason, bool politely) {
    if (!live() || std::exchange(terminal_, true)) return;
    reason_ = reason;
    if (!std::exchange(opened_, true)) silenceAll(now);
    if (politely && !plan_.manners.goodbye.empty()) speak(Kind::goodbye, plan_.manners.goodbye);
    state_ = State::ending;
    goOn();
    finishIfSaid(now);
}

void Session::transfer(Moment now, const std::string& to) {
    if (!live() || std::exchange(terminal_, true)) return;
    transferTo_ = to;
    opened_ = true;
    state_ = State::ending;
    goOn();
    finishIfSaid(now);
}

void Session::notTransferred(Moment now) {
    if (state_ != State::transferring) return;
    state_ = State::talking;
    terminal_ = false;
    transferTo_.clear();
    quietSince_ = soundAt_ = now;
    asked_ = 0;
}

void Session::finishIfSaid(Moment now) {
    if (state_ != State::ending || !sentences_.empty() || speaking(now)) return;
    keepOurs(now);
    if (transferTo_.empty()) return finish(reason_);
    state_ = State::transferring;
    add(Transfer{transferTo_});
}

void Session::finish(const std::string& reason) {
    if (state_ == State::over) return;
    state_ = State::over;
    terminal_ = true;
    reason_ = reason;
    add(HangUp{reason});
}

void Session::tick(Moment now) {
    if (!live() || state_ == State::transferring) return;
    if (theySpeak_ && now - theySpeakSince_ < kLongestVoice) voiceAt_ = now;
    openIfQuiet(now);
    settleHold(now);
    takeKeys(now);
    acceptWords(now);
    flow(now);
    fill(now);
    watchSilence(now);
    watchLength(now);
    finishIfSaid(now);
}

}  // namespace overture::call
