#include "compliance/spelling.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace overture::compliance {
namespace {

bool isVowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

bool isAsciiWord(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The Latin letters of a Devanagari one; nullptr for others.
const char* latinOf(UChar32 c) {
    static const std::unordered_map<UChar32, const char*> kLetters{
        {U'अ', "a"},  {U'आ', "a"},   {U'इ', "i"},  {U'ई', "i"},  {U'उ', "u"},  {U'ऊ', "u"},  {U'ए', "e"},
        {U'ऐ', "e"},  {U'ओ', "o"},   {U'औ', "o"},  {U'ऑ', "o"},  {U'ऋ', "ri"}, {U'क', "k"},  {U'ख', "k"},
        {U'ग', "g"},  {U'घ', "g"},   {U'ङ', "n"},  {U'च', "ch"}, {U'छ', "ch"}, {U'ज', "j"},  {U'झ', "j"},
        {U'ञ', "n"},  {U'ट', "t"},   {U'ठ', "t"},  {U'ड', "d"},  {U'ढ', "d"},  {U'ण', "n"},  {U'त', "t"},
        {U'थ', "t"},  {U'द', "d"},   {U'ध', "d"},  {U'न', "n"},  {U'प', "p"},  {U'फ', "f"},  {U'ब', "b"},
        {U'भ', "b"},  {U'म', "m"},   {U'य', "y"},  {U'र', "r"},  {U'ल', "l"},  {U'व', "v"},  {U'श', "s"},
        {U'ष', "s"},  {U'स', "s"},   {U'ह', "h"},  {0x93e, "a"}, {0x93f, "i"}, {0x940, "i"}, {0x941, "u"},
        {0x942, "u"}, {0x943, "ri"}, {0x945, "e"}, {0x947, "e"}, {0x948, "e"}, {0x949, "o"}, {0x94b, "o"},
        {0x94c, "o"}, {0x901, "n"},  {0x902, "n"}, {0x903, "h"}, {0x93c, ""},  {0x94d, ""}};
    const auto at = kLetters.find(c);
    return at == kLetters.end() ? nullptr : at->second;
}

/// With the "a" that follows a consonant without another vowel: "पहले" is "pahale", so that p and h are two sounds.
std::string inLatin(std::string_view word) {
    std::string out;
    bool unwritten = false;
    std::int32_t at = 0;
    const auto length = static_cast<std::int32_t>(word.size());
    while (at < length) {
        const auto from = at;
        UChar32 c = 0;
        U8_NEXT(word.data(), at, length, c);
        const bool consonant = c >= 0x915 && c <= 0x939;
        const bool changesVowel = (c >= 0x93c && c <= 0x94d) && c != 0x93d;
        if (unwritten && !changesVowel) out += 'a';
        if (c != 0x93c) unwritten = consonant;
        if (const auto* letters = latinOf(c))
            out += letters;
        else
            out.append(word.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(at - from)));
    }
    return out;
}

std::string withSounds(std::string_view word) {
    static constexpr std::pair<std::string_view, std::string_view> kSounds[] = {
        {"aiye", "e"}, {"aie", "e"}, {"aye", "e"}, {"np", "mp"}, {"nb", "mb"}, {"chh", "ch"},
        {"aa", "a"},   {"ee", "i"},  {"oo", "u"},  {"ei", "e"},  {"ai", "e"},  {"au", "o"},
        {"kh", "k"},   {"gh", "g"},  {"jh", "j"},  {"th", "t"},  {"dh", "d"},  {"bh", "b"},
        {"ph", "f"},   {"sh", "s"},  {"iy", "i"},  {"w", "v"},   {"z", "j"},   {"q", "k"}};
    std::string out;
    while (!word.empty()) {
        const auto* sound = std::find_if(std::begin(kSounds), std::end(kSounds),
                                         [&](const auto& one) { return word.starts_with(one.first); });
        const bool known = sound != std::end(kSounds);
        out += known ? sound->second : word.substr(0, 1);
        word.remove_prefix(known ? sound->first.size() : 1);
    }
    return out;
}

bool isOneSwap(std::string_view word, std::string_view known) {
    const auto at =
        static_cast<std::size_t>(std::mismatch(word.begin(), word.end(), known.begin()).first - word.begin());
    return at + 1 < word.size() && word[at] == known[at + 1] && word[at + 1] == known[at] &&
           word.substr(at + 2) == known.substr(at + 2);
}

bool isOneWrong(std::string_view word, std::string_view known) {
    int wrong = 0;
    for (std::size_t i = 0; i < word.size(); ++i) wrong += word[i] != known[i];
    return wrong == 1;
}

/// Where `longer` has a letter more than `shorter`; npos when they differ in another way.
std::size_t oneMore(std::string_view longer, std::string_view shorter) {
    const auto at = static_cast<std::size_t>(
        std::mismatch(shorter.begin(), shorter.end(), longer.begin()).first - shorter.begin());
    return longer.substr(at + 1) == shorter.substr(at) ? at : std::string_view::npos;
}

/// "soooo" → "so", "stoppp" → "stop": three of one letter are one.
void calm(std::string& word) {
    std::string out;
    for (std::size_t at = 0; at < word.size();) {
        auto end = at;
        while (end < word.size() && word[end] == word[at]) ++end;
        const bool letter = word[at] >= 'a' && word[at] <= 'z';
        out.append(letter && end - at > 2 ? 1 : end - at, word[at]);
        at = end;
    }
    word = std::move(out);
}

const std::unordered_map<std::string, std::string>& shortForms() {
    static const std::unordered_map<std::string, std::string> kForms{
        {"donot", "dont"},
        {"dnt", "dont"},
        {"don", "dont"},
        {"cannot", "cant"},
        {"u", "you"},
        {"ur", "your"},
        {"r", "are"},
        {"nr", "number"},
        {"nmbr", "number"},
        {"im", "im"},
        {"pls", "please"},
        {"plz", "please"},
        {"plss", "please"},
        {"pleas", "please"},
        {"txt", "text"},
        {"txts", "texts"},
        {"txting", "texting"},
        {"txtin", "texting"},
        {"textin", "texting"},
        {"callin", "calling"},
        {"msg", "message"},
        {"msgs", "messages"},
        {"msging", "messaging"},
        {"mssg", "message"},
        {"mssgs", "messages"},
        {"msj", "mensaje"},
        {"msjs", "mensajes"},
        {"msm", "mensaje"},
        {"mgs", "messages"},
        {"q", "que"},
        {"kiero", "quiero"},
        {"kieren", "quieren"},
        {"d", "de"},
        {"xfa", "porfavor"},
        {"porfa", "porfavor"},
        {"porfis", "porfavor"},
        {"tmb", "tambien"},
        {"ppl", "people"},
        {"gotta", "must"},
        {"wanna", "want"},
        {"gimme", "give"},
        {"rn", "now"},
        {"st0p", "stop"},
        {"5top", "stop"},
        {"stpo", "stop"},
        {"sotp", "stop"},
        {"tsop", "stop"},
        {"stahp", "stop"},
        {"stawp", "stop"},
        {"vcs", "voces"},
        {"mnsg", "mensagem"},
    };
    return kForms;
}

void joinPairs(std::vector<std::string>& words) {
    static constexpr const char* kPairs[][3] = {{"do", "not", "dont"},       {"does", "not", "doesnt"},
                                                {"did", "not", "didnt"},     {"can", "not", "cant"},
                                                {"could", "not", "couldnt"}, {"would", "not", "wouldnt"},
                                                {"will", "not", "wont"},     {"no", "longer", "nolonger"},
                                                {"x", "favor", "porfavor"},  {"por", "favor", "porfavor"}};
    for (std::size_t at = 0; at + 1 < words.size(); ++at)
        for (const auto& [first, second, one] : kPairs)
            if (words[at] == first && words[at + 1] == second) {
                words[at] = one;
                words.erase(words.begin() + static_cast<std::ptrdiff_t>(at + 1));
                break;
            }
}

/// "harrasing", "texxting": each letter once, however often it is written.
std::string singled(std::string_view word) {
    std::string out;
    for (const char c : word)
        if (out.empty() || out.back() != c) out += c;
    return out;
}

char32_t plainLatin(char32_t c) {
    static constexpr std::pair<char32_t, std::u32string_view> kLetters[] = {
        {U'a', U"àáâãäå"}, {U'e', U"èéêë"}, {U'i', U"ìíîï"}, {U'o', U"òóôõö"},
        {U'u', U"ùúûü"},   {U'n', U"ñ"},    {U'c', U"ç"},    {U'y', U"ýÿ"}};
    if (c < 0xdf || c > 0xff) return c;
    for (const auto& [plain, accented] : kLetters)
        if (accented.find(c) != std::u32string_view::npos) return plain;
    return c;
}

}  // namespace

