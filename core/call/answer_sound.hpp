// Inside call: the sound of an answer whose words came with it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "call/audio.hpp"

namespace overture::call {

/// Says which sentence a piece of sound belongs to, and how much may be heard: never more than what can have been said of the sentences
/// that were reviewed. Where one sentence ends in the sound is not told by anybody; it is looked for in the quiet around the place where
/// its letters would end. One thread.
class AnswerSound {
public:
    struct Piece {
        int sentence = 0;
        std::string mulaw;
        bool last = false;  ///< of its sentence
    };
    void sound(std::string_view mulaw);
    /// The next sentence of the answer, reviewed.
    void sentence(int id, const std::string& text);
    void soundEnded();
    void allReviewed();  ///< there are no more sentences
    void cut();          ///< what comes after these sentences is not to be heard

    /// What may be heard now and was not asked for before.
    std::vector<Piece> take();
    bool over() const { return over_; }  ///< there is nothing more to take
    bool silent() const { return audio_.empty(); }
    const std::deque<std::pair<int, std::string>>& texts() const { return texts_; }

private:
    struct Sentence {
        int id;
        std::size_t letters;              // of all up to its end
        std::optional<std::size_t> ends;  // in the sound
    };
    std::size_t mayBeHeard() const;
    void findEnds();
    struct Pause {
        std::size_t at;
        double loudness;
    };
    std::optional<Pause> pauseNear(std::size_t place, bool first) const;
    std::size_t soundingBytes() const;
    std::optional<std::size_t> endOf(const Sentence& sentence, double pace) const;
    std::size_t bytesFor(std::size_t letters, double msPerLetter) const;

    std::string audio_;
    std::size_t taken_ = 0;
    std::deque<Sentence> sentences_;  // not taken to their end
    std::deque<std::pair<int, std::string>> texts_;
    std::size_t letters_ = 0, lastEnd_ = 0;
    bool ended_ = false, reviewed_ = false, cut_ = false, over_ = false;
};

}  // namespace overture::call
