#include "compliance/phrases.hpp"

#include <unicode/utf8.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "compliance/spelling.hpp"

namespace overture::compliance {
namespace {

bool endsSentence(UChar32 c) {
    return c == '.' || c == '!' || c == '?' || c == '\n' || c == 0x2026 || c == 0x0964 || c == 0x00bf ||
           c == 0x00a1 || c == ';';
}

bool endsClause(UChar32 c) {
    return c == ',' || c == ':' || c == 0x2014 || c == 0x2013 || c == '(' || c == ')' || c > 0x2600;
}

/// "my no." is a number, not a sentence.
bool isNumberShort(const Words& clause) {
    static const Words kWhose{"my", "mera", "mere", "this", "phone", "mobile", "ph", "contact", "cell"};
    return clause.size() > 1 && clause.back() == "no" &&
           std::find(kWhose.begin(), kWhose.end(), clause[clause.size() - 2]) != kWhose.end();
}

/// "my #", which is not "#solar".
bool isNumberSign(UChar32 c, std::string_view text, std::int32_t next) {
    const auto at = static_cast<std::size_t>(next);
    return c == '#' &&
           (at >= text.size() || std::string_view(" \n.,!?").find(text[at]) != std::string_view::npos);
}

/// "d'appels", "m'écrivez": the apostrophe of French parts two words.
bool isElision(UChar32 c, std::string_view before) {
    return (c == '\'' || c == 0x2019) && before.size() == 1 &&
           std::string_view("dlnmjtsc").find(before[0]) != std::string_view::npos;
}

/// "Delete. My. Number." is one sentence.
bool isStaccato(const ReadText& read) {
    return read.sentences.size() > 2 &&
           std::all_of(read.sentences.begin(), read.sentences.end(),
                       [](const auto& sentence) { return sentence.size() == 1 && sentence[0].size() == 1; });
}

constexpr std::size_t kMostWords = 2000;
const std::string kHeard = "\x1d";  // before what is compared by its sound

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
        if (isElision(c, word)) endWord();
        if (c < 0 || isIgnoredInWords(c)) continue;
        const bool dollarForS = c == '$' && at < length && folded[at] >= 'a' && folded[at] <= 'z';
        if (isPartOfWord(c) || dollarForS) {
            appendPlain(word, c);
            continue;
        }
        endWord();
        if (isNumberSign(c, folded, at)) word = "number", endWord();
        if (c == '.' && isNumberShort(read.sentences.back().back())) continue;
        if (endsSentence(c) && !read.sentences.back().back().empty())
            read.sentences.push_back({{}});
        else if (endsClause(c) && !read.sentences.back().back().empty())
            read.sentences.back().emplace_back();
    }
    endWord();
    for (auto& sentence : read.sentences) {
        for (auto& clause : sentence) writeOut(clause);
        std::erase_if(sentence, [](const Words& clause) { return clause.empty(); });
    }
    std::erase_if(read.sentences, [](const auto& sentence) { return sentence.empty(); });
    if (isStaccato(read)) read.sentences = {{read.all()}};
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

namespace {

/// "a|@b" → a and the words of the list b.
Words alternativesOf(const std::string& token, const NamedWords& named) {
    Words out;
    for (const auto& alternative : split(token, '|')) {
        if (!alternative.starts_with('@')) {
            out.push_back(alternative);
            continue;
        }
        const auto list = named.find(alternative.substr(1));
        if (list == named.end())
            throw Error("there is no list of words \"" + alternative + "\"", "data/optout.txt: " + token);
        out.insert(out.end(), list->second.begin(), list->second.end());
    }
    return out;
}

}  // namespace

void Line::add(Token token) {
    lists.add(token.lists);
    tokens.push_back(std::move(token));
}

void Line::add(const Vocabulary& vocabulary, const std::string& word, bool byEar) {
    add({Token::Kind::word, vocabulary.listsOf(byEar ? kHeard + earOf(word) : word), word});
}

void Line::endClause() {
    if (!tokens.empty() && tokens.back().kind != Token::Kind::clauseEnd)
        tokens.push_back({Token::Kind::clauseEnd, {}, {}});
}

std::string Phrase::spelled(const std::string& alternative, bool byEar) {
    const auto read = readText(alternative).all();
    if (read.size() != 1)
        throw Error("\"" + alternative + "\" is not one word", "data/optout.txt: " + alternative);
    return byEar ? kHeard + earOf(read[0]) : read[0];
}

void Phrase::setWords(Part& part, const std::string& alternatives, const Source& source) {
    auto& [list, orEnd] = source.vocabulary.read[(source.byEar ? kHeard : "") + alternatives];
    if (list) {
        part.list = *list;
        part.orEnd = orEnd;
        return;
    }
    Words words;
    for (const auto& alternative : alternativesOf(alternatives, source.named)) {
        if (alternative == "$") {
            orEnd = true;
            continue;
        }
        auto& word = source.vocabulary.spelled[(source.byEar ? kHeard : "") + alternative];
        if (word.empty()) word = spelled(alternative, source.byEar);
        words.push_back((alternative.starts_with('*') ? "*" : "") + word +
                        (alternative.ends_with('*') ? "*" : ""));
    }
    list = source.vocabulary.listOf(std::move(words));
    part.list = *list;
    part.orEnd = orEnd;
}

/// "~4" any four words, "~4!a|b" none of these among them, ".." words of the list light.
Phrase::Part Phrase::partOf(std::string token, const Source& source) {
    Part part;
    if (token == "^" || token == "$") {
        part.kind = token == "^" ? Part::Kind::begin : Part::Kind::end;
        return part;
    }
    if (token == "..") token = "~8=@light";
    if (token[0] == '~') {
        part.kind = Part::Kind::gap;
        part.most = static_cast<std::size_t>(token.at(1) - '0');
        if (token.size() < 3) return part;
        part.over = token[2] == '=' ? Part::Over::only : Part::Over::none;
        setWords(part, token.substr(3), source);
        return part;
    }
    if (token[0] == '!') {
        part.kind = Part::Kind::unless;
        token.erase(0, 1);
    } else if (token.back() == '?') {
        part.optional = true;
        token.pop_back();
    }
    setWords(part, token, source);
    return part;
}

Phrase::Phrase(std::string_view text, const Source& source) : text_(text), inClause_(source.inClause) {
    for (auto& token : split(text, ' '))
        if (!token.empty()) parts_.push_back(partOf(std::move(token), source));
}

bool Phrase::isEnd(const Tokens& tokens, std::size_t at) const {
    return at >= tokens.size() || (inClause_ && tokens[at].kind == Token::Kind::clauseEnd);
}

bool Phrase::fits(const Part& part, const Tokens& tokens, std::size_t at) const {
    if (part.orEnd && isEnd(tokens, at)) return true;
    return at < tokens.size() && tokens[at].lists.has(part.list);
}

/// Counts the words stepped over.
bool Phrase::mayStepOver(const Part& gap, const Token& token, std::size_t& skipped) {
    if (token.kind == Token::Kind::clauseEnd) return true;
    const bool listed = token.lists.has(gap.list);
    if (gap.over != Part::Over::any && listed != (gap.over == Part::Over::only)) return false;
    return ++skipped <= gap.most;
}

/// The least that lets the rest fit; at the phrase's end all there is of the clause.
bool Phrase::steps(const Tokens& tokens, std::size_t at, std::size_t part, Search& search) const {
    const auto& gap = parts_[part];
    const bool last = part + 1 == parts_.size();
    for (std::size_t skipped = 0; at <= tokens.size(); ++at) {
        if (!last && matches(tokens, at, part + 1, search)) return true;
        const bool within = !isEnd(tokens, at) && !(last && tokens[at].kind == Token::Kind::clauseEnd);
        if (!within || !mayStepOver(gap, tokens[at], skipped))
            return last && matches(tokens, at, part + 1, search);
    }
    return false;
}

bool Phrase::matches(const Tokens& tokens, std::size_t at, std::size_t part, Search& search) const {
    if (search.left == 0) return false;
    --search.left;
    if (part == parts_.size()) {
        search.end = std::min(at, tokens.size());
        return true;
    }
    const auto& wanted = parts_[part];
    switch (wanted.kind) {
        case Part::Kind::begin:
            return (at == 0 || (inClause_ && tokens[at - 1].kind == Token::Kind::clauseEnd)) &&
                   matches(tokens, at, part + 1, search);
        case Part::Kind::end: return isEnd(tokens, at) && matches(tokens, at, part + 1, search);
        case Part::Kind::unless: return !fits(wanted, tokens, at) && matches(tokens, at, part + 1, search);
        case Part::Kind::gap: return steps(tokens, at, part, search);
        case Part::Kind::word: break;
    }
    if (at <= tokens.size() && fits(wanted, tokens, at)) {
        const bool word = at < tokens.size() && tokens[at].lists.has(wanted.list);
        if (matches(tokens, at + (word ? 1 : 0), part + 1, search)) return true;
    }
    return wanted.optional && matches(tokens, at, part + 1, search);
}

std::pair<std::size_t, std::size_t> Phrase::findIn(const Line& line, std::size_t start) const {
    constexpr auto kNowhere = std::string::npos;
    for (const auto& part : parts_) {
        const bool needed = part.kind == Part::Kind::word && !part.optional && !part.orEnd;
        if (needed && !line.lists.has(part.list)) return {kNowhere, kNowhere};
    }
    constexpr std::size_t kSteps = 4000, kStepsPerWord = 8;
    Search search{0, kSteps + kStepsPerWord * line.tokens.size()};
    for (std::size_t at = start; at < line.tokens.size() && search.left > 0; ++at)
        if (matches(line.tokens, at, 0, search) && search.end > at) return {at, search.end};
    return {kNowhere, kNowhere};
}

}  // namespace overture::compliance
