// Inside call: what we say, on its way to the person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "call/audio.hpp"

namespace overture::call {

/// How much of one sentence the person has heard.
struct Played {
    int sentence = 0;
    milliseconds heard{0}, whole{0};        ///< of its sound as far as it is known
    bool known = false;                     ///< there is no more sound of it to come
    bool complete = false;                  ///< all of it was heard
    Moment from{0}, to{0};                  ///< of what was heard, on the call's time line
    std::optional<std::string> words = {};  ///< what was heard, where it is known in words
};

/// Sentences go out as sound (Playout), or as words where the carrier speaks them (Recital).
class Mouth {
public:
    virtual ~Mouth() = default;
    virtual void wait(bool holding) = 0;  ///< while it holds nothing goes out
    /// The sentences that were heard to their end and that have not been told of since, in order.
    virtual std::vector<Played> heard(Moment now) = 0;
    /// All sentences are over. Returns what was heard of them.
    virtual std::vector<Played> clear(Moment now) = 0;
    /// What the person has not heard is to be said again when nothing holds it any more.
    virtual void takeBack(Moment now) = 0;
    virtual bool idle(Moment now) const = 0;         ///< nothing to say, and all that was said was heard
    virtual bool sounding(Moment now) const = 0;     ///< the person hears us now, or is about to
    virtual std::optional<int> current() const = 0;  ///< the sentence that is heard, or goes out next
};

}  // namespace overture::call
