#include "compliance/phrases.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "base/text.hpp"
#include "compliance/tables.hpp"

namespace overture::compliance {
namespace {

/// The letter without its accent, for the Latin letters of the languages we read.
char32_t plainLatin(char32_t c) {
    static constexpr std::pair<char32_t, std::u32string_view> kLetters[] = {
        {U'a', U"àáâãäå"}, {U'e', U"èéêë"}, {U'i', U"ìíîï"}, {U'o', U"òóôõö"},
        {U'u', U"ùúûü"},   {U'n', U"ñ"},    {U'c', U"ç"},    {U'y', U"ýÿ"}};
    if (c < 0xdf || c > 0xff) return c;
    for (const auto& [plain, accented] : kLetters)
        if (accented.find(c) != std::u32string_view::npos) return plain;
    return c;
}

bool isWordPart(UChar32 c) {
    const auto type = u_charType(c);
    return u_isalnum(c) || type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
}

bool isIgnored(UChar32 c) {
    return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02bc || c == '`' || c == 0x200c || c == 0x200d ||
           c == 0xfe0f;
}

void append(std::string& word, char32_t c) {
    char bytes[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, static_cast<UChar32>(c));
    word.append(bytes, static_cast<std::size_t>(length));
}

bool endsSentence(UChar32 c) {
    return c == '.' || c == '!' || c == '?' || c == '\n' || c == 0x2026 || c == 0x0964 || c == 0x00bf ||
           c == 0x00a1 || c == ';';
}

bool endsClause(UChar32 c) {
    return c == ',' || c == ':' || c == 0x2014 || c == 0x2013 || c == '(' || c == ')' || c > 0x2600;
}

/// "do not" → "dont", so that phrases name one spelling.
void contract(Words& words) {
    static constexpr const char* kPairs[][3] = {{"do", "not", "dont"},       {"does", "not", "doesnt"},
                                                {"did", "not", "didnt"},     {"can", "not", "cant"},
                                                {"could", "not", "couldnt"}, {"would", "not", "wouldnt"},
                                                {"will", "not", "wont"},     {"no", "longer", "nolonger"}};
    for (auto& word : words)
        if (word == "donot" || word == "dnt" || word == "don")
            word = "dont";
        else if (word == "cannot")
            word = "cant";
    for (std::size_t at = 0; at + 1 < words.size(); ++at)
        for (const auto& [first, second, one] : kPairs)
            if (words[at] == first && words[at + 1] == second) {
                words[at] = one;
                words.erase(words.begin() + static_cast<std::ptrdiff_t>(at + 1));
                break;
            }
}

constexpr std::size_t kMostWords = 2000;

}  // namespace

ReadText readText(std::string_view text) {
    const auto folded = foldCase(text);
    std::size_t count = 0;
    ReadText read{{{{}}}};
    std::string word;
    const auto endWord = [&] {
        if (!word.empty() && ++count <= kMostWords) read.sentences.back().back().push_back(std::move(word));
        word.clear();
    };
    std::int32_t at = 0;
    const auto length = static_cast<std::int32_t>(folded.size());
    while (at < length && count < kMostWords) {
        UChar32 c = 0;
        U8_NEXT(folded.data(), at, length, c);
        if (c < 0 || isIgnored(c)) continue;
        if (isWordPart(c)) {
            append(word, plainLatin(static_cast<char32_t>(c)));
            continue;
        }
        endWord();
        if (endsSentence(c) && !read.sentences.back().back().empty())
            read.sentences.push_back({{}});
        else if (endsClause(c) && !read.sentences.back().back().empty())
            read.sentences.back().emplace_back();
    }
    endWord();
    for (auto& sentence : read.sentences) {
        for (auto& clause : sentence) contract(clause);
        std::erase_if(sentence, [](const Words& clause) { return clause.empty(); });
    }
    std::erase_if(read.sentences, [](const auto& sentence) { return sentence.empty(); });
    return read;
}

Words ReadText::all() const {
    Words words;
    for (const auto& sentence : sentences)
        for (const auto& clause : sentence) words.insert(words.end(), clause.begin(), clause.end());
    return words;
}

std::string withoutQuotes(std::string_view text) {
    std::string own;
    for (const auto& line : split(text, '\n')) {
        const auto trimmed = trim(line);
        if (trimmed.starts_with(">")) continue;
        const bool wrote = trimmed.starts_with("On ") && trimmed.ends_with("wrote:");
        if (wrote || trimmed.starts_with("-----Original Message") || trimmed.starts_with("________________"))
            break;
        own += line;
        own += '\n';
    }
    return own;
}

Phrase::Phrase(std::string_view text) : text_(text) {
    for (auto token : split(text, ' ')) {
        if (token.empty()) continue;
        Part part;
        if (token == "^")
            part.kind = Part::Kind::begin;
        else if (token == "$")
            part.kind = Part::Kind::end;
        else if (token[0] == '~') {
            part.kind = Part::Kind::gap;
            part.most = static_cast<std::size_t>(std::stoul(token.substr(1)));
        } else {
            if (token.back() == '?') {
                part.optional = true;
                token.pop_back();
            }
            for (const auto& alternative : split(token, '|')) {
                const bool beginning = alternative.ends_with('*');
                auto words = readText(alternative).all();
                if (alternative == "$")
                    part.alternatives.emplace_back("$");
                else if (words.size() != 1)
                    throw Error("\"" + alternative + "\" is not one word", "data/optout.txt: " + text_);
                else
                    part.alternatives.push_back(words[0] + (beginning ? "*" : ""));
            }
        }
        parts_.push_back(std::move(part));
    }
}

bool Phrase::fits(const Part& part, const Words& words, std::size_t at) const {
    return std::any_of(part.alternatives.begin(), part.alternatives.end(), [&](const std::string& wanted) {
        if (at == words.size()) return wanted == "$";
        if (wanted.back() == '*')
            return words[at].starts_with(std::string_view(wanted).substr(0, wanted.size() - 1));
        return words[at] == wanted;
    });
}

bool Phrase::matches(const Words& words, std::size_t at, std::size_t part, std::size_t& end) const {
    if (part == parts_.size()) {
        end = std::min(at, words.size());
        return true;
    }
    const auto& wanted = parts_[part];
    if (wanted.kind == Part::Kind::begin) return at == 0 && matches(words, at, part + 1, end);
    if (wanted.kind == Part::Kind::end) return at == words.size() && matches(words, at, part + 1, end);
    if (wanted.kind == Part::Kind::gap) {
        for (std::size_t skip = 0; skip <= wanted.most && at + skip <= words.size(); ++skip)
            if (matches(words, at + skip, part + 1, end)) return true;
        return false;
    }
    if (at <= words.size() && fits(wanted, words, at) &&
        matches(words, std::min(at + 1, words.size()), part + 1, end))
        return true;
    return wanted.optional && matches(words, at, part + 1, end);
}

std::pair<std::size_t, std::size_t> Phrase::findIn(const Words& words, std::size_t start) const {
    std::size_t end = 0;
    for (std::size_t at = start; at < words.size(); ++at)
        if (matches(words, at, 0, end) && end > at) return {at, end};
    return {std::string::npos, std::string::npos};
}

const PhraseBook& PhraseBook::get() {
    static const PhraseBook book = [] {
        PhraseBook made;
        std::vector<std::string> section;
        for (const auto& line : split(embeddedFile("data/optout.txt"), '\n')) {
            const auto text = trim(line);
            if (text.empty() || text[0] == '#') continue;
            if (text[0] == '[') {
                section = split(text.substr(1, text.size() - 2), ' ');
                continue;
            }
            const auto verdict = [&] {
                for (const auto known : {OptOut::optout, OptOut::help, OptOut::resubscribe, OptOut::unsure})
                    if (nameOf(known) == section.at(1)) return known;
                throw Error("unknown section", "data/optout.txt: " + section.at(1));
            };
            if (section.at(0) == "polite")
                made.polite.push_back(readText(text).all());
            else if (section[0] == "harmless")
                made.harmless.emplace_back(text);
            else if (section[0] == "meaning")
                made.meanings.push_back({verdict(), section.at(2), Phrase(text)});
            else
                (section[0] == "exact" ? made.exact : made.clause)
                    .emplace_back(join(readText(text).all(), " "),
                                  PhraseBook::Exact{verdict(), section.at(2)});
        }
        const auto byText = [](const auto& a, const auto& b) { return a.first < b.first; };
        std::stable_sort(made.exact.begin(), made.exact.end(), byText);
        std::stable_sort(made.clause.begin(), made.clause.end(), byText);
        std::stable_sort(made.polite.begin(), made.polite.end(),
                         [](const Words& a, const Words& b) { return a.size() > b.size(); });
        std::stable_sort(made.meanings.begin(), made.meanings.end(), [](const auto& a, const auto& b) {
            return (a.verdict == OptOut::unsure) < (b.verdict == OptOut::unsure);
        });
        return made;
    }();
    return book;
}

}  // namespace overture::compliance
