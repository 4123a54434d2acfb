// The words of data/when.txt, found in a text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace overture::compliance {

/// One phrase of the file: what it is and what it stands for.
struct TimeWord {
    std::string kind, language;
    int value = 0, until = 0;  ///< a number; for parts of the day minutes since midnight
    std::vector<std::string> words;
};

struct TimeToken {
    std::string word;   ///< folded; punctuation stands alone; "" for a number
    std::string sound;  ///< earOf(word)
    int number = -1;    ///< written in digits; digits of every script count
    std::size_t digits = 0;
    bool glued = false;  ///< no blank before it
};

/// A text as tokens, and which words of the file stand where.
class TimeText {
public:
    /// `language` is a hint; without one the words themselves decide.
    TimeText(std::string_view text, std::string_view language);

    std::size_t size() const { return tokens_.size(); }
    const TimeToken& token(std::size_t at) const { return tokens_[at]; }
    bool isWord(std::size_t at, std::string_view word) const;
    int number(std::size_t at) const { return at < tokens_.size() ? tokens_[at].number : -1; }
    /// The longest phrase of this kind that begins here; nullptr when there is none.
    const TimeWord* find(std::size_t at, std::string_view kind) const;
    /// The text of these tokens, for people.
    std::string shown(std::size_t from, std::size_t to) const;

private:
    std::vector<TimeToken> tokens_;
    std::vector<std::vector<const TimeWord*>> found_;  // by where they begin, longest first
};

}  // namespace overture::compliance
