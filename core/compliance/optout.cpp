#include "compliance/optout.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "compliance/phrases.hpp"
#include "compliance/spelling.hpp"

namespace overture::compliance {
namespace {

bool startsWith(const Words& words, const Words& with) {
    return words.size() >= with.size() && std::equal(with.begin(), with.end(), words.begin());
}

bool endsWith(const Words& words, const Words& with) {
    return words.size() >= with.size() && std::equal(with.rbegin(), with.rend(), words.rbegin());
}

/// "please stop, thanks" → "stop". A text of nothing but politeness stays as it is.
Words withoutPoliteness(Words words) {
    const auto& polite = PhraseBook::get().polite;
    for (bool again = true; again;) {
        again = false;
        for (const auto& phrase : polite) {
            if (phrase.size() >= words.size()) continue;
            if (startsWith(words, phrase))
                words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(phrase.size()));
            else if (endsWith(words, phrase))
                words.erase(words.end() - static_cast<std::ptrdiff_t>(phrase.size()), words.end());
            else
                continue;
            again = true;
        }
    }
    return words;
}

/// "sstooop" → "stop": runs of one letter become one.
std::string squeezed(std::string_view word) {
    std::string out;
    for (const char c : word)
        if (out.empty() || out.back() != c) out += c;
    return out;
}

using Exacts = PhraseBook::Exacts;

const Exacts::value_type* lookUp(const Exacts& phrases, const std::string& text) {
    const auto at =
        std::lower_bound(phrases.begin(), phrases.end(), text,
                         [](const auto& entry, const std::string& wanted) { return entry.first < wanted; });
    return at != phrases.end() && at->first == text ? &*at : nullptr;
}

/// As written; spelled out ("s t o p"); repeated ("stop stop"); drawn out ("stooop").
const Exacts::value_type* findExact(const Exacts& phrases, Words words) {
    if (words.empty()) return nullptr;
    if (const auto* found = lookUp(phrases, join(words, " "))) return found;
    if (words.size() > 2 &&
        std::all_of(words.begin(), words.end(), [](const auto& word) { return word.size() == 1; }))
        return lookUp(phrases, join(words, ""));
    if (words.size() > 1 &&
        std::all_of(words.begin(), words.end(), [&](const auto& word) { return word == words[0]; }))
        return lookUp(phrases, words[0]);
    if (words.size() == 1 && words[0].size() > 4) return lookUp(phrases, squeezed(words[0]));
    return nullptr;
}

Words heard(Words words) {
    for (auto& word : words) word = earOf(word);
    return words;
}

OptOutVerdict because(const Exacts::value_type& found) {
    return {found.second.verdict, "the word \"" + found.first + "\" (" + found.second.language + ")"};
}

bool hasAny(const Words& words, std::initializer_list<const char*> wanted) {
    return std::any_of(words.begin(), words.end(), [&](const auto& word) {
        return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
    });
}

/// One of `wanted`, and after it nothing but words that add nothing.
bool isOnly(const Words& words, std::initializer_list<const char*> wanted) {
    return !words.empty() && hasAny({words[0]}, wanted) &&
           std::all_of(words.begin() + 1, words.end(), [&](const auto& word) {
               return hasAny({word}, wanted) ||
                      hasAny({word}, {"please", "do", "that", "it", "go", "ahead", "fine", "thats", "correct",
                                      "porfavor", "claro", "gracias", "thanks"});
           });
}

bool isYes(const Words& words) {
    return isOnly(words,
                  {"yes", "y",   "yep", "yeah", "yup",  "sure", "ok", "okay",   "si",         "oui",
                   "ja",  "sim", "हां",  "हाँ",   "haan", "han",  "ha", "please", "absolutely", "definitely"});
}

bool isNo(const Words& words) {
    return isOnly(words, {"no", "n", "nope", "nah", "non", "nein", "nao", "नहीं", "nahi", "nahin", "nhi"});
}

/// What we said without the standing advice to write STOP, which asks nothing: "Reply STOP to opt out", and then "Sure",
/// is a yes to the question before it. "Reply YES to STOP" is a question.
std::string withoutAdvice(std::string_view ours) {
    std::string kept;
    while (!ours.empty()) {
        const auto end = std::min(ours.find_first_of(".!?\n"), ours.size() - 1) + 1;
        const auto sentence = ours.substr(0, end);
        if (sentence.find("STOP") == std::string_view::npos || sentence.find("YES") != std::string_view::npos)
            kept += sentence;
        ours.remove_prefix(end);
    }
    return kept;
}

/// "yes" and "no" mean nothing alone; after "shall I stop?" and "may I keep writing?" they do.
OptOutVerdict answerToUs(const Words& words, std::string_view lastOutbound) {
    const bool yes = isYes(words), no = isNo(words);
    if (lastOutbound.empty() || (!yes && !no)) return {};
    Line written, sounds;
    for (const auto& word : readText(withoutAdvice(lastOutbound)).all()) {
        written.add(PhraseBook::get().vocabulary, word, false);
        sounds.add(PhraseBook::get().vocabulary, word, true);
    }
    bool stopAsked = false, keepAsked = false;
    for (const auto& asked : PhraseBook::get().asked)
        if (asked.phrase.findIn(asked.byEar ? sounds : written).first != std::string::npos)
            (asked.toStop ? stopAsked : keepAsked) = true;
    if (stopAsked && keepAsked)
        return {OptOut::unsure, "an answer to a question about going on and stopping"};
    if (stopAsked && yes) return {OptOut::optout, "yes to our question whether to stop"};
    if (keepAsked && no) return {OptOut::optout, "no to our question whether to go on"};
    return {};
}

/// CANCEL or END is an opt-out by itself, but not surely so when we have just offered it for an appointment.
bool isOfferedByUs(const Words& words, std::string_view lastOutbound) {
    if (words.size() != 1 || !hasAny(words, {"cancel", "end", "cancelar", "out", "remove", "delete"}))
        return false;
    const auto ours = readText(lastOutbound).all();
    return hasAny(ours, {"cancel", "cancelar", "cancela"}) &&
           hasAny(ours, {"appointment", "meeting", "visit", "reschedule", "confirm", "booking", "slot",
                         "call", "cita", "reunion"});
}

OptOutVerdict wholeText(const Words& words, std::string_view lastOutbound) {
    const auto& book = PhraseBook::get();
    const auto* found = findExact(book.exact, words);
    if (found == nullptr) found = findExact(book.exact, withoutPoliteness(words));
    if (found == nullptr) found = lookUp(book.exactHeard, join(heard(withoutPoliteness(words)), " "));
    if (found == nullptr) return {};
    if (found->second.verdict == OptOut::optout && isOfferedByUs(withoutPoliteness(words), lastOutbound))
        return {OptOut::unsure, "\"" + found->first + "\" after we offered to cancel an appointment"};
    return because(*found);
}

OptOutVerdict anyClause(const ReadText& text) {
    OptOutVerdict unsure;
    for (const auto& sentence : text.sentences)
        for (const auto& clause : sentence) {
            const auto own = withoutPoliteness(clause);
            const auto* found = findExact(PhraseBook::get().clause, own);
            if (found == nullptr) found = lookUp(PhraseBook::get().clauseHeard, join(heard(own), " "));
            if (found == nullptr) continue;
            if (found->second.verdict == OptOut::optout) return because(*found);
            unsure = because(*found);
        }
    return unsure;
}

/// Each harmless phrase becomes one word that no phrase holds.
Line withoutHarmless(Line line, const std::vector<Phrase>& harmless) {
    for (const auto& phrase : harmless) {
        auto found = phrase.findIn(line);
        if (found.first == std::string::npos) continue;
        Line left;
        std::size_t at = 0;
        for (; found.first != std::string::npos; found = phrase.findIn(line, at)) {
            while (at < found.first) left.add(std::move(line.tokens[at++]));
            left.add({Token::Kind::taken, {}, {}});
            at = found.second;
        }
        while (at < line.tokens.size()) left.add(std::move(line.tokens[at++]));
        line = std::move(left);
    }
    return line;
}

std::string wordsOf(const Line& line, std::size_t from, std::size_t to) {
    std::string out;
    for (; from < to; ++from) out += (out.empty() ? "" : " ") + line.tokens[from].word;
    return out;
}

/// What is left of a sentence without what is harmless or doubtful in it: with the ends of its clauses, and without.
struct Reading {
    Line clauses, flat;
};

/// A sentence as it is written and as it sounds.
struct Sentence {
    Reading written, sounds;
};

Reading readingOf(const Line& line) {
    Reading reading;
    for (const auto& token : line.tokens) {
        if (token.kind == Token::Kind::clauseEnd) {
            reading.clauses.endClause();
            continue;
        }
        if (token.lists.has(PhraseBook::get().splits)) reading.clauses.endClause();
        reading.clauses.add(token);
        reading.flat.add(token);
    }
    return reading;
}

bool anyIn(const Line& line, const std::vector<Phrase>& phrases) {
    return std::any_of(phrases.begin(), phrases.end(),
                       [&](const Phrase& phrase) { return phrase.findIn(line).first != std::string::npos; });
}

/// What was found beside the meaning.
struct Besides {
    bool doubtful = false;  ///< something that makes the text unsure
    bool engaged = false;   ///< contact in another way or at another time is wished
};

/// "call, text or email", "ich will, dass Sie aufhören": the comma between them ends no clause.
bool goesOn(const Line& before, const Words& clause) {
    const auto& book = PhraseBook::get();
    if (hasAny({clause[0]}, {"dass", "daß"})) return true;
    return clause.size() > 1 && !before.tokens.empty() && before.tokens.back().lists.has(book.ways) &&
           book.vocabulary.listsOf(clause[0]).has(book.ways) &&
           hasAny({clause[1]},
                  {"or", "and", "nor", "o", "ni", "y", "ou", "et", "oder", "und", "e", "nem", "ya", "aur"});
}

Reading certain(const std::vector<Words>& clauses, bool byEar, Besides& besides) {
    const auto& book = PhraseBook::get();
    Line line;
    for (const auto& clause : clauses) {
        if (!goesOn(line, clause)) line.endClause();
        for (const auto& word : clause) line.add(book.vocabulary, word, byEar);
    }
    besides.engaged =
        besides.engaged || anyIn(readingOf(line).clauses, byEar ? book.engagedHeard : book.engaged);
    const auto meant = withoutHarmless(std::move(line), byEar ? book.harmlessHeard : book.harmless);
    const auto before = meant.tokens.size();
    const auto left = withoutHarmless(meant, byEar ? book.doubtfulHeard : book.doubtful);
    besides.doubtful = besides.doubtful || left.tokens.size() != before;
    return readingOf(left);
}

/// All sentences as one, each ending a clause.
Sentence wholeOf(const std::vector<Sentence>& sentences) {
    const auto append = [](Line& whole, const Line& line) {
        whole.endClause();
        for (const auto& token : line.tokens) whole.add(token);
    };
    Sentence whole;
    for (const auto& sentence : sentences) {
        append(whole.written.clauses, sentence.written.clauses);
        append(whole.sounds.clauses, sentence.sounds.clauses);
    }
    return whole;
}

/// Is any of it Hindi, in either script? What is compared by its sound would be heard in other languages too.
bool isHindi(const ReadText& text) {
    const auto& book = PhraseBook::get();
    const auto words = text.all();
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return word.find("\xe0\xa4") != std::string::npos || word.find("\xe0\xa5") != std::string::npos ||
               book.vocabulary.listsOf(word).has(book.hindi);
    });
}

