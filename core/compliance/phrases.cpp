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
        if (c < 0 || isIgnoredInWords(c)) continue;
        if (isPartOfWord(c)) {
            appendPlain(word, c);
            continue;
        }
        endWord();
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

Phrase::Part Phrase::partOf(std::string token, const NamedWords& named, bool byEar) {
    Part part;
    if (token == "^" || token == "$") {
        part.kind = token == "^" ? Part::Kind::begin : Part::Kind::end;
        return part;
    }
    if (token[0] == '~') {
        part.kind = Part::Kind::gap;
        part.most = static_cast<std::size_t>(std::stoul(token.substr(1)));
        return part;
    }
    if (token[0] == '!') {
        part.kind = Part::Kind::unless;
        token.erase(0, 1);
    } else if (token.back() == '?') {
        part.optional = true;
        token.pop_back();
    }
    for (const auto& alternative : alternativesOf(token, named)) {
        if (alternative == "$") {
            part.alternatives.emplace_back("$");
            continue;
        }
        const auto words = readText(alternative).all();
        if (words.size() != 1)
            throw Error("\"" + alternative + "\" is not one word", "data/optout.txt: " + token);
        const auto word = byEar ? earOf(words[0]) : words[0];
        part.alternatives.push_back((alternative.starts_with('*') ? "*" : "") + word +
                                    (alternative.ends_with('*') ? "*" : ""));
    }
    return part;
}

Phrase::Phrase(std::string_view text, const NamedWords& named, bool byEar) : text_(text) {
    for (auto& token : split(text, ' '))
        if (!token.empty()) parts_.push_back(partOf(std::move(token), named, byEar));
}

Words Phrase::literals() const {
    Words out;
    for (const auto& part : parts_)
        for (const auto& word : part.alternatives)
            if (word.find('*') == std::string::npos) out.push_back(word);
    return out;
}

bool Phrase::fits(const Part& part, const Words& words, std::size_t at) const {
    return std::any_of(part.alternatives.begin(), part.alternatives.end(), [&](std::string_view wanted) {
        if (at == words.size()) return wanted == "$";
        if (wanted.back() == '*') return words[at].starts_with(wanted.substr(0, wanted.size() - 1));
        if (wanted.front() == '*') return words[at].ends_with(wanted.substr(1));
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
    if (wanted.kind == Part::Kind::unless)
        return !fits(wanted, words, std::min(at, words.size())) && matches(words, at, part + 1, end);
    if (wanted.kind == Part::Kind::end) return at == words.size() && matches(words, at, part + 1, end);
    if (wanted.kind == Part::Kind::gap) {
        for (std::size_t skipped = 0; at <= words.size(); ++at) {
            if (matches(words, at, part + 1, end)) return true;
            const bool counts = at < words.size() && words[at] != kClauseEnd;
            if (counts && ++skipped > wanted.most) return false;
        }
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

}  // namespace overture::compliance
