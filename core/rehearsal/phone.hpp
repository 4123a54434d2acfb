#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "call/audio.hpp"
#include "call/hearing.hpp"

namespace overture::rehearsal {

/// One thing that the person on the phone does, after the one before.
struct PhoneAct {
    enum class When {
        atOnce,         ///< when the act before is over
        at,             ///< so long after the line was opened
        afterQuiet,     ///< when they were spoken to, since they last spoke, and then not for so long
        afterSilence,   ///< when neither side has made a sound for so long
        whileSpokenTo,  ///< when they have been spoken to for so long: they interrupt
    };
    enum class What { say, beep, noise, key, hangUp };
    When when = When::atOnce;
    milliseconds wait{0};
    What what = What::say;
    std::string text = {};   ///< what is said, or the keys
    std::string sound = {};  ///< what is said, as it goes out; made from `text` by who makes the act
    milliseconds length{0};  ///< of a beep; of noise, which goes on beside what follows
    double loudness = 0.1;   ///< of a beep or noise, 0 to 1

    static PhoneAct say(When when, milliseconds wait, std::string text, std::string sound);
    static PhoneAct hangUp(When when, milliseconds wait);
};

/// Reads [{"say": "yes" | "play": "file.wav" | "key": "12#" | "beep_ms": 400 | "noise_ms": 5000, "loudness"? | "hang_up": true,
/// "at_ms"? | "after_quiet_ms"? | "after_silence_ms"? | "while_spoken_to_ms"?}]. `voice` makes a text's sound, `file` gives
/// the bytes of a file.
Result<std::vector<PhoneAct>> phoneActs(const Json& list,
                                        const std::function<std::string(const std::string&)>& voice,
                                        const std::function<std::string(const std::string&)>& file);

/// The far end of a line with a person, or a machine, on it: what is sent there is played 20 ms at a time, marks come back when all
/// before them was played, and what was not played yet can be taken back. No vendor, no thread, no socket.
class Phone {
public:
    explicit Phone(std::vector<PhoneAct> acts, std::uint64_t seed = 1);
    void then(PhoneAct act) { acts_.push_back(std::move(act)); }

    // What is sent to it.
    void sound(std::string_view mulaw);
    void mark(std::string name);
    /// Nothing of what waits is played. The marks that waited come back at once.
    std::vector<std::string> clear();

    struct Tick {
        std::string spoken;               ///< a frame of the person's side
        std::string heard;                ///< a frame of ours, as it is played
        std::vector<std::string> played;  ///< marks
        std::string keys;
        bool hangsUp = false;
    };
    /// The next 20 ms.
    Tick tick();

    call::Moment now() const { return now_; }
    bool hungUp() const { return hungUp_; }
    bool done() const { return acts_.empty() && mouth_.empty(); }  ///< nothing more to do by themselves
    milliseconds waiting() const { return call::lengthOf(line_.size()); }  ///< sound not played yet

private:
    struct Mark {
        std::string name;
        std::size_t before = 0;  // bytes of the line still to be played before it
    };
    std::string playNext(Tick& tick);
    bool itsTime(const PhoneAct& act) const;
    void begin(PhoneAct act, Tick& tick);
    std::string speakNext();

    std::deque<PhoneAct> acts_;
    Random random_;
    std::string line_, mouth_;
    std::deque<Mark> marks_;
    call::Voice ear_;
    call::Moment now_{0};
    milliseconds spokenTo_{0}, quiet_{0}, silence_{0}, noise_{0};
    bool wasSpokenTo_ = false, hungUp_ = false;
    double noiseLoudness_ = 0;
};

/// Two sides of a call as a WAV file of two tracks (PCM, 16 bits, 8000 a second), the shorter one filled up with silence.
std::string stereoWave(std::string_view leftMulaw, std::string_view rightMulaw);
/// The sound of a WAV file of one track at 8000 samples a second, PCM of 16 bits or mu-law.
Result<std::string> mulawOfWave(std::string_view file);

}  // namespace overture::rehearsal
