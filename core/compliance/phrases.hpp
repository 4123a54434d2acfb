// The phrases of data/optout.txt and the text of a person, both made of folded words.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compliance/optout.hpp"

namespace overture::compliance {

using Words = std::vector<std::string>;

/// Stands between two clauses of a sentence: the next word of a phrase is not looked for beyond it, a gap steps over it.
inline constexpr const char* kClauseEnd = "\x1e";

/// A text as sentences of clauses of words: case, Latin accents, apostrophes and punctuation gone, written out (spelling.hpp).
/// At most the first 2,000 words.
struct ReadText {
    std::vector<std::vector<Words>> sentences;
    Words all() const;
};
ReadText readText(std::string_view text);

/// Lines quoted from an earlier mail, and all after "On … wrote:", are not this person's words.
std::string withoutQuotes(std::string_view text);

/// Lists of words that phrases name as @name.
using NamedWords = std::map<std::string, Words, std::less<>>;

/// A phrase: words, alternatives, beginnings, gaps and the sentence's ends. Format: data/optout.txt.
class Phrase {
public:
    /// `byEar`: for words that went through earOf().
    explicit Phrase(std::string_view text, const NamedWords& named = {}, bool byEar = false);
    /// Where it begins and ends in `words` (from, to), at `start` or later; {npos, npos} when it is not there.
    std::pair<std::size_t, std::size_t> findIn(const Words& words, std::size_t start = 0) const;
    const std::string& text() const { return text_; }
    /// The words it names in full.
    Words literals() const;

private:
    struct Part {
        enum class Kind { word, unless, gap, begin, end } kind = Kind::word;
        Words alternatives;  ///< "abc*" a beginning, "*abc" an ending, "$" the sentence's end
        std::size_t most = 0;
        bool optional = false;
    };
    bool matches(const Words& words, std::size_t at, std::size_t part, std::size_t& end) const;
    bool fits(const Part& part, const Words& words, std::size_t at) const;
    static Part partOf(std::string token, const NamedWords& named, bool byEar);
    std::string text_;
    std::vector<Part> parts_;
};

struct PhraseBook {
    struct Exact {
        OptOut verdict;
        std::string language;
    };
    using Exacts = std::vector<std::pair<std::string, Exact>>;
    struct Meaning {
        OptOut verdict;
        std::string language;
        Phrase phrase;
        bool byEar;
    };
    /// What we may have asked: whether to stop, or whether we may go on.
    struct Asked {
        bool toStop;
        Phrase phrase;
        bool byEar;
    };
    std::vector<Words> polite;       ///< longest first
    Exacts exact, clause;            ///< sorted by text
    Exacts exactHeard, clauseHeard;  ///< those of Hindi, two words or more, as earOf() has them
    std::vector<Phrase> harmless, harmlessHeard, doubtful, doubtfulHeard;
    std::vector<Meaning> meanings;
    std::vector<Asked> asked;
    Words spelling;               ///< words whose misspellings are read
    std::set<std::string> known;  ///< words that are no misspelling

    /// Read once from the compiled-in file.
    static const PhraseBook& get();
};

/// Misspelled words as the book spells them.
void respell(ReadText& text);

}  // namespace overture::compliance
