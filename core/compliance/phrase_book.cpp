#include <algorithm>

#include "base/text.hpp"
#include "compliance/phrases.hpp"
#include "compliance/spelling.hpp"
#include "compliance/tables.hpp"

namespace overture::compliance {
namespace {

/// Reads data/optout.txt line by line into a book.
class Writer {
public:
    void line(std::string_view text) {
        if (text.empty() || text[0] == '#') return;
        if (text[0] == '[') {
            section_ = split(text.substr(1, text.size() - 2), ' ');
            return;
        }
        const auto& kind = section_.at(0);
        const bool byEar = section_.size() > 1 && section_.back() == "hi";
        if (kind == "words")
            name(text);
        else if (kind == "spelling")
            for (auto& word : split(text, ' ')) book_.spelling.push_back(std::move(word));
        else if (kind == "polite")
            book_.polite.push_back(readText(text).all());
        else if (kind == "asked")
            book_.asked.push_back({section_.at(1) == "stop", phrase(text, byEar), byEar});
        else if (kind == "frame")
            meaning(text, byEar, PhraseBook::Within::clause);
        else if (kind == "weak")
            meaning(text, byEar, PhraseBook::Within::clause, true);
        else if (kind == "engaged")
            (byEar ? book_.engagedHeard : book_.engaged).push_back(phrase(text, byEar, true));
        else if (kind == "story")
            meaning(text, byEar, PhraseBook::Within::text);
        else if (kind == "harmless")
            (byEar ? book_.harmlessHeard : book_.harmless).push_back(phrase(text, byEar));
        else if (kind == "doubt")
            (byEar ? book_.doubtfulHeard : book_.doubtful).push_back(phrase(text, byEar));
        else if (kind == "meaning")
            meaning(text, byEar, PhraseBook::Within::sentence);
        else
            exact(text, kind == "exact", byEar);
    }

    PhraseBook finish() {
        const auto byText = [](const auto& a, const auto& b) { return a.first < b.first; };
        for (auto* exacts : {&book_.exact, &book_.clause, &book_.exactHeard, &book_.clauseHeard})
            std::stable_sort(exacts->begin(), exacts->end(), byText);
        std::stable_sort(book_.polite.begin(), book_.polite.end(),
                         [](const Words& a, const Words& b) { return a.size() > b.size(); });
        std::stable_sort(book_.meanings.begin(), book_.meanings.end(), [](const auto& a, const auto& b) {
            return (a.verdict == OptOut::unsure) < (b.verdict == OptOut::unsure);
        });
        book_.hindi = book_.vocabulary.listOf(named_["hindi"]);
        book_.ways = book_.vocabulary.listOf(named_["con"]);
        book_.splits = book_.vocabulary.listOf(named_["splits"]);
        book_.vocabulary.listOf(book_.spelling);
        return std::move(book_);
    }

private:
    void name(std::string_view text) {
        for (auto& word : split(text, ' ')) named_[section_.at(1)].push_back(std::move(word));
        book_.vocabulary.read.clear();  // a list that grew is another one
    }

    Phrase phrase(std::string_view text, bool byEar, bool inClause = false) {
        return {text, {book_.vocabulary, named_, byEar, inClause}};
    }

    void meaning(std::string_view text, bool byEar, PhraseBook::Within within, bool weak = false) {
        auto made = phrase(text, byEar, within == PhraseBook::Within::clause);
        book_.meanings.push_back({verdict(), section_.at(2), std::move(made), byEar, within, weak});
    }

    OptOut verdict() const {
        for (const auto known : {OptOut::optout, OptOut::help, OptOut::resubscribe, OptOut::unsure})
            if (nameOf(known) == section_.at(1)) return known;
        throw Error("unknown section", "data/optout.txt: " + section_.at(1));
    }

    void exact(std::string_view text, bool whole, bool byEar) {
        auto words = readText(text).all();
        const PhraseBook::Exact entry{verdict(), section_.at(2)};
        (whole ? book_.exact : book_.clause).emplace_back(join(words, " "), entry);
        if (!byEar || words.size() < 2) return;
        for (auto& word : words) word = earOf(word);
        (whole ? book_.exactHeard : book_.clauseHeard).emplace_back(join(words, " "), entry);
    }

    PhraseBook book_;
    NamedWords named_;
    std::vector<std::string> section_;
};

}  // namespace

const PhraseBook& PhraseBook::get() {
    static const PhraseBook book = [] {
        Writer writer;
        for (const auto& line : split(embeddedFile("data/optout.txt"), '\n')) writer.line(trim(line));
        return writer.finish();
    }();
    return book;
}

namespace {

/// "s t o p please", "sto p please" → "stop please"; other words when the book has what is spelled out.
void joinSpelledOut(Words& clause, const Vocabulary& vocabulary) {
    for (std::size_t at = 0; at + 1 < clause.size(); ++at)
        if (clause[at] + clause[at + 1] == "stop") {
            clause[at] = "stop";
            clause.erase(clause.begin() + static_cast<std::ptrdiff_t>(at + 1));
        }
    for (std::size_t from = 0; from < clause.size(); ++from) {
        std::string joined;
        auto to = from;
        while (to < clause.size() && clause[to].size() == 1) joined += clause[to++];
        if (to - from < 3) continue;
        if (vocabulary.holds(joined)) {
            clause[from] = joined;
            clause.erase(clause.begin() + static_cast<std::ptrdiff_t>(from + 1),
                         clause.begin() + static_cast<std::ptrdiff_t>(to));
        }
        from = to - (vocabulary.holds(joined) ? to - from : 0);
    }
}

/// The word as the book spells it; the same when it is no misspelling of the book's words.
std::string meantBy(const std::string& word, const PhraseBook& book) {
    if (word.size() < 3 || book.vocabulary.holds(word)) return word;
    if (word.ends_with("in") && book.vocabulary.holds(word + "g")) return word + "g";
    const auto plain = inPlainLetters(word);
    if (plain != word && book.vocabulary.holds(plain)) return plain;
    const auto slip = [&](const auto& known) {
        return plain.size() < 5 ? isShortFor(plain, known)
                                : isSlipOf(plain, known) || isShortFor(plain, known);
    };
    const auto meant = std::find_if(book.spelling.begin(), book.spelling.end(), slip);
    return meant == book.spelling.end() ? word : *meant;
}

}  // namespace

void respell(ReadText& text) {
    const auto& book = PhraseBook::get();
    for (auto& sentence : text.sentences)
        for (auto& clause : sentence) {
            joinSpelledOut(clause, book.vocabulary);
            for (auto& word : clause) word = meantBy(word, book);
        }
}

}  // namespace overture::compliance
