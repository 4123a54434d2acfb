#include "call/answerer.hpp"

#include <algorithm>
#include <array>

namespace overture::call {
namespace {

constexpr auto kMonologue = milliseconds(4500);  // nobody answers the phone with so much
constexpr auto kGreeting = milliseconds(3000);   // and most with less than this
constexpr auto kEnd = milliseconds(700);         // of silence after it

constexpr std::size_t kWorthHearing = 600;  // bytes of words

constexpr std::array<std::string_view, 5> kNames{"person", "machine", "screening", "menu", "fax"};

bool contains(const std::vector<std::string>& phrases, const std::string& words) {
    const auto padded = " " + words + " ";
    return std::any_of(phrases.begin(), phrases.end(), [&](const std::string& phrase) {
        return padded.find(" " + phrase + " ") != std::string::npos;
    });
}

}  // namespace

std::string_view nameOf(Who who) {
    return kNames[static_cast<std::size_t>(who)];
}

std::optional<Who> whoFrom(std::string_view name) {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Who>(found - kNames.begin());
}

void Answerer::tone(Tones::Tone tone) {
    beep_ = beep_ || tone == Tones::Tone::beep;
    fax_ = fax_ || tone == Tones::Tone::fax;
}

void Answerer::frame(bool voice, milliseconds length) {
    if (firstEnded_) return;
    if (voice) {
        spoke_ += length;
        first_ += quiet_ + length;  // pauses between words count
        quiet_ = milliseconds(0);
    } else if (spoke_.count() > 0) {
        quiet_ += length;
        firstEnded_ = quiet_ >= kEnd;
    }
}

void Answerer::words(std::string_view text) {
    if (words_.size() > kWorthHearing) return;
    if (const auto more = normalized(text); !more.empty()) words_ += (words_.empty() ? "" : " ") + more;
}

std::optional<Who> Answerer::byWords() const {
    if (contains(manners_.machine, words_)) return Who::machine;
    if (contains(manners_.screening, words_)) return Who::screening;
    if (contains(manners_.menu, words_)) return Who::menu;
    return std::nullopt;
}

std::optional<Who> Answerer::decided() {
    if (decided_ && *decided_ != Who::screening && *decided_ != Who::person) return decided_;
    const auto said = byWords();
    if (decided_) {  // who began like a person may be a machine all the same, and so may a screening
        if (said == Who::machine || (beep_ && *decided_ == Who::screening)) decided_ = Who::machine;
        return decided_;
    }
    if (fax_)
        decided_ = Who::fax;
    else if (said)
        decided_ = said;
    else if (carrier_)
        decided_ = carrier_;
    else if (beep_ || first_ >= kMonologue)
        decided_ = Who::machine;
    else if (firstEnded_ && first_ <= kGreeting && !words_.empty())
        decided_ = Who::person;
    return decided_;
}

}  // namespace overture::call
