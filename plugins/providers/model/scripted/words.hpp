#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

/// Words, phrases and stems of what people write. Pure, any thread.
namespace overture::scripted {

using Json = nlohmann::json;

/// Folded words; punctuation is gone, apostrophes inside words stay, digits of every script are 0-9.
std::vector<std::string> wordsOf(std::string_view text);
/// The same, with one blank around each: " i don't know ".
std::string plain(std::string_view text);
/// Does `phrase` stand in plain() text as whole words, where no "not" stands right before it?
bool says(const std::string& plainText, std::string_view phrase);
bool saysAny(const std::string& plainText, const std::vector<std::string_view>& phrases);
/// "bills" → "bill", "renting" → "rent": enough to tell words apart, not linguistics.
std::string stem(std::string_view word);
/// Stems of the words that carry meaning.
std::vector<std::string> contentStems(std::string_view text);
/// How many of `wanted`'s stems occur in `text`.
std::size_t sharedStems(std::string_view text, const std::vector<std::string>& wanted);
std::string collapse(std::string_view text);
bool hasDevanagari(std::string_view text);

/// Text, list or object of a context; empty when absent or of another type.
std::string textOf(const Json& object, const char* key);
std::vector<std::string> listOf(const Json& object, const char* key);
Json itemsOf(const Json& object, const char* key);
int numberOf(const Json& object, const char* key);

}  // namespace overture::scripted
