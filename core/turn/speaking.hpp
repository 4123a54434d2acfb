#pragma once

#include <string>
#include <vector>

namespace overture::turn {

/// Where a turn's reply is spoken while it is still being written: one live call, for the events that the turn answers. Any
/// thread; nothing here waits.
class Speaker {
public:
    virtual ~Speaker() = default;
    /// The model has begun to write; for what is measured.
    virtual void writing() {}
    /// Whether longer pauses are waited for from now on: the person is asked for a number, or to spell.
    virtual void beSlow(bool) {}
    /// One reviewed sentence, after the ones before. False: nobody hears it (the caller speaks, the call has ended), the rest of
    /// the reply is not needed and this sentence does not count as said.
    virtual bool say(const std::string& sentence) = 0;
    /// What has been said in answer to these events so far, in order, also by an attempt that failed (its turn had another number)
    /// or ended before it was recorded.
    virtual std::vector<std::string> said() const = 0;
};

}  // namespace overture::turn
