#include "compliance/recording.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "compliance/phrases.hpp"
#include "compliance/tables.hpp"

namespace overture::compliance {
namespace {

struct Refusals {
    struct Entry {
        Phrase phrase;
        bool byEar;
        std::string language;
    };
    std::vector<Entry> harmless, refusing;
    Vocabulary vocabulary;

    static const Refusals& get() {
        static const Refusals all = read();
        return all;
    }

private:
    static Refusals read() {
        Refusals all;
        NamedWords named;
        std::vector<std::string> section;
        for (const auto& raw : split(embeddedFile("data/recording.txt"), '\n')) {
            const auto line = trim(raw);
            if (line.empty() || line[0] == '#') continue;
            if (line[0] == '[') {
                section = split(line.substr(1, line.size() - 2), ' ');
                continue;
            }
            if (section.at(0) == "words") {
                for (auto& word : split(line, ' ')) named[section.at(1)].push_back(std::move(word));
                continue;
            }
            const bool byEar = section.at(1) == "hi";
            auto& into = section.at(0) == "harmless" ? all.harmless : all.refusing;
            into.push_back({Phrase(line, {all.vocabulary, named, byEar, true}), byEar, section.at(1)});
        }
        return all;
    }
};

struct Sentence {
    Line written, sounds;
};

Sentence lineOf(const std::vector<Words>& clauses) {
    Sentence line;
    for (const auto& clause : clauses) {
        for (const auto& word : clause) {
            line.written.add(Refusals::get().vocabulary, word, false);
            line.sounds.add(Refusals::get().vocabulary, word, true);
        }
        line.written.endClause();
        line.sounds.endClause();
    }
    return line;
}

void takeOut(Line& line, const Phrase& phrase) {
    for (auto found = phrase.findIn(line); found.first != std::string::npos;
         found = phrase.findIn(line, found.second))
        for (auto at = found.first; at < found.second; ++at) {
            auto& token = line.tokens[at];
            if (token.kind == Token::Kind::word) token = {Token::Kind::taken, {}, {}};
        }
}

}  // namespace

std::optional<std::string> refusesRecording(std::string_view text) {
    const auto& all = Refusals::get();
    for (const auto& clauses : readText(text).sentences) {
        auto line = lineOf(clauses);
        for (const auto& one : all.harmless) takeOut(one.byEar ? line.sounds : line.written, one.phrase);
        for (const auto& one : all.refusing)
            if (one.phrase.findIn(one.byEar ? line.sounds : line.written).first != std::string::npos)
                return one.phrase.text() + " (" + one.language + ")";
    }
    return std::nullopt;
}

}  // namespace overture::compliance
