// Inside call: who answered.
#pragma once

#include <optional>
#include <string>

#include "call/hearing.hpp"
#include "call/manners.hpp"

namespace overture::call {

enum class Who { person, machine, screening, menu, fax };
std::string_view nameOf(Who who);
std::optional<Who> whoFrom(std::string_view name);

/// Tells from the first seconds who answered: by words, by their length, by tones, by what the carrier says. A machine may
/// still be found out behind what was taken for a person or a screening.
class Answerer {
public:
    explicit Answerer(const Manners& manners) : manners_(manners) {}
    void carrierSays(Who who) { carrier_ = who; }
    void tone(Tones::Tone tone);
    void frame(bool voice, milliseconds length);
    void words(std::string_view text);
    /// Nothing as long as it cannot be told.
    std::optional<Who> decided();
    bool heardAnything() const { return spoke_.count() > 0; }

private:
    std::optional<Who> byWords() const;
    const Manners& manners_;
    std::optional<Who> decided_, carrier_;
    bool beep_ = false, fax_ = false;
    std::string words_;
    milliseconds spoke_{0}, quiet_{0}, first_{0};  // of their first utterance
    bool firstEnded_ = false;
};

}  // namespace overture::call
