#include "call/answer_sound.hpp"

#include <algorithm>

namespace overture::call {
namespace {

constexpr double kFastest = 40;  // ms a letter; nobody speaks faster for long
constexpr double kUsual = 65;
constexpr std::size_t kBytesPerMs = kRate / 1000;
constexpr std::size_t kAround = 600 * kBytesPerMs;  // where an end is looked for
constexpr std::size_t kPause = 80 * kBytesPerMs, kPauseStep = 20 * kBytesPerMs;
constexpr double kSilent = 0.01;  // a pause, and no soft word

std::size_t lettersIn(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

void AnswerSound::sound(std::string_view mulaw) {
    if (!ended_) audio_ += mulaw;
}

void AnswerSound::sentence(int id, const std::string& text) {
    letters_ += std::max<std::size_t>(1, lettersIn(text));
    sentences_.push_back({id, letters_, std::nullopt});
    texts_.emplace_back(id, text);
}

void AnswerSound::soundEnded() {
    ended_ = true;
}

void AnswerSound::allReviewed() {
    reviewed_ = true;
}

void AnswerSound::cut() {
    ended_ = cut_ = true;
}

std::size_t AnswerSound::bytesFor(std::size_t letters, double msPerLetter) const {
    return static_cast<std::size_t>(static_cast<double>(letters) * msPerLetter) * kBytesPerMs;
}

std::size_t AnswerSound::mayBeHeard() const {
    if (reviewed_) return audio_.size();
    return std::min(audio_.size(), bytesFor(letters_, kFastest));
}

/// The quietest place around there, or the first that is quiet; nothing while not all of that has come.
std::optional<AnswerSound::Pause> AnswerSound::pauseNear(std::size_t place, bool first) const {
    const auto after = std::max(lastEnd_, taken_);
    const auto from = std::max(after, place > kAround ? place - kAround : 0), to = place + kAround;
    if (audio_.size() < to && !ended_) return std::nullopt;
    Pause found{std::clamp(place, after, std::max(after, audio_.size())), 1};
    for (auto at = from; at + kPause <= std::min(to, audio_.size()); at += kPauseStep) {
        const auto loudness = loudnessOf(std::string_view(audio_).substr(at, kPause));
        if (loudness < found.loudness) found = {at + kPause / 2, loudness};
        if (first && found.loudness < kSilent) break;
    }
    return found;
}

/// Without the silence after it: who hangs up in that has heard all.
std::size_t AnswerSound::soundingBytes() const {
    auto end = audio_.size();
    while (end >= kFrameBytes &&
           loudnessOf(std::string_view(audio_).substr(end - kFrameBytes, kFrameBytes)) < kSilent)
        end -= kFrameBytes;
    return end;
}

/// What comes after the last sentence of a cut answer was not reviewed: its end must be heard as one, or it ends too early.
std::optional<std::size_t> AnswerSound::endOf(const Sentence& sentence, double pace) const {
    const bool last = &sentence == &sentences_.back();
    if (last && reviewed_ && ended_) return std::max(taken_, soundingBytes());
    if (last && !cut_) return std::nullopt;
    const auto pause = pauseNear(bytesFor(sentence.letters, pace), last);
    if (!pause) return std::nullopt;
    return !last || pause->loudness < kSilent ? pause->at : std::max(taken_, mayBeHeard());
}

void AnswerSound::findEnds() {
    double pace = kUsual;
    if (reviewed_ && ended_ && letters_ > 0)
        pace = static_cast<double>(audio_.size()) / kBytesPerMs / static_cast<double>(letters_);
    for (auto& sentence : sentences_) {
        if (!sentence.ends) sentence.ends = endOf(sentence, pace);
        if (!sentence.ends) return;
        lastEnd_ = std::max(lastEnd_, *sentence.ends);
    }
}

std::vector<AnswerSound::Piece> AnswerSound::take() {
    std::vector<Piece> pieces;
    findEnds();
    while (!sentences_.empty()) {
        const auto& sentence = sentences_.front();
        const auto most = cut_ ? sentences_.back().ends.value_or(0) : mayBeHeard();
        const bool ends = sentence.ends && (cut_ || *sentence.ends <= most);
        auto until = std::min(sentence.ends.value_or(most), most);
        if (!sentence.ends && sentences_.size() > 1) {  // it ends somewhere around there
            const auto usual = bytesFor(sentence.letters, kUsual);
            until = std::min(until, usual > kAround ? usual - kAround : 0);
        }
        until = std::max(until, taken_);
        if (until > taken_ || ends)
            pieces.push_back({sentence.id, audio_.substr(taken_, until - taken_), ends});
        taken_ = until;
        if (!ends) return pieces;
        sentences_.pop_front();
    }
    over_ = cut_ || (reviewed_ && ended_);
    return pieces;
}

}  // namespace overture::call
