// Inside call: our own sound on its way to the person.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "call/mouth.hpp"

namespace overture::call {

/// Sound as the person heard it.
struct Sound {
    Moment at{0};  ///< on the call's time line
    std::string mulaw;
};

/// Hands sentences to the carrier a little ahead of the clock, never more, so that what was not heard yet can be taken back. What was
/// heard is told by the marks that the carrier sends back, and between two of them by the clock.
class Playout final : public Mouth {
public:
    /// `marks`: the carrier says what it has played. `keeps`: what was heard can be asked for.
    explicit Playout(milliseconds ahead, bool marks, bool keeps = false)
        : ahead_(ahead), marks_(marks), keeps_(keeps) {}

    void add(int sentence);                            ///< is said after all that was added before
    void audio(int sentence, std::string_view mulaw);  ///< its next piece
    void finished(int sentence);                       ///< it has no more pieces
    void wait(bool holding) override { holding_ = holding; }

    struct Out {
        std::string audio, mark;  ///< what goes to the carrier now; the mark after the audio
    };
    /// What may go out at this moment; often nothing.
    std::vector<Out> next(Moment now);
    /// The carrier says that all before this mark was played.
    void played(const std::string& mark, Moment now);

    std::vector<Played> heard(Moment now) override { return heardOf(now, false); }
    /// The carrier forgets what it has not played.
    std::vector<Played> clear(Moment now) override;
    void takeBack(Moment now) override;

    /// What was heard since this was asked last, a frame each; what was taken back is not among it.
    std::vector<Sound> sounded(Moment now);

    bool idle(Moment now) const override;
    bool sounding(Moment now) const override;
    bool has(int sentence) const { return sentences_.contains(sentence); }
    std::optional<int> current() const override;
    milliseconds behind(Moment now) const;  ///< how late the frame is that is due; 0: none is

private:
    struct Sentence {
        std::string audio;
        std::size_t sent = 0;  // bytes
        bool finished = false;
    };
    struct Stretch {  // of one sentence, in frames of this stream; half open
        int sentence;
        std::int64_t from, to;
        Moment begins;       // when its first frame is played at the earliest
        std::size_t offset;  // of its first byte in its sentence
    };
    std::vector<Played> heardOf(Moment now, bool all);  // all: also of what is still being played
    std::int64_t playedFrames(Moment now) const;
    std::size_t heardBytes(int sentence, std::int64_t frames) const;
    Out frameOf(int id, Sentence& sentence);
    void keepHeard(Moment now);

    const milliseconds ahead_;
    const bool marks_, keeps_;
    bool holding_ = false;
    std::map<int, Sentence> sentences_;
    std::deque<int> order_;     // those of which something is still to be sent
    std::deque<Stretch> log_;   // what went out and was not told of yet
    std::int64_t sent_ = 0;     // frames
    std::int64_t cleared_ = 0;  // frames before this one are over, whatever their marks say
    std::int64_t marked_ = 0;   // frames the carrier has said to have played
    Moment markedAt_{0};
    std::deque<std::int64_t> outstanding_;  // marks that have not come back
    Moment busyUntil_{0};                   // the carrier has sound until then
    std::deque<Sound> sentSounds_;          // frames up to `sent_` that may still be taken back
    std::vector<Sound> heardSounds_;
};

}  // namespace overture::call