/// A text as phrases are looked for in it.
struct Reader {
    std::vector<Sentence> sentences;
    Sentence whole;
    Besides besides;

    explicit Reader(const ReadText& text) {
        const bool hindi = isHindi(text);
        for (const auto& sentence : text.sentences)
            sentences.push_back(
                {certain(sentence, false, besides), hindi ? certain(sentence, true, besides) : Reading()});
        whole = wholeOf(sentences);
    }

    /// Where it says so, in the person's words; empty when it does not.
    std::string find(const PhraseBook::Meaning& meaning) const {
        if (meaning.within == PhraseBook::Within::text) return findIn(meaning, whole);
        for (const auto& sentence : sentences)
            if (auto words = findIn(meaning, sentence); !words.empty()) return words;
        return {};
    }

private:
    static std::string findIn(const PhraseBook::Meaning& meaning, const Sentence& sentence) {
        const auto& reading = meaning.byEar ? sentence.sounds : sentence.written;
        const auto& line = meaning.within == PhraseBook::Within::sentence ? reading.flat : reading.clauses;
        const auto [from, to] = meaning.phrase.findIn(line);
        return from == std::string::npos ? std::string() : wordsOf(line, from, to);
    }
};

/// An opt-out beside a wish for more is a matter for a person.
OptOutVerdict weighed(OptOutVerdict found, const Besides& besides) {
    if (found.verdict != OptOut::optout || !besides.engaged) return found;
    return {OptOut::unsure, found.why + ", but more is wished"};
}

