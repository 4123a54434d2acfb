#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace overture::call {

/// What is said and meant in a call of one language, as the channel's plugin knows it (channel.call/1 `manners`).
struct Manners {
    std::set<std::string> backchannels;  ///< folded words that only say "I am listening"
    std::set<std::string> greetings;     ///< and those that somebody answers the phone with
    std::vector<std::string> fillers, clarify, areYouThere;
    std::string goodbye;
    std::vector<std::string> machine, screening, menu;  ///< folded phrases that tell who answered

    static Manners fromJson(const Json& document);
    /// Whether these are words of `set` and nothing else, at most four of them.
    static bool only(const std::set<std::string>& set, std::string_view text);
};

/// Words as they are compared: folded, without punctuation.
std::vector<std::string> wordsOf(std::string_view text);
std::string normalized(std::string_view text);

/// What was heard of a sentence, in whole words, when so much of its sound was played.
std::string heardPart(const std::string& text, milliseconds heard, milliseconds whole);

}  // namespace overture::call
