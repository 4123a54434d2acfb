#include "call/playout.hpp"

#include <algorithm>
#include <utility>

namespace overture::call {
namespace {

constexpr std::int64_t kFramesPerMark = 10;
constexpr std::string_view kMark = "p";
constexpr auto kMarkLost = milliseconds(2000);  // after the sound must have ended

std::int64_t framesIn(milliseconds length) {
    return length.count() / kFrame.count();
}

}  // namespace

void Playout::add(int sentence) {
    if (sentences_.emplace(sentence, Sentence{}).second) order_.push_back(sentence);
}

void Playout::audio(int sentence, std::string_view mulaw) {
    const auto found = sentences_.find(sentence);
    if (found != sentences_.end()) found->second.audio += mulaw;
}

void Playout::finished(int sentence) {
    const auto found = sentences_.find(sentence);
    if (found != sentences_.end()) found->second.finished = true;
}

std::vector<Playout::Out> Playout::next(Moment now) {
    std::vector<Out> out;
    while (!holding_ && !order_.empty() && busyUntil_ - now < ahead_) {
        const int id = order_.front();
        auto& sentence = sentences_.at(id);
        const auto left = sentence.audio.size() - sentence.sent;
        if (left < kFrameBytes && !sentence.finished) break;
        if (left == 0) {
            order_.pop_front();
            continue;
        }
        busyUntil_ = std::max(busyUntil_, now);
        const bool goesOn = !log_.empty() && log_.back().sentence == id && log_.back().to == sent_ &&
                            log_.back().begins + kFrame * (sent_ - log_.back().from) == busyUntil_;
        if (!goesOn) log_.push_back({id, sent_, sent_, busyUntil_, sentence.sent});
        out.push_back(frameOf(id, sentence));
        log_.back().to = sent_;
        if (keeps_) sentSounds_.push_back({busyUntil_, out.back().audio});
        busyUntil_ += kFrame;
    }
    return out;
}

Playout::Out Playout::frameOf(int id, Sentence& sentence) {
    Out out{sentence.audio.substr(sentence.sent, kFrameBytes), {}};
    sentence.sent += out.audio.size();
    out.audio.resize(kFrameBytes, static_cast<char>(0xff));
    ++sent_;
    const bool last = sentence.finished && sentence.sent == sentence.audio.size();
    if (last) order_.erase(std::remove(order_.begin(), order_.end(), id), order_.end());
    if (marks_ && (last || sent_ % kFramesPerMark == 0)) {
        out.mark = std::string(kMark) + std::to_string(sent_);
        outstanding_.push_back(sent_);
    }
    return out;
}

void Playout::played(const std::string& mark, Moment now) {
    if (!mark.starts_with(kMark)) return;
    std::int64_t frames = 0;
    for (const char c : mark.substr(kMark.size())) {
        if (c < '0' || c > '9' || frames > sent_) return;
        frames = frames * 10 + (c - '0');
    }
    if (frames > sent_ || frames <= cleared_ || frames <= marked_) return;
    marked_ = frames;
    markedAt_ = now;
    while (!outstanding_.empty() && outstanding_.front() <= frames) outstanding_.pop_front();
}

/// The clock says how far it can be at most; a mark that has not come back, that it is not further.
std::int64_t Playout::playedFrames(Moment now) const {
    std::int64_t frames = cleared_;
    for (const auto& stretch : log_) {
        if (stretch.from < cleared_ || now <= stretch.begins) continue;
        frames = std::max(frames, std::min(stretch.to, stretch.from + framesIn(now - stretch.begins)));
    }
    if (!marks_) return frames;
    const bool lost = now > busyUntil_ + kMarkLost;
    if (!outstanding_.empty() && !lost) frames = std::min(frames, outstanding_.front() - 1);
    return std::clamp(frames, std::max(marked_, cleared_), std::max(sent_, cleared_));
}

std::size_t Playout::heardBytes(int sentence, std::int64_t frames) const {
    std::size_t bytes = 0;
    for (const auto& stretch : log_)
        if (stretch.sentence == sentence && frames > stretch.from)
            bytes = std::max(bytes, stretch.offset + static_cast<std::size_t>(std::min(frames, stretch.to) -
                                                                              stretch.from) *
                                                         kFrameBytes);
    return std::min(bytes, sentences_.at(sentence).audio.size());
}

/// Before anything is forgotten by which it is known.
void Playout::keepHeard(Moment now) {
    const auto unheard = static_cast<std::size_t>(sent_ - std::min(sent_, playedFrames(now)));
    for (; sentSounds_.size() > unheard; sentSounds_.pop_front())
        heardSounds_.push_back(std::move(sentSounds_.front()));
}

std::vector<Sound> Playout::sounded(Moment now) {
    keepHeard(now);
    return std::exchange(heardSounds_, {});
}

std::vector<Played> Playout::heardOf(Moment now, bool all) {
    keepHeard(now);
    const auto frames = playedFrames(now);
    std::vector<Played> told;
    std::vector<int> ids;
    for (const auto& stretch : log_)
        if (ids.empty() || ids.back() != stretch.sentence) ids.push_back(stretch.sentence);
    for (const int id : ids) {
        const auto& sentence = sentences_.at(id);
        const auto bytes = heardBytes(id, frames);
        const bool whole = sentence.finished && bytes >= sentence.audio.size();
        if (!whole && !all) break;
        const auto first =
            std::find_if(log_.begin(), log_.end(), [&](const Stretch& one) { return one.sentence == id; });
        Moment to = first->begins;
        for (const auto& stretch : log_)
            if (stretch.sentence == id && frames > stretch.from)
                to = stretch.begins + kFrame * (std::min(frames, stretch.to) - stretch.from);
        told.push_back({id,
                        lengthOf(bytes),
                        lengthOf(sentence.audio.size()),
                        sentence.finished,
                        whole,
                        first->begins,
                        to,
                        {}});
        std::erase_if(log_, [&](const Stretch& one) { return one.sentence == id; });
        sentences_.erase(id);
        order_.erase(std::remove(order_.begin(), order_.end(), id), order_.end());
    }
    return told;
}

std::vector<Played> Playout::clear(Moment now) {
    auto over = heardOf(now, true);
    sentences_.clear();
    order_.clear();
    log_.clear();
    outstanding_.clear();
    sentSounds_.clear();
    cleared_ = sent_;
    busyUntil_ = now;
    return over;
}

void Playout::takeBack(Moment now) {
    keepHeard(now);
    sentSounds_.clear();
    const auto frames = playedFrames(now);
    std::vector<int> again;
    for (auto& [id, sentence] : sentences_) {
        if (sentence.sent == 0) continue;
        const auto bytes = heardBytes(id, frames);
        if (bytes < sentence.sent) {
            sentence.sent = bytes;
            if (std::find(order_.begin(), order_.end(), id) == order_.end()) again.push_back(id);
        }
    }
    order_.insert(order_.begin(), again.begin(), again.end());
    for (auto& stretch : log_) stretch.to = std::min(stretch.to, std::max(stretch.from, frames));
    std::erase_if(log_, [](const Stretch& one) { return one.from == one.to; });
    outstanding_.clear();
    marked_ = cleared_ = sent_;
    busyUntil_ = now;
}

bool Playout::idle(Moment now) const {
    return order_.empty() && !sounding(now);
}

bool Playout::sounding(Moment now) const {
    return playedFrames(now) < sent_ || busyUntil_ > now;
}

std::optional<int> Playout::current() const {
    if (!log_.empty()) return log_.back().sentence;
    if (!order_.empty()) return order_.front();
    return std::nullopt;
}

milliseconds Playout::behind(Moment now) const {
    if (order_.empty() || busyUntil_ >= now || holding_) return milliseconds(0);
    const auto& sentence = sentences_.at(order_.front());
    if (sentence.sent == 0 || sentence.audio.size() - sentence.sent < kFrameBytes) return milliseconds(0);
    return now - busyUntil_;
}

}  // namespace overture::call