OptOutVerdict byMeaning(const Reader& text) {
    for (const auto& meaning : PhraseBook::get().meanings) {
        if (text.besides.engaged && (meaning.weak || meaning.verdict == OptOut::unsure)) continue;
        if (const auto words = text.find(meaning); !words.empty())
            return weighed({meaning.verdict, "\"" + words + "\" means: " + meaning.phrase.text() + " (" +
                                                 meaning.language + ")"},
                           text.besides);
    }
    if (text.besides.doubtful) return {OptOut::unsure, "one way of contact is refused and another wished"};
    return {};
}

/// Nothing but signs that say stop, or the one finger among anything.
bool isGesture(std::string_view text) {
    if (text.find("\U0001F595") != std::string_view::npos) return true;
    std::string left(trim(text));
    bool said = false;
    for (const char* sign : {"\U0001F6D1", "\u26D4", "\U0001F6AB"}) {
        said = said || left.find(sign) != std::string::npos;
        left = replaceAll(left, sign, "");
    }
    constexpr std::size_t kLongest = 200;
    if (!said || left.size() > kLongest) return false;
    for (const char* besides : {"\ufe0f", "\u270B", "\U0001F621", "\U0001F620", "\U0001F92C", "!", " "})
        left = replaceAll(left, besides, "");
    return left.empty();
}

}  // namespace