bool isPartOfWord(std::int32_t letter) {
    const auto type = u_charType(letter);
    return u_isalnum(letter) || type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
}

bool isIgnoredInWords(std::int32_t letter) {
    return letter == '\'' || letter == 0x2019 || letter == 0x2018 || letter == 0x02bc || letter == '`' ||
           (letter >= 0x200b && letter <= 0x200f) || (letter >= 0x202a && letter <= 0x202e) ||
           (letter >= 0x2060 && letter <= 0x2064) || letter == 0xfeff || letter == 0xad || letter == 0xfe0f ||
           (letter >= 0x300 && letter <= 0x36f);
}

void appendPlain(std::string& word, std::int32_t letter) {
    const auto plain = static_cast<UChar32>(plainLatin(static_cast<char32_t>(letter)));
    char bytes[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, plain);
    word.append(bytes, static_cast<std::size_t>(length));
}

std::string earOf(std::string_view word) {
    const auto heard = withSounds(isAsciiWord(word) ? std::string(word) : inLatin(word));
    std::string out;
    for (std::size_t i = 0; i < heard.size(); ++i) {
        const char c = heard[i];
        const bool unsaid = c == 'a' && i > 0;
        if (!unsaid && (out.empty() || out.back() != c)) out += c;
    }
    const bool nasal = out.size() > 2 && out.back() == 'n' && isVowel(out[out.size() - 2]);
    const bool breath = out.size() > 2 && out.back() == 'h' && isVowel(out[out.size() - 2]);
    if (nasal || breath) out.pop_back();
    return out;
}

