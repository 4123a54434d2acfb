#include "compliance/vocabulary.hpp"

#include <algorithm>

namespace overture::compliance {

void Lists::add(std::size_t list) {
    if (list / 64 >= bits_.size()) bits_.resize(list / 64 + 1);
    bits_[list / 64] |= std::uint64_t{1} << (list % 64);
}

void Lists::add(const std::vector<std::uint16_t>& lists) {
    for (const auto list : lists) add(list);
}

void Lists::add(const Lists& others) {
    if (others.bits_.size() > bits_.size()) bits_.resize(others.bits_.size());
    for (std::size_t at = 0; at < others.bits_.size(); ++at) bits_[at] |= others.bits_[at];
}

std::size_t Vocabulary::listOf(std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    const auto [entry, isNew] = numbers_.try_emplace(words, numbers_.size());
    if (!isNew) return entry->second;
    const auto number = static_cast<std::uint16_t>(entry->second);
    for (const auto& word : words) {
        if (word.ends_with('*'))
            beginnings_[word.substr(0, word.size() - 1)].push_back(number);
        else if (word.starts_with('*'))
            endings_[word.substr(1)].push_back(number);
        else
            whole_[word].push_back(number);
    }
    return entry->second;
}

Lists Vocabulary::listsOf(std::string_view word) const {
    Lists lists;
    const auto look = [&](const Index& index, std::string_view part) {
        if (const auto found = index.find(std::string(part)); found != index.end()) lists.add(found->second);
    };
    look(whole_, word);
    constexpr std::size_t kLongest = 40;
    const auto most = std::min(word.size(), kLongest);
    for (std::size_t length = 1; length <= most; ++length) {
        look(beginnings_, word.substr(0, length));
        look(endings_, word.substr(word.size() - length));
    }
    return lists;
}

}  // namespace overture::compliance
