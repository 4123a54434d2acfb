#include "words.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace overture::scripted {
namespace {

icu::UnicodeString folded(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
    const auto source =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
    if (U_FAILURE(status)) return source;
    auto out = normalizer->normalize(source, status);
    return U_SUCCESS(status) ? out : source;
}

bool isWordPart(UChar32 c) {
    return u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_COMBINING_SPACING_MARK ||
           c == 0x200d;
}

UChar32 western(UChar32 c) {
    return u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? static_cast<UChar32>(u'0' + u_charDigitValue(c)) : c;
}

bool isFiller(const std::string& word) {
    static const std::set<std::string> kFillers{
        "a",    "an",    "the",  "is",    "are",    "was",   "be",   "it",    "its",    "that",
        "this", "they",  "them", "their", "he",     "she",   "to",   "of",    "for",    "in",
        "on",   "at",    "with", "and",   "or",     "has",   "have", "had",   "do",     "does",
        "says", "say",   "asks", "ask",   "wants",  "want",  "who",  "what",  "when",   "how",
        "than", "there", "too",  "so",    "as",     "by",    "from", "lead",  "person", "because",
        "not",  "no",    "some", "any",   "thinks", "finds", "will", "would", "about",  "instead",
        "i",    "we",    "you",  "my",    "our",    "your",  "me",   "us"};
    return kFillers.count(word) > 0;
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::vector<std::string> asciiWordsOf(std::string_view text) {
    std::vector<std::string> out;
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : ' ';
        const bool apostrophe = c == '\'' && !word.empty() && i + 1 < text.size() && isLetter(text[i + 1]);
        if (isLetter(c))
            word += static_cast<char>(c | 0x20);
        else if (apostrophe || (c >= '0' && c <= '9'))
            word += c;
        else if (!word.empty())
            out.push_back(std::exchange(word, {}));
    }
    return out;
}

}  // namespace

std::vector<std::string> wordsOf(std::string_view text) {
    if (isAscii(text)) return asciiWordsOf(text);
    const auto all = folded(text);
    std::vector<std::string> out;
    icu::UnicodeString word;
    const auto flush = [&] {
        if (word.isEmpty()) return;
        std::string utf8;
        word.toUTF8String(utf8);
        out.push_back(std::move(utf8));
        word.remove();
    };
    for (int i = 0; i < all.length(); i = all.moveIndex32(i, 1)) {
        const UChar32 c = all.char32At(i);
        const bool apostrophe = (c == '\'' || c == 0x2019) && !word.isEmpty() && i + 1 < all.length() &&
                                u_isalpha(all.char32At(i + 1));
        if (apostrophe)
            word.append(u'\'');
        else if (isWordPart(c))
            word.append(western(c));
        else
            flush();
    }
    flush();
    return out;
}

std::string plain(std::string_view text) {
    std::string out = " ";
    for (const auto& word : wordsOf(text)) out += word + " ";
    return out;
}

namespace {

struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// The same few hundred phrases are looked for in every message.
const std::string& plainPhrase(std::string_view phrase) {
    constexpr std::size_t kMost = 4096;
    thread_local std::unordered_map<std::string, std::string, HashOfText, std::equal_to<>> known;
    if (const auto found = known.find(phrase); found != known.end()) return found->second;
    if (known.size() == kMost) known.clear();
    return known.emplace(phrase, plain(phrase)).first->second;
}

}  // namespace

bool says(const std::string& plainText, std::string_view phrase) {
    const auto& wanted = plainPhrase(phrase);
    if (wanted.size() < 3) return false;
    for (auto at = plainText.find(wanted); at != std::string::npos; at = plainText.find(wanted, at + 1)) {
        const std::string_view before(plainText.data(), at + 1);
        if (!before.ends_with(" not ") && !before.ends_with(" never ") && !before.ends_with(" don't ") &&
            !before.ends_with(" dont "))
            return true;
    }
    return false;
}

bool saysAny(const std::string& plainText, const std::vector<std::string_view>& phrases) {
    return std::any_of(phrases.begin(), phrases.end(), [&](auto phrase) { return says(plainText, phrase); });
}

std::string stem(std::string_view word) {
    std::string out(word);
    const auto cut = [&](std::string_view ending, std::size_t least, std::string_view with = {}) {
        if (out.size() < ending.size() + least || !out.ends_with(ending)) return false;
        out.replace(out.size() - ending.size(), ending.size(), with);
        return true;
    };
    cut("'s", 2);
    if (cut("ies", 2, "y") || cut("ments", 3) || cut("ment", 4) || cut("ings", 3) || cut("ing", 3) ||
        cut("ed", 3) || cut("sses", 2, "ss"))
        return out;
    if (!out.ends_with("ss") && !out.ends_with("us")) cut("s", 3);
    return out;
}

std::vector<std::string> contentStems(std::string_view text) {
    std::vector<std::string> out;
    for (const auto& word : wordsOf(text))
        if (!isFiller(word)) out.push_back(stem(word));
    return out;
}

std::size_t sharedStems(std::string_view text, const std::vector<std::string>& wanted) {
    std::set<std::string> said;
    for (const auto& word : wordsOf(text)) said.insert(stem(word));
    return static_cast<std::size_t>(std::count_if(
        wanted.begin(), wanted.end(), [&](const std::string& one) { return said.count(one) > 0; }));
}

std::string collapse(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

bool hasDevanagari(std::string_view text) {
    const auto all =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
    for (int i = 0; i < all.length(); ++i)
        if (all[i] >= 0x0900 && all[i] <= 0x097f) return true;
    return false;
}

std::string textOf(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>()
                                                                             : std::string();
}

std::vector<std::string> listOf(const Json& object, const char* key) {
    std::vector<std::string> out;
    for (const auto& item : itemsOf(object, key))
        if (item.is_string()) out.push_back(item.get<std::string>());
    return out;
}

Json itemsOf(const Json& object, const char* key) {
    if (!object.is_object() || !object.contains(key) || !object[key].is_array()) return Json::array();
    return object[key];
}

int numberOf(const Json& object, const char* key) {
    if (!object.is_object() || !object.contains(key) || !object[key].is_number_integer()) return 0;
    return object[key].get<int>();
}

}  // namespace overture::scripted
