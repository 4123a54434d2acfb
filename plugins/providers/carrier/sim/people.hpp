// Who sits behind the numbers, and what they say.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "overture/plugin.hpp"

namespace overture::sim {

/// What a person says to a message in which one of `hear` occurs (ASCII letters in any case).
struct Line {
    std::vector<std::string> hear, say;  ///< one of `say`, by the seed; an empty list: nothing
    double weight =
        1;  ///< how often it comes to mind when heard (1 and above: always); otherwise the next is tried
    bool lastWord = false;  ///< "then" is "silent", "stop" or "booked": no answer ever after
};

struct Person {
    std::string name;
    double weight = 1;                                       ///< share among those whose numbers fit
    std::string numbers;                                     ///< only numbers that start with it
    std::int64_t replyAfterLow = 60, replyAfterHigh = 3600;  ///< seconds
    double silent = 0;                                       ///< chance that a message stays unanswered
    std::vector<Line> answers;
    std::vector<std::string> otherwise;  ///< to a message that no line hears; empty: nothing
    std::uint64_t givesUpAfter =
        std::numeric_limits<std::uint64_t>::max();  ///< messages got; later ones stay unanswered
};

/// Throws sdk::Refused naming the person and the field that is wrong.
std::vector<Person> readPeople(const sdk::Json& people);

/// The person behind a number: always the same for one seed. nullptr when nobody's numbers fit.
const Person* personOf(const std::vector<Person>& people, std::string_view number, std::uint64_t seed);

struct Reaction {
    std::int64_t afterSeconds = 0;
    std::string text;  ///< empty: heard, and nothing said
    bool lastWord = false;
};
/// What the person does about the `count`-th message they got (from 1). Depends on nothing but its arguments.
std::optional<Reaction> react(const Person& person, std::string_view number, std::string_view text,
                              std::uint64_t count, std::uint64_t seed);

}  // namespace overture::sim
