#include "agent/reading.hpp"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "agent/pattern.hpp"
#include "base/text.hpp"

namespace overture::agent::reading {
namespace {

bool isWordPart(UChar32 c) {
    return u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_COMBINING_SPACING_MARK ||
           c == 0x200d;
}

icu::UnicodeString unicode(std::string_view text) {
    return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
}

std::vector<std::string> tokens(std::string_view text) {
    std::vector<std::string> out;
    for (auto& word : split(words(text), ' '))
        if (!word.empty()) out.push_back(std::move(word));
    return out;
}

/// A clause ends where a sentence does, and at commas, colons and dashes that stand alone.
std::vector<std::string> clauses(std::string_view text) {
    static const Pattern kClause(R"([^.!?…।;:,\n]+(?:[.,:](?=\d)[^.!?…।;:,\n]*)*)");
    std::vector<std::string> out;
    for (auto& match : kClause.all(text)) out.push_back(std::move(match[0]));
    return out;
}

bool isNegation(const std::string& word) {
    static const std::set<std::string> kWords{
        "not",    "no",      "never",   "cannot", "can't",  "cant",     "don't",    "dont",
        "won't",  "wont",    "doesn't", "isn't",  "aren't", "couldn't", "wouldn't", "without",
        "nobody", "neither", "nor",     "nahi",   "nahin",  "nahí",     "नहीं",      "नही",
        "ना",     "न",       "nunca",   "sin",    "ni",     "ne",       "pas",      "jamais",
        "kein",   "keine",   "nicht",   "nie",    "não",    "nem",      "sem"};
    return kWords.count(word) > 0;
}

bool follows(const std::string& word) {
    static const std::set<std::string> kWords{"nahi", "nahin", "नहीं", "नही", "ना", "pas", "nicht"};
    return kWords.count(word) > 0;
}

bool isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const Pattern& abbreviationPattern() {
    static const Pattern kAbbreviation(
        R"(\b(?:mr|mrs|ms|dr|st|no|vs|e\.g|i\.e|a\.m|p\.m|inc|ltd|approx|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.(?=\s+[\p{L}\d])|(?m:^)\s*\d{1,2}\.(?=\s))");
    return kAbbreviation;
}

const Pattern& endPattern() {
    static const Pattern kEnd(R"([.!?…।]+(?=["'”’)\]]*(?:\s|$)))");
    return kEnd;
}

/// Where a sentence ends, with the marks that close it.
std::vector<std::size_t> sentenceEnds(std::string_view text) {
    static const Pattern kClosed(R"([.!?…।]+["'”’)\]]*(?=\s|$)|\n+)");
    const auto abbreviations = abbreviationPattern().places(text);
    std::vector<std::size_t> out;
    for (const auto& [from, to] : kClosed.places(text)) {
        const auto at = from;
        const bool abbreviated =
            std::any_of(abbreviations.begin(), abbreviations.end(),
                        [&](const auto& place) { return at >= place.first && at < place.second; });
        if (!abbreviated) out.push_back(to);
    }
    return out;
}

std::string asciiWords(std::string_view text) {
    std::string out(" ");
    out.reserve(text.size() + 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool apostrophe = c == '\'' && i > 0 && isAsciiLetter(text[i - 1]) && i + 1 < text.size() &&
                                isAsciiLetter(text[i + 1]);
        if (isAsciiLetter(c))
            out += static_cast<char>(c | 0x20);
        else if (apostrophe || (c >= '0' && c <= '9'))
            out += c;
        else if (out.back() != ' ')
            out += ' ';
    }
    if (out.back() != ' ') out += ' ';
    return out;
}

}  // namespace

std::string words(std::string_view text) {
    if (isAscii(text)) return asciiWords(text);
    const auto folded = unicode(foldCase(text));
    icu::UnicodeString out(u' ');
    for (int i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
        const UChar32 c = folded.char32At(i);
        const bool apostrophe = (c == '\'' || c == 0x2019) && i > 0 &&
                                u_isalpha(folded.char32At(folded.moveIndex32(i, -1))) &&
                                i + 1 < folded.length() && u_isalpha(folded.char32At(i + 1));
        if (apostrophe)
            out.append(u'\'');
        else if (isWordPart(c))
            out.append(c);
        else if (!out.endsWith(u" ", 0, 1))
            out.append(u' ');
    }
    if (!out.endsWith(u" ", 0, 1)) out.append(u' ');
    std::string utf8;
    out.toUTF8String(utf8);
    return utf8;
}

bool says(std::string_view text, std::string_view phrase) {
    const auto wanted = words(phrase);
    return wanted.size() > 2 && words(text).find(wanted) != std::string::npos;
}

bool affirms(std::string_view text, std::string_view phrase) {
    if (!says(text, phrase)) return false;
    const auto wanted = tokens(phrase);
    for (const auto& clause : clauses(text)) {
        const auto all = tokens(clause);
        for (auto at = all.begin();;) {
            at = std::search(at, all.end(), wanted.begin(), wanted.end());
            if (at == all.end()) break;
            const auto from = at - std::min<std::ptrdiff_t>(3, at - all.begin());
            const auto end = at + static_cast<std::ptrdiff_t>(wanted.size());
            const auto to = end + std::min<std::ptrdiff_t>(3, all.end() - end);
            if (std::none_of(from, at, isNegation) && std::none_of(end, to, follows)) return true;
            ++at;
        }
    }
    return false;
}

std::string collapse(std::string_view text) {
    std::string out;
    for (const char c : trim(text)) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
        if (!blank)
            out += c;
        else if (out.back() != ' ')
            out += ' ';
    }
    return out;
}

bool isMadeOf(std::string_view text, const std::vector<std::string>& pieces) {
    const auto whole = collapse(text);
    if (whole.empty()) return false;
    std::vector<std::string> plain;
    for (const auto& piece : pieces)
        if (auto collapsed = collapse(piece); !collapsed.empty()) plain.push_back(std::move(collapsed));
    std::vector<bool> reached(whole.size() + 2);
    reached[0] = true;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        if (!reached[at]) continue;
        for (const auto& piece : plain) {
            if (whole.compare(at, piece.size(), piece) != 0) continue;
            const auto end = at + piece.size();
            if (end == whole.size()) return true;
            if (whole[end] == ' ') reached[end + 1] = true;
        }
    }
    return false;
}

int sentences(std::string_view text) {
    static const Pattern kEnded(R"([.!?…।][^\p{L}\p{N}]*$)");
    const auto plain = trim(text);
    if (plain.empty()) return 0;
    const auto ends = endPattern().all(plain).size();
    const auto abbreviations = abbreviationPattern().all(plain).size();
    const auto counted = ends > abbreviations ? ends - abbreviations : 0;
    return static_cast<int>(counted + (kEnded.all(plain).empty() ? 1 : 0));
}

std::vector<std::string> sentencesOf(std::string_view text) {
    std::vector<std::string> out;
    std::size_t from = 0;
    const auto add = [&](std::size_t to) {
        if (const auto sentence = trim(text.substr(from, to - from)); !sentence.empty())
            out.emplace_back(sentence);
        from = to;
    };
    for (const auto end : sentenceEnds(text)) add(end);
    add(text.size());
    return out;
}

std::size_t wholeSentences(std::string_view text) {
    const auto last = text.find_last_not_of(" \t\r\n");
    std::size_t whole = 0;
    for (const auto end : sentenceEnds(text))
        if (last != std::string_view::npos && end <= last) whole = end;
    return whole;
}

double foreignScript(std::string_view text, std::string_view language) {
    static const std::map<std::string, std::vector<UScriptCode>, std::less<>> kScripts{
        {"hi", {USCRIPT_DEVANAGARI, USCRIPT_LATIN}},
        {"mr", {USCRIPT_DEVANAGARI, USCRIPT_LATIN}},
        {"bn", {USCRIPT_BENGALI, USCRIPT_LATIN}},
        {"ta", {USCRIPT_TAMIL, USCRIPT_LATIN}},
        {"te", {USCRIPT_TELUGU, USCRIPT_LATIN}},
        {"gu", {USCRIPT_GUJARATI, USCRIPT_LATIN}},
        {"kn", {USCRIPT_KANNADA, USCRIPT_LATIN}},
        {"ml", {USCRIPT_MALAYALAM, USCRIPT_LATIN}},
        {"pa", {USCRIPT_GURMUKHI, USCRIPT_LATIN}},
        {"ur", {USCRIPT_ARABIC, USCRIPT_LATIN}},
        {"ar", {USCRIPT_ARABIC}},
        {"fa", {USCRIPT_ARABIC}},
        {"he", {USCRIPT_HEBREW}},
        {"ru", {USCRIPT_CYRILLIC}},
        {"uk", {USCRIPT_CYRILLIC}},
        {"bg", {USCRIPT_CYRILLIC}},
        {"el", {USCRIPT_GREEK}},
        {"th", {USCRIPT_THAI}},
        {"zh", {USCRIPT_HAN}},
        {"ko", {USCRIPT_HANGUL, USCRIPT_HAN}},
        {"ja", {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA}}};
    static const std::vector<UScriptCode> kLatin{USCRIPT_LATIN};
    const auto found = kScripts.find(language);
    const auto& allowed = found == kScripts.end() ? kLatin : found->second;
    const auto all = unicode(text);
    int letters = 0, foreign = 0;
    for (int i = 0; i < all.length(); i = all.moveIndex32(i, 1)) {
        const UChar32 c = all.char32At(i);
        if (!u_isalpha(c)) continue;
        UErrorCode status = U_ZERO_ERROR;
        const auto script = uscript_getScript(c, &status);
        if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED) continue;
        ++letters;
        if (std::find(allowed.begin(), allowed.end(), script) == allowed.end()) ++foreign;
    }
    return letters ? static_cast<double>(foreign) / letters : 0;
}

