// Which of the phrase book's lists of words a word is in, so that phrases compare bits and not words.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace overture::compliance {

/// A set of lists, by their numbers.
class Lists {
public:
    void add(std::size_t list);
    void add(const std::vector<std::uint16_t>& lists);
    void add(const Lists& others);
    bool has(std::size_t list) const {
        return list / 64 < bits_.size() && ((bits_[list / 64] >> (list % 64)) & 1) != 0;
    }

private:
    std::vector<std::uint64_t> bits_;
};

class Vocabulary {
public:
    /// The number of a list of words; equal lists share one. "abc*" is a beginning, "*abc" an ending.
    std::size_t listOf(std::vector<std::string> words);
    /// The lists that hold the word.
    Lists listsOf(std::string_view word) const;
    /// What was read of the book's words and lists so far, so that each is read once.
    std::unordered_map<std::string, std::string> spelled;
    struct Read {
        std::optional<std::size_t> list;
        bool orEnd = false;
    };
    std::unordered_map<std::string, Read> read;
    bool holds(const std::string& word) const { return whole_.contains(word); }

private:
    using Index = std::unordered_map<std::string, std::vector<std::uint16_t>>;
    std::map<std::vector<std::string>, std::size_t> numbers_;
    Index whole_, beginnings_, endings_;
};

}  // namespace overture::compliance
