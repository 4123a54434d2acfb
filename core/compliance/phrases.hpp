// The phrases of data/optout.txt and the text of a person, both made of folded words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compliance/optout.hpp"

namespace overture::compliance {

using Words = std::vector<std::string>;

/// A text as sentences of clauses of words: case, Latin accents, apostrophes and punctuation gone, "do not" as "dont".
/// At most the first 2,000 words.
struct ReadText {
    std::vector<std::vector<Words>> sentences;
    Words all() const;
};
ReadText readText(std::string_view text);

/// Lines quoted from an earlier mail, and all after "On … wrote:", are not this person's words.
std::string withoutQuotes(std::string_view text);

/// A phrase: words, alternatives, beginnings, gaps and the sentence's ends. Format: data/optout.txt.
class Phrase {
public:
    explicit Phrase(std::string_view text);
    /// Where it begins and ends in `words` (from, to), at `start` or later; {npos, npos} when it is not there.
    std::pair<std::size_t, std::size_t> findIn(const Words& words, std::size_t start = 0) const;
    const std::string& text() const { return text_; }

private:
    struct Part {
        enum class Kind { word, gap, begin, end } kind = Kind::word;
        Words alternatives;  ///< "abc*" a beginning, "$" the sentence's end
        std::size_t most = 0;
        bool optional = false;
    };
    bool matches(const Words& words, std::size_t at, std::size_t part, std::size_t& end) const;
    bool fits(const Part& part, const Words& words, std::size_t at) const;
    std::string text_;
    std::vector<Part> parts_;
};

struct PhraseBook {
    struct Exact {
        OptOut verdict;
        std::string language;
    };
    struct Meaning {
        OptOut verdict;
        std::string language;
        Phrase phrase;
    };
    std::vector<Words> polite;                                 ///< longest first
    std::vector<std::pair<std::string, Exact>> exact, clause;  ///< sorted by text
    std::vector<Phrase> harmless;
    std::vector<Meaning> meanings;

    /// Read once from the compiled-in file.
    static const PhraseBook& get();
};

}  // namespace overture::compliance