std::string otherLanguage(std::string_view text, const std::vector<std::string>& expected) {
    static const std::map<std::string, std::set<std::string>> kSmallWords{
        {"en",
         {"the", "and", "you", "your", "is", "are", "we", "for", "with", "of", "what", "would", "have", "can",
          "this"}},
        {"es",
         {"el", "los", "usted", "su", "para", "con", "que", "una", "está", "por", "gracias", "puedo", "qué",
          "las"}},
        {"fr", {"le", "les", "vous", "votre", "pour", "avec", "est", "une", "nous", "je", "merci", "des"}},
        {"de",
         {"der", "die", "das", "und", "sie", "ihr", "ihre", "ist", "für", "mit", "wir", "ich", "nicht"}},
        {"pt", {"você", "não", "uma", "para", "com", "seu", "sua", "obrigado", "o", "os", "é"}},
        {"hi",
         {"hai", "hain", "kya", "aap", "aapka", "aapke", "ke", "ki", "mein", "nahi", "hum", "liye", "ka",
          "se"}}};
    std::map<std::string, int> hits;
    for (const auto& word : tokens(text))
        for (const auto& [language, small] : kSmallWords)
            hits[language] += static_cast<int>(small.count(word));
    int own = 0;
    for (const auto& language : expected) {
        if (!kSmallWords.count(language)) return {};
        own += hits[language];
    }
    if (own > 0) return {};
    const auto best =
        std::max_element(hits.begin(), hits.end(), [](auto& a, auto& b) { return a.second < b.second; });
    return best != hits.end() && best->second >= 3 ? best->first : std::string();
}

}  // namespace overture::agent::reading
