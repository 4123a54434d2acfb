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
            for (auto& word : split(text, ' ')) named_[section_.at(1)].push_back(std::move(word));
        else if (kind == "spelling")
            for (auto& word : split(text, ' ')) book_.spelling.push_back(std::move(word));
        else if (kind == "polite")
            book_.polite.push_back(readText(text).all());
        else if (kind == "asked")
            book_.asked.push_back({section_.at(1) == "stop", phrase(text, byEar), byEar});
        else if (kind == "frame")
            book_.meanings.push_back({verdict(), section_.at(2), phrase(text, byEar, true), byEar, true});
        else if (kind == "harmless")
            (byEar ? book_.harmlessHeard : book_.harmless).push_back(phrase(text, byEar));
        else if (kind == "doubt")
            (byEar ? book_.doubtfulHeard : book_.doubtful).push_back(phrase(text, byEar));
        else if (kind == "meaning")
            book_.meanings.push_back({verdict(), section_.at(2), phrase(text, byEar), byEar, false});
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
        book_.splits = book_.vocabulary.listOf(named_["splits"]);
        book_.vocabulary.listOf(book_.spelling);
        return std::move(book_);
    }

private:
    Phrase phrase(std::string_view text, bool byEar, bool inClause = false) {
        return {text, {book_.vocabulary, named_, byEar, inClause}};
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

void respell(ReadText& text) {
    const auto& book = PhraseBook::get();
    for (auto& sentence : text.sentences)
        for (auto& clause : sentence)
            for (auto& word : clause) {
                if (word.size() < 5 || book.vocabulary.holds(word)) continue;
                const auto meant = std::find_if(book.spelling.begin(), book.spelling.end(),
                                                [&](const auto& known) { return isSlipOf(word, known); });
                if (meant != book.spelling.end()) word = *meant;
            }
}

}  // namespace overture::compliance
