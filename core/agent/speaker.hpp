#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "plugin/host.hpp"

namespace overture::agent {

/// Who hears a call and also answers in it, with a voice of its own (speech.converse/1).
struct Converser {
    BindingId binding;
    std::shared_ptr<plugin::Instance> instance;
};

/// Where a turn's reply is spoken while it is still being written: one live call, for the events that the turn answers. Any
/// thread; nothing but answer() waits.
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
    virtual std::optional<Converser> converser() { return std::nullopt; }
    /// Its answer to a request of speech.converse/1, as model.chat/1 `complete` gives it. What say() is told by `pieces` is heard in its
    /// own voice, and the sound of nothing else.
    virtual plugin::Reply answer(std::string_view request, milliseconds deadline,
                                 const plugin::Pieces& pieces) {
        static_cast<void>(request), static_cast<void>(deadline), static_cast<void>(pieces);
        return {};
    }
};

}  // namespace overture::agent
