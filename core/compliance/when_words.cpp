#include "compliance/when_words.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "compliance/spelling.hpp"
#include "compliance/tables.hpp"

namespace overture::compliance {
namespace {

/// "après-midi" is two words; "Mon-Wed" stays three.
void dropHyphens(std::vector<TimeToken>& tokens) {
    static const std::set<std::string> kFirst{"apres", "segunda", "terca", "quarta", "quinta",
                                              "sexta", "mid",     "week",  "demi"};
    for (std::size_t at = 1; at + 1 < tokens.size(); ++at)
        if (tokens[at].word == "-" && tokens[at].glued && kFirst.contains(tokens[at - 1].word)) {
            tokens[at + 1].glued = false;
            tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(at));
        }
}

std::vector<TimeToken> tokensOf(std::string_view text) {
    std::vector<TimeToken> tokens;
    auto folded = foldCase(text);
    for (const auto& [dotted, plain] : {std::pair("a.m", "am"), std::pair("p.m", "pm")})
        folded = replaceAll(folded, dotted, plain);
    enum class Run { none, letters, digits } run = Run::none;
    bool glued = false;
    std::int32_t at = 0;
    const auto length = static_cast<std::int32_t>(std::min<std::size_t>(folded.size(), 4000));
    while (at < length) {
        UChar32 c = 0;
        U8_NEXT(folded.data(), at, length, c);
        if (c < 0 || isIgnoredInWords(c)) continue;
        const auto digit = u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? u_charDigitValue(c) : -1;
        const auto kind = digit >= 0 ? Run::digits : isPartOfWord(c) ? Run::letters : Run::none;
        if (kind == Run::none) {
            run = Run::none;
            glued = !u_isUWhiteSpace(c);
            if (glued) tokens.push_back({std::string(), {}, -1, 0, true}), appendPlain(tokens.back().word, c);
            continue;
        }
        if (kind != run) {
            tokens.push_back({{}, {}, kind == Run::digits ? 0 : -1, 0, glued || run != Run::none});
            run = kind;
        }
        auto& token = tokens.back();
        glued = false;
        if (kind == Run::letters)
            appendPlain(token.word, c);
        else if (++token.digits <= 8)
            token.number = token.number * 10 + digit;
    }
    dropHyphens(tokens);
    for (auto& token : tokens) token.sound = earOf(token.word);
    return tokens;
}

/// A phrase of the file as words: its digits and signs do not occur there.
std::vector<std::string> wordsOf(std::string_view phrase) {
    std::vector<std::string> words;
    for (const auto& token : tokensOf(phrase))
        words.push_back(token.number >= 0 ? std::to_string(token.number) : token.word);
    return words;
}

int minutesOf(std::string_view clock) {
    return std::stoi(std::string(clock.substr(0, 2))) * 60 + std::stoi(std::string(clock.substr(3, 2)));
}

class Lexicon {
public:
    static const Lexicon& get() {
        static const Lexicon lexicon;
        return lexicon;
    }
    /// Phrases that begin with this word, as it is written or as it sounds.
    const std::vector<const TimeWord*>& beginningWith(const std::string& word, bool byEar) const {
        static const std::vector<const TimeWord*> kNone;
        const auto& index = byEar ? heard_ : written_;
        const auto at = index.find(word);
        return at == index.end() ? kNone : at->second;
    }

private:
    Lexicon() {
        TimeWord section;
        for (const auto& line : split(embeddedFile("data/when.txt"), '\n')) {
            const auto text = trim(line);
            if (text.empty() || text[0] == '#') continue;
            if (text[0] == '[') {
                section = sectionOf(split(text.substr(1, text.size() - 2), ' '));
                continue;
            }
            for (const auto& phrase : split(text, ',')) add(section, phrase);
        }
        for (const auto& word : all_)
            (word->language == "hi" ? heard_ : written_)[word->words[0]].push_back(word.get());
    }

