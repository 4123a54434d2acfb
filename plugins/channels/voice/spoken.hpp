// Texts as they are said aloud.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "words.hpp"

namespace overture::voice {

/// Sentences, each with its end mark, none longer than 220 bytes where a comma or a blank allows it. Abbreviations, numbers and
/// addresses of the web are no ends.
std::vector<std::string> sentencesOf(std::string_view text);

/// One sentence with what nobody can say put into words: addresses of web and mail, telephone numbers digit by digit, money, percent.
/// Emphasis, list marks and emoji are left out.
std::string saidAloud(std::string_view sentence, const Language& language);

}  // namespace overture::voice