bool isSlipOf(std::string_view word, std::string_view known) {
    if (known.size() < 5 || word.empty() || word[0] != known[0]) return false;
    const auto near = word.size() + 2 >= known.size() && word.size() <= known.size() + 2;
    if (near && singled(word) == singled(known)) return true;
    if (word.size() == known.size())
        return isOneSwap(word, known) || (known.size() >= 9 && isOneWrong(word, known));
    if (word.size() + 1 == known.size())
        return known.size() >= 6 && oneMore(known, word) != std::string_view::npos;
    if (word.size() != known.size() + 1) return false;
    const auto at = oneMore(word, known);
    return at != std::string_view::npos && (known.size() >= 9 || (at > 0 && word[at] == word[at - 1]));
}

bool isShortFor(std::string_view word, std::string_view known) {
    if (word.size() < 3 || std::any_of(word.begin(), word.end(), isVowel)) return false;
    std::string kept(known);
    std::erase_if(kept, isVowel);
    const auto once = singled(word);
    return once.size() >= 3 && once == singled(kept);
}

std::string inPlainLetters(std::string_view word) {
    static const std::unordered_map<UChar32, char> kLookalikes{
        {U'0', 'o'}, {U'1', 'i'}, {U'3', 'e'}, {U'4', 'a'}, {U'5', 's'}, {U'7', 't'}, {U'8', 'b'},
        {U'@', 'a'}, {U'$', 's'}, {U'а', 'a'}, {U'в', 'b'}, {U'с', 'c'}, {U'е', 'e'}, {U'н', 'h'},
        {U'і', 'i'}, {U'ј', 'j'}, {U'к', 'k'}, {U'м', 'm'}, {U'о', 'o'}, {U'р', 'p'}, {U'ѕ', 's'},
        {U'т', 't'}, {U'у', 'y'}, {U'х', 'x'}, {U'ԁ', 'd'}, {U'ո', 'n'}, {U'ս', 'u'}, {U'α', 'a'},
        {U'β', 'b'}, {U'ε', 'e'}, {U'ι', 'i'}, {U'κ', 'k'}, {U'ν', 'n'}, {U'ο', 'o'}, {U'ρ', 'p'},
        {U'σ', 's'}, {U'τ', 't'}, {U'υ', 'u'}, {U'χ', 'x'}, {U'ı', 'i'}, {U'ß', 's'}, {U'ɑ', 'a'},
        {U'ɡ', 'g'}};
    std::string out;
    bool letters = false;
    std::int32_t at = 0;
    const auto length = static_cast<std::int32_t>(word.size());
    while (at < length) {
        UChar32 c = 0;
        U8_NEXT(word.data(), at, length, c);
        const auto plain = kLookalikes.find(c);
        letters = letters || u_isalpha(c);
        if (plain != kLookalikes.end())
            out += plain->second;
        else
            appendPlain(out, c);
    }
    return letters ? out : std::string(word);
}

void writeOut(std::vector<std::string>& words) {
    const auto isLetter = [](const auto& word) { return word.size() == 1; };
    if (words.size() > 2 && std::all_of(words.begin(), words.end(), isLetter)) return;
    for (auto& word : words) {
        calm(word);
        if (const auto full = shortForms().find(word); full != shortForms().end()) word = full->second;
    }
    joinPairs(words);
}

}  // namespace overture::compliance
