// What an agent may quote from: passages of a playbook's Markdown files that have to do with what the lead asks. Pure; the same files
// and the same question give the same passages, in the engine, in a replay and in a spec.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace overture::playbook {

struct Passage {
    std::string source;      ///< "texts/faq.md: Prices": the file, and the headings it stands under
    std::string text;        ///< a paragraph or a list, without its headings
    double score = 0;        ///< how well its words fit; only to be compared within one search
    std::size_t number = 0;  ///< among passagesOf()
};

/// All of them, in the files' order.
std::vector<Passage> passagesOf(const std::map<std::string, std::string>& knowledge);

/// The passages with words of `asked`, the best first, at most `most`. Rare words count more than common ones, those of a heading
/// twice; endings of English words and letters' case do not count. Equal ones in the files' order.
/// `nearest`: numbers of passages that were found by vectors, nearest first. Then the best by words comes first, after it the nearest,
/// then the second by words, the second nearest, and so on, each passage once.
std::vector<Passage> findPassages(const std::map<std::string, std::string>& knowledge,
                                  const std::string& asked, std::size_t most,
                                  const std::vector<std::size_t>& nearest = {});

/// What a prompt gets: everything while that is short (kWholeKnowledge), otherwise the best passages, each under its source. Empty when
/// nothing fits.
std::string sourcesFor(const std::map<std::string, std::string>& knowledge, const std::string& asked,
                       const std::vector<std::size_t>& nearest = {});
/// There is no more of it than goes whole into a prompt.
bool goesWhole(const std::map<std::string, std::string>& knowledge);

constexpr std::size_t kWholeKnowledge = 3000;
constexpr std::size_t kMostPassages = 4;

}  // namespace overture::playbook
