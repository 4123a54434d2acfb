#include "playbook/knowledge.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"

namespace overture::playbook {
namespace {

constexpr std::size_t kLongestPassage = 900;

const std::set<std::string>& commonWords() {
    static const std::set<std::string> all = {
        "a",      "about", "all",  "also", "am",    "an",    "and",  "any",  "are",   "as",   "at",   "be",
        "been",   "but",   "by",   "can",  "could", "did",   "do",   "does", "for",   "from", "get",  "give",
        "had",    "has",   "have", "he",   "her",   "hi",    "how",  "i",    "if",    "in",   "is",   "it",
        "its",    "just",  "know", "me",   "my",    "no",    "not",  "of",   "ok",    "on",   "or",   "our",
        "please", "she",   "so",   "some", "tell",  "than",  "that", "the",  "their", "them", "then", "there",
        "these",  "they",  "this", "to",   "us",    "was",   "we",   "well", "were",  "what", "when", "where",
        "which",  "who",   "why",  "will", "with",  "would", "yes",  "you",  "your"};
    return all;
}

/// costs, costing → cost; companies → company. Words of other scripts stay as they are.
std::string stem(std::string word) {
    const auto without = [&](std::string_view ending, std::size_t least) {
        if (word.size() < least + ending.size() || !word.ends_with(ending)) return false;
        word.resize(word.size() - ending.size());
        return true;
    };
    if (!isAscii(word)) return word;
    if (without("ies", 2)) return word + "y";
    if (without("ing", 4) || without("ed", 4)) {
        if (word.size() > 3 && word[word.size() - 1] == word[word.size() - 2]) word.pop_back();
    } else if (!word.ends_with("ss")) {
        (void)without("s", 3);
    }
    (void)without("e", 3);
    return word;
}

std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    const auto end = [&] {
        if (word.size() > 1 && !commonWords().contains(word)) words.push_back(stem(word));
        word.clear();
    };
    for (const char c : foldCase(text) + " ") {
        const auto byte = static_cast<unsigned char>(c);
        const bool isLetter = byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (isLetter)
            word += c;
        else if (c != '\'')
            end();
    }
    return words;
}

/// Paragraphs with the headings they stand under.
class Splitter {
public:
    Splitter(const std::string& file, std::vector<Passage>& into) : file_(file), into_(into) {}

    void read(const std::string& text) {
        for (const auto& raw : split(text, '\n')) {
            const auto line = std::string(trim(raw));
            const auto level = line.find_first_not_of('#');
            if (level != 0 && level != std::string::npos && line[level] == ' ')
                heading(level, line.substr(level + 1));
            else if (line.empty())
                end();
            else
                add(line);
        }
        end();
    }

private:
    void heading(std::size_t level, const std::string& title) {
        end();
        headings_.resize(std::min(headings_.size(), level - 1));
        headings_.push_back(title);
    }
    void add(const std::string& line) {
        if (text_.size() + line.size() > kLongestPassage) end();
        text_ += (text_.empty() ? "" : "\n") + line;
    }
    void end() {
        if (text_.empty()) return;
        into_.push_back(
            {file_ + (headings_.empty() ? "" : ": " + join(headings_, ", ")), text_, 0, into_.size()});
        text_.clear();
    }

    const std::string& file_;
    std::vector<Passage>& into_;
    std::vector<std::string> headings_;
    std::string text_;
};

std::map<std::string, double> counted(const Passage& passage) {
    std::map<std::string, double> counts;
    for (const auto& word : wordsOf(passage.text)) counts[word] += 1;
    const auto title = passage.source.find(": ");
    if (title != std::string::npos)
        for (const auto& word : wordsOf(passage.source.substr(title))) counts[word] += 2;
    return counts;
}

/// One by words, one by vectors, by turns; each once.
std::vector<Passage> byTurns(const std::vector<Passage>& byWords, const std::vector<Passage>& all,
                             const std::vector<std::size_t>& nearest) {
    std::vector<Passage> merged;
    std::set<std::size_t> taken;
    for (std::size_t i = 0; i < std::max(byWords.size(), nearest.size()); ++i) {
        if (i < byWords.size() && taken.insert(byWords[i].number).second) merged.push_back(byWords[i]);
        if (i < nearest.size() && nearest[i] < all.size() && taken.insert(nearest[i]).second)
            merged.push_back(all[nearest[i]]);
    }
    return merged;
}

std::string wholeOf(const std::map<std::string, std::string>& knowledge) {
    std::string whole;
    for (const auto& [file, text] : knowledge) whole += "## " + file + "\n" + text + "\n";
    return whole;
}

}  // namespace

std::vector<Passage> passagesOf(const std::map<std::string, std::string>& knowledge) {
    std::vector<Passage> passages;
    for (const auto& [file, text] : knowledge) Splitter(file, passages).read(text);
    return passages;
}

std::vector<Passage> findPassages(const std::map<std::string, std::string>& knowledge,
                                  const std::string& asked, std::size_t most,
                                  const std::vector<std::size_t>& nearest) {
    auto passages = passagesOf(knowledge);
    std::vector<std::map<std::string, double>> words;
    std::map<std::string, int> passagesWith;
    for (const auto& passage : passages) {
        words.push_back(counted(passage));
        for (const auto& [word, count] : words.back()) ++passagesWith[word];
    }
    const auto all = wordsOf(asked);
    const std::set<std::string> wanted(all.begin(), all.end());
    for (std::size_t i = 0; i < passages.size(); ++i)
        for (const auto& word : wanted) {
            const auto found = words[i].find(word);
            if (found == words[i].end()) continue;
            const double rare =
                std::log(1 + static_cast<double>(passages.size()) / static_cast<double>(passagesWith[word]));
            passages[i].score += rare * found->second / (found->second + 1.2);
        }
    const auto every = nearest.empty() ? std::vector<Passage>() : passages;
    std::erase_if(passages, [](const Passage& passage) { return passage.score <= 0; });
    std::stable_sort(passages.begin(), passages.end(),
                     [](const Passage& a, const Passage& b) { return a.score > b.score; });
    if (!nearest.empty()) passages = byTurns(passages, every, nearest);
    if (passages.size() > most) passages.resize(most);
    return passages;
}

bool goesWhole(const std::map<std::string, std::string>& knowledge) {
    return wholeOf(knowledge).size() <= kWholeKnowledge;
}

std::string sourcesFor(const std::map<std::string, std::string>& knowledge, const std::string& asked,
                       const std::vector<std::size_t>& nearest) {
    if (auto whole = wholeOf(knowledge); whole.size() <= kWholeKnowledge) return whole;
    std::string found;
    for (const auto& passage : findPassages(knowledge, asked, kMostPassages, nearest))
        found += "## " + passage.source + "\n" + passage.text + "\n";
    return found;
}

}  // namespace overture::playbook
