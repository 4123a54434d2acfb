// Inside call: what can be told from the sound alone.
#pragma once

#include <string_view>

#include "call/audio.hpp"

namespace overture::call {

/// Whether somebody speaks: louder than what is always there.
class Voice {
public:
    /// The next frame. Returns whether there is a voice in it.
    bool next(std::string_view frame);
    milliseconds lasting() const {
        return lasting_;
    }                                              ///< without a pause of more than 100 ms; 0: nobody speaks
    milliseconds quiet() const { return quiet_; }  ///< since the last voice

private:
    double floor_ = 0.003;
    milliseconds lasting_{0}, quiet_{0};
};

/// A machine's beep, or a fax.
class Tones {
public:
    enum class Tone { none, beep, fax };
    /// The next frame. A beep is told when it has ended (or lasts too long to be waited for), a fax while it sounds; each once.
    Tone next(std::string_view frame);

private:
    Tone ended();
    int frequency_ = 0;  // of the tone that sounds; 0: none
    milliseconds length_{0};
    bool told_ = false;
};

}  // namespace overture::call
