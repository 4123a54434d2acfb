#include "call/recital.hpp"

#include <algorithm>

#include "call/manners.hpp"

namespace overture::call {
namespace {

constexpr auto kPerLetter = milliseconds(65);
constexpr auto kUntilSound = milliseconds(300);  // from our words to their sound
constexpr auto kUnsure = milliseconds(1500);     // by the clock alone a sentence may last so much longer
constexpr auto kWordsLost =
    milliseconds(3000);             // of which the carrier should have said that they were played
constexpr std::size_t kSurely = 3;  // words that stand where they are found
constexpr std::size_t kFurthest = 60, kNear = 2;  // words that a carrier may have kept to itself

std::string wordsAfter(const std::string& text, std::size_t count) {
    auto rest = text.substr(firstWords(text, count).size());
    return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

}  // namespace

std::string firstWords(const std::string& text, std::size_t count) {
    std::size_t end = 0, words = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto blank = std::min(text.find(' ', begin), text.size());
        const auto more = wordsOf(std::string_view(text).substr(begin, blank - begin)).size();
        if (words + more > count) break;
        words += more;
        if (more > 0 || words == count) end = blank;
        begin = blank + 1;
    }
    return text.substr(0, end);
}

milliseconds spokenLength(std::string_view text) {
    const auto letters = std::count_if(text.begin(), text.end(),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    return kPerLetter * letters;
}

void Recital::add(int sentence, const std::string& text) {
    sentences_.push_back({.id = sentence, .text = text, .words = wordsOf(text)});
}

std::vector<Recital::Out> Recital::next(Moment now) {
    std::vector<Out> out;
    if (holding_) return out;
    for (auto& one : sentences_) {
        if (one.out) continue;
        auto rest = one.heard == 0 ? one.text : wordsAfter(one.text, one.heard);
        one.out = true;
        one.from = one.heard;
        one.begins = std::max(busyUntil_, now + kUntilSound);
        one.ends = one.begins + spokenLength(rest);
        if (one.first < Moment(0)) one.first = one.begins;
        busyUntil_ = one.ends;
        out.push_back({one.id, std::move(rest)});
    }
    return out;
}

void Recital::played(Moment now, std::string_view text) {
    told_ = true;
    const auto words = wordsOf(text);
    if (words.empty()) return;
    std::vector<std::string> all;
    std::size_t at = 0;  // the first word that was not heard
    bool through = true;
    for (const auto& one : sentences_) {
        if (!one.out) break;
        all.insert(all.end(), one.words.begin(), one.words.end());
        if (through) at += one.heard;
        through = through && one.heard == one.words.size();
    }
    const auto skipped = words.size() < kSurely ? kNear : kFurthest;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end =
        all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), at + skipped + words.size()));
    const auto found = std::search(begin, end, words.begin(), words.end());
    if (found != end) heardUntil(static_cast<std::size_t>(found - all.begin()) + words.size(), now);
}

/// Where the longest end of these words is found in what is out: the carrier may tell of more than is outstanding, and of less.
std::optional<std::size_t> Recital::endOf(const std::vector<std::string>& words) const {
    std::vector<std::string> all;
    for (const auto& one : sentences_)
        if (one.out) all.insert(all.end(), one.words.begin(), one.words.end());
    std::size_t best = 0, end = 0;
    for (std::size_t i = 1; i <= all.size(); ++i) {
        std::size_t same = 0;
        while (same < std::min(i, words.size()) && all[i - 1 - same] == words[words.size() - 1 - same])
            ++same;
        const bool enough = same == i || same == words.size() || same >= kSurely;
        if (enough && same > best) {
            best = same;
            end = i;
        }
    }
    if (best == 0) return std::nullopt;
    return end;
}

void Recital::heardUntil(std::size_t words, Moment now) {
    for (auto& one : sentences_) {
        if (!one.out) continue;
        one.heard = std::max(one.heard, std::min(words, one.words.size()));
        if (one.heard == one.words.size()) one.ends = std::min(one.ends, now);
        words -= std::min(words, one.words.size());
    }
}

void Recital::stopped(Moment now, std::string_view text) {
    auto words = wordsOf(text);
    auto end = words.empty() ? std::nullopt : endOf(words);
    if (!end && words.size() > 1) {  // the last may be cut
        words.pop_back();
        end = endOf(words);
    }
    if (end) heardUntil(*end, now);
    const bool known = end || told_;
    for (auto& one : sentences_) {
        if (!one.out) continue;
        if (!known) one.heard = heardBy(one, now);
        one.out = one.heard == one.words.size();
        if (!one.out) one.from = one.heard;
    }
    busyUntil_ = now;
}

/// By the carrier's word, else by the clock.
std::size_t Recital::heardBy(const Sentence& one, Moment now) const {
    if (!one.out || told_ || now <= one.begins) return one.heard;
    if (now >= one.ends) return one.words.size();
    const auto share = static_cast<double>((now - one.begins).count()) /
                       static_cast<double>((one.ends - one.begins).count());
    const auto more = static_cast<double>(one.words.size() - one.from) * share;
    return std::max(one.heard, one.from + static_cast<std::size_t>(more));
}

/// Nothing of it sounds any more.
bool Recital::silent(const Sentence& one, Moment now) const {
    if (told_ && one.heard == one.words.size()) return true;
    return now >= one.ends + (told_ ? kWordsLost : milliseconds(0));
}

Played Recital::playedOf(const Sentence& one, std::size_t words, bool complete, Moment now) const {
    const auto text = complete ? one.text : firstWords(one.text, words);
    const auto to = std::min(now, one.ends);  // it may be said faster than the clock thought
    return {.sentence = one.id,
            .heard = spokenLength(text),
            .whole = spokenLength(one.text),
            .known = true,
            .complete = complete,
            .from = std::clamp(one.first, Moment(0), std::max(Moment(0), to - kFrame)),
            .to = to,
            .words = text};
}

std::vector<Played> Recital::heard(Moment now) {
    std::vector<Played> all;
    while (!sentences_.empty()) {
        const auto& one = sentences_.front();
        const bool surely = one.heard == one.words.size() && !one.words.empty();
        if (!one.out || !(surely || (silent(one, now) && (told_ || now >= one.ends + kUnsure)))) break;
        all.push_back(playedOf(one, one.words.size(), true, now));
        sentences_.pop_front();
    }
    return all;
}

std::vector<Played> Recital::clear(Moment now) {
    std::vector<Played> all;
    for (const auto& one : sentences_) {
        const auto words = heardBy(one, now);
        const bool complete = one.out && words == one.words.size();
        if (words > 0 || complete) all.push_back(playedOf(one, words, complete, now));
    }
    sentences_.clear();
    busyUntil_ = now;
    return all;
}

void Recital::takeBack(Moment now) {
    stopped(now, "");
}

bool Recital::idle(Moment now) const {
    return std::all_of(sentences_.begin(), sentences_.end(),
                       [&](const Sentence& one) { return one.out && silent(one, now); });
}

bool Recital::sounding(Moment now) const {
    return std::any_of(sentences_.begin(), sentences_.end(),
                       [&](const Sentence& one) { return one.out && !silent(one, now); });
}

std::optional<int> Recital::current() const {
    if (sentences_.empty()) return std::nullopt;
    for (const auto& one : sentences_)
        if (!one.out || one.heard < one.words.size()) return one.id;
    return sentences_.back().id;
}

}  // namespace overture::call
