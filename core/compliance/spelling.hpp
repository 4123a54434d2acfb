// One spelling for what people spell in many ways.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace overture::compliance {

bool isPartOfWord(std::int32_t letter);
/// Apostrophes, joiners and the like, which words are compared without.
bool isIgnoredInWords(std::int32_t letter);
/// Adds the letter as UTF-8, without its accent when it is a Latin one of the languages we read.
void appendPlain(std::string& word, std::int32_t letter);

/// How a Hindi word sounds, roughly, in either script: "karo", "kro" and "करो" are "kro"; "nahin", "nhi" and "नहीं" are "nhi".
/// Long and short vowels, aspirates, doubled letters and the unsaid "a" are not told apart. Digits and other scripts stay.
std::string earOf(std::string_view word);

/// Is `word` the known word with one slip of the hand: two neighbours swapped, letters doubled or not, and in words of six letters or
/// more one missing; in words of nine or more any one letter wrong or too many? Both lower case; the first letter must agree.
bool isSlipOf(std::string_view word, std::string_view known);

/// Is `word` the known word without its vowels ("stp", "txtng", "nmbr")? Both lower case.
bool isShortFor(std::string_view word, std::string_view known);

/// Digits, signs and Cyrillic or Greek letters that stand for the Latin ones they look like: "st0p", "ѕтор" → "stop".
std::string inPlainLetters(std::string_view word);

/// Short writing in full ("u", "txt", "pls", "q", "x favor"), drawn-out letters ("stooop") and "do not" as "dont".
void writeOut(std::vector<std::string>& words);

}  // namespace overture::compliance
