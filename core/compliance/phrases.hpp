// The phrases of data/optout.txt and the text of a person, both made of folded words.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compliance/optout.hpp"
#include "compliance/vocabulary.hpp"

namespace overture::compliance {

using Words = std::vector<std::string>;

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

/// A word of a text as phrases see it, the end of a clause (the next word of a phrase is not looked for beyond it, a gap
/// steps over it), or what stands for words found harmless.
struct Token {
    enum class Kind { word, clauseEnd, taken } kind = Kind::word;
    Lists lists;       ///< of a word
    std::string word;  ///< as the person wrote it
};

/// Tokens, and all lists that any of them is in.
struct Line {
    std::vector<Token> tokens;
    Lists lists;
    void add(Token token);
    void add(const Vocabulary& vocabulary, const std::string& word, bool byEar);
    void endClause();
};

/// A phrase: words, alternatives, beginnings, gaps and the sentence's ends. Format: data/optout.txt.
class Phrase {
public:
    struct Source {
        Vocabulary& vocabulary;
        const NamedWords& named;
        bool byEar = false;     ///< for words that went through earOf()
        bool inClause = false;  ///< gaps stay in one clause, and ^ and $ are a clause's ends
    };
    Phrase(std::string_view text, const Source& source);
    /// Where it begins and ends in the line (from, to), at `start` or later; {npos, npos} when it is not there.
    std::pair<std::size_t, std::size_t> findIn(const Line& line, std::size_t start = 0) const;
    const std::string& text() const { return text_; }

private:
    struct Part {
        enum class Kind { word, unless, gap, begin, end } kind = Kind::word;
        std::size_t list = 0;
        bool orEnd = false;  ///< the end will do as well
        std::size_t most = 0;
        enum class Over { any, none, only } over = Over::any;  ///< what a gap may step over: see `list`
        bool optional = false;
    };
    using Tokens = std::vector<Token>;
    /// Where the phrase ended, and how many steps may still be taken: whoever writes "no no no" a thousand times is not
    /// searched for hours.
    struct Search {
        std::size_t end = 0, left = 0;
    };
    bool matches(const Tokens& tokens, std::size_t at, std::size_t part, Search& search) const;
    static bool mayStepOver(const Part& gap, const Token& token, std::size_t& skipped);
    bool steps(const Tokens& tokens, std::size_t at, std::size_t part, Search& search) const;
    bool fits(const Part& part, const Tokens& tokens, std::size_t at) const;
    bool isEnd(const Tokens& tokens, std::size_t at) const;
    static Part partOf(std::string token, const Source& source);
    static std::string spelled(const std::string& alternative, bool byEar);
    static void setWords(Part& part, const std::string& alternatives, const Source& source);
    std::string text_;
    bool inClause_ = false;
    std::vector<Part> parts_;
};

struct PhraseBook {
    struct Exact {
        OptOut verdict;
        std::string language;
    };
    using Exacts = std::vector<std::pair<std::string, Exact>>;
    enum class Within { clause, sentence, text };
    struct Meaning {
        OptOut verdict;
        std::string language;
        Phrase phrase;
        bool byEar;
        Within within;
        bool weak;  ///< not so when the text is engaged
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
    std::vector<Phrase> engaged, engagedHeard;  ///< contact in another way or at another time is wished
    std::vector<Meaning> meanings;
    std::vector<Asked> asked;
    Words spelling;          ///< words whose misspellings are read
    std::size_t hindi = 0;   ///< the list of words of Hindi in Latin letters
    std::size_t ways = 0;    ///< the list of ways of contact
    std::size_t splits = 0;  ///< the list of words that begin another clause without a comma
    Vocabulary vocabulary;

    /// Read once from the compiled-in file.
    static const PhraseBook& get();
};

/// Misspelled words as the book spells them.
void respell(ReadText& text);

}  // namespace overture::compliance
