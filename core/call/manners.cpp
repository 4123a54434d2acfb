#include "call/manners.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace overture::call {
namespace {

constexpr std::size_t kMostWords = 4;

std::vector<std::string> listIn(const Json& document, const char* name) {
    std::vector<std::string> all;
    if (const auto found = document.find(name); found != document.end() && found->is_array())
        for (const auto& one : *found)
            if (one.is_string()) all.push_back(one.get<std::string>());
    return all;
}

std::set<std::string> setIn(const Json& document, const char* name) {
    std::set<std::string> all;
    for (const auto& one : listIn(document, name)) all.insert(normalized(one));
    return all;
}

std::vector<std::string> phrasesIn(const Json& document, const char* name) {
    auto all = listIn(document, name);
    for (auto& one : all) one = normalized(one);
    return all;
}

/// Not a byte of a word: blanks and ASCII punctuation but the apostrophe. Other scripts' letters have the high bit.
bool separates(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && std::isalnum(byte) == 0 && c != '\'';
}

}  // namespace

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    auto folded = replaceAll(foldCase(text), "\xe2\x80\x99", "'");     // ’
    for (const char* mark : {"\xe0\xa5\xa4", "\xc2\xbf", "\xc2\xa1"})  // danda, ¿, ¡
        folded = replaceAll(std::move(folded), mark, " ");
    for (const char c : folded) {
        if (!separates(c)) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    if (!word.empty()) words.push_back(word);
    return words;
}

std::string normalized(std::string_view text) {
    return join(wordsOf(text), " ");
}

Manners Manners::fromJson(const Json& document) {
    Manners manners;
    manners.backchannels = setIn(document, "backchannels");
    manners.greetings = setIn(document, "greetings");
    manners.fillers = listIn(document, "fillers");
    manners.clarify = listIn(document, "clarify");
    manners.areYouThere = listIn(document, "are_you_there");
    manners.goodbye = textOf(document, "goodbye");
    manners.machine = phrasesIn(document, "machine");
    manners.screening = phrasesIn(document, "screening");
    manners.menu = phrasesIn(document, "menu");
    return manners;
}

bool Manners::only(const std::set<std::string>& set, std::string_view text) {
    const auto words = wordsOf(text);
    if (words.empty() || words.size() > kMostWords) return false;
    if (set.contains(join(words, " "))) return true;
    // "yeah, okay", "uh huh yeah": each word, or two together, is one of them.
    for (std::size_t i = 0; i < words.size();) {
        if (i + 1 < words.size() && set.contains(words[i] + " " + words[i + 1]))
            i += 2;
        else if (set.contains(words[i]))
            ++i;
        else
            return false;
    }
    return true;
}

std::string heardPart(const std::string& text, milliseconds heard, milliseconds whole) {
    if (whole.count() <= 0 || heard.count() <= 0) return {};
    if (heard >= whole) return text;
    const auto reached = static_cast<double>(text.size()) * static_cast<double>(heard.count()) /
                         static_cast<double>(whole.count());
    std::size_t end = 0;
    for (std::size_t i = 0; i <= text.size(); ++i)
        if ((i == text.size() || text[i] == ' ') && static_cast<double>(i) <= reached) end = i;
    return std::string(trim(std::string_view(text).substr(0, end)));
}

}  // namespace overture::call