    static TimeWord sectionOf(const std::vector<std::string>& parts) {
        TimeWord section;
        section.kind = parts.at(0);
        section.language = parts.at(2);
        const auto& value = parts.at(1);
        if (value.find(':') == std::string::npos) {
            section.value = std::stoi(value.find_first_of("0123456789") == 0 ? value : std::string("0"));
            if (section.kind == "unit") section.kind = "unit-" + value;
        } else {
            section.value = minutesOf(value);
            section.until = minutesOf(value.substr(6));
        }
        return section;
    }

    void add(const TimeWord& section, std::string_view phrase) {
        auto word = std::make_unique<TimeWord>(section);
        word->words = wordsOf(trim(phrase));
        if (word->words.empty()) throw Error("an empty phrase", "data/when.txt: " + section.kind);
        if (section.language == "hi")
            for (auto& one : word->words) one = earOf(one);
        all_.push_back(std::move(word));
    }

    std::vector<std::unique_ptr<TimeWord>> all_;
    std::unordered_map<std::string, std::vector<const TimeWord*>> written_, heard_;
};

bool standsAt(const TimeWord& word, const std::vector<TimeToken>& tokens, std::size_t at) {
    if (at + word.words.size() > tokens.size()) return false;
    for (std::size_t i = 0; i < word.words.size(); ++i) {
        const auto& token = tokens[at + i];
        const auto& said = word.language == "hi" ? token.sound : token.word;
        if (token.number >= 0 ? std::to_string(token.number) != word.words[i] : said != word.words[i])
            return false;
    }
    return true;
}

/// "es" stands for all of the file's languages but English and Hindi: they share their sections.
std::string groupOf(const TimeWord& word) {
    return word.language == "en" || word.language == "hi" ? word.language : "es";
}

/// The group of languages that has the most words here; English when none has more.
std::string groupBy(const std::vector<std::vector<const TimeWord*>>& found) {
    std::map<std::string, std::size_t> covered, reach;
    for (std::size_t at = 0; at < found.size(); ++at)
        for (const auto* word : found[at]) {
            const auto group = groupOf(*word);
            const auto end = at + word->words.size(), from = std::max(at, reach[group]);
            if (end <= from) continue;
            covered[group] += end - from;
            reach[group] = end;
        }
    std::string best = "en";
    for (const auto& [group, count] : covered)
        if (count > covered[best]) best = group;
    return best;
}

}  // namespace

TimeText::TimeText(std::string_view text, std::string_view language)
    : tokens_(tokensOf(text)), found_(tokens_.size()) {
    const auto& lexicon = Lexicon::get();
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
        const auto& token = tokens_[at];
        const auto written = token.number >= 0 ? std::to_string(token.number) : token.word;
        for (const bool byEar : {false, true})
            for (const auto* word : lexicon.beginningWith(byEar ? token.sound : written, byEar))
                if (standsAt(*word, tokens_, at)) found_[at].push_back(word);
        std::stable_sort(found_[at].begin(), found_[at].end(), [](const auto* a, const auto* b) {
            return a->words.size() != b->words.size() ? a->words.size() > b->words.size()
                                                      : (a->language == "en") > (b->language == "en");
        });
    }
    const auto group = language.empty()                       ? groupBy(found_)
                       : language == "en" || language == "hi" ? std::string(language)
                                                              : "es";
    for (auto& here : found_)
        std::erase_if(
            here, [&](const TimeWord* word) { return groupOf(*word) != "en" && groupOf(*word) != group; });
}

bool TimeText::isWord(std::size_t at, std::string_view word) const {
    return at < tokens_.size() && tokens_[at].number < 0 && tokens_[at].word == word;
}

const TimeWord* TimeText::find(std::size_t at, std::string_view kind) const {
    if (at >= found_.size()) return nullptr;
    for (const auto* word : found_[at])
        if (word->kind == kind) return word;
    return nullptr;
}

std::string TimeText::shown(std::size_t from, std::size_t to) const {
    std::string text;
    for (auto at = from; at < std::min(to, tokens_.size()); ++at) {
        const auto& token = tokens_[at];
        if (!text.empty() && !token.glued) text += ' ';
        if (token.number < 0)
            text += token.word;
        else
            text +=
                std::string(token.digits - std::min(token.digits, std::to_string(token.number).size()), '0') +
                std::to_string(token.number);
    }
    return text;
}

}  // namespace overture::compliance