OptOutVerdict checkOptOut(std::string_view text, std::string_view, std::string_view lastOutbound) {
    const auto own = withoutQuotes(toValidUtf8(text));
    if (isGesture(own)) return {OptOut::optout, "a sign"};
    auto read = readText(own);
    respell(read);
    const auto words = read.all();
    if (words.empty()) return {OptOut::none, "no words"};
    if (auto verdict = wholeText(words, lastOutbound); verdict.verdict != OptOut::none) return verdict;
    if (auto verdict = answerToUs(withoutPoliteness(words), lastOutbound); verdict.verdict != OptOut::none)
        return verdict;
    const Reader reader(read);
    const auto clause = weighed(anyClause(read), reader.besides);
    if (clause.verdict == OptOut::optout) return clause;
    const auto meaning = byMeaning(reader);
    if (meaning.verdict != OptOut::none) return meaning;
    if (clause.verdict != OptOut::none) return clause;
    return {OptOut::none, "no opt-out found"};
}

std::string_view nameOf(OptOut verdict) {
    switch (verdict) {
        case OptOut::optout: return "optout";
        case OptOut::help: return "help";
        case OptOut::resubscribe: return "resubscribe";
        case OptOut::unsure: return "unsure";
        default: return "none";
    }
}

}  // namespace overture::compliance
