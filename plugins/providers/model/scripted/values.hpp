#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "words.hpp"

/// Facts in a lead's words.
namespace overture::scripted {

struct Figure {
    double value = 0;
    bool money = false;  ///< with a currency sign or word
    bool clock = false;  ///< part of a time of day
};

/// Numbers in order: "about $140", "2k", "1,50,000", "3 lakh"; "120-150" and "between 120 and 150" give the middle. Words
/// ("one forty", "two hundred") when there are no digits.
std::vector<Figure> figuresIn(std::string_view text);

/// What the text says of a fact {name, type, choices}. `asked`: our last message asked for it, so that a bare "yes" or "140"
/// is its answer; otherwise only what can hardly mean anything else is taken.
std::optional<Json> valueOf(const Json& fact, std::string_view text, bool asked);

}  // namespace overture::scripted
