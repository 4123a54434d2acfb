// Inside call: our words on their way to a carrier that speaks them itself.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "call/mouth.hpp"

namespace overture::call {

/// How long a text takes to be said, as far as that can be told beforehand.
milliseconds spokenLength(std::string_view text);
/// So much of a text as has at most `count` words, as they are compared.
std::string firstWords(const std::string& text, std::size_t count);

/// Hands sentences over at once: such a carrier takes nothing back, and stops by itself when the person speaks. What was heard is what it
/// says was played; where it says nothing of that, what the clock allows.
class Recital final : public Mouth {
public:
    void add(int sentence, const std::string& text);  ///< is said after all that was added before
    void wait(bool holding) override { holding_ = holding; }

    struct Out {
        int sentence = 0;
        std::string text;
    };
    /// What may go out at this moment; of a sentence that was stopped, the rest.
    std::vector<Out> next(Moment now);
    /// The carrier says that these words were played.
    void played(Moment now, std::string_view words);
    /// The carrier has stopped; `words` are the last ones that the person heard, "" when it does not say. The rest may go out again.
    void stopped(Moment now, std::string_view words);

    std::vector<Played> heard(Moment now) override;
    std::vector<Played> clear(Moment now) override;
    void takeBack(Moment now) override;
    bool idle(Moment now) const override;
    bool sounding(Moment now) const override;
    std::optional<int> current() const override;

private:
    struct Sentence {
        int id = 0;
        std::string text;
        std::vector<std::string> words;        // as they are compared
        std::size_t heard = 0, from = 0;       // words that were heard; and those before what goes out now
        bool out = false;                      // the carrier has it
        Moment first{-1}, begins{0}, ends{0};  // of what is out, by the clock
    };
    bool silent(const Sentence& one, Moment now) const;
    std::size_t heardBy(const Sentence& one, Moment now) const;
    Played playedOf(const Sentence& one, std::size_t words, bool complete, Moment now) const;
    std::optional<std::size_t> endOf(const std::vector<std::string>& words) const;
    void heardUntil(std::size_t words, Moment now);

    std::deque<Sentence> sentences_;
    bool holding_ = false;
    bool told_ = false;  // this carrier says what was played
    Moment busyUntil_{0};
};

}  // namespace overture::call
