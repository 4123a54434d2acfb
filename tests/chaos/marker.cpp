#include "chaos/marker.hpp"

#include <cctype>

namespace overture::chaos {
namespace {

constexpr std::size_t kLetters = 7;

bool isLetter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

bool isMarker(std::string_view word, char kind) {
    return word.size() == kLetters + 1 && word[0] == kind &&
           word.substr(1).find_first_not_of("abcdefghijklmnop") == std::string_view::npos;
}

}  // namespace

std::string markerOf(char kind, std::uint64_t number) {
    std::string marker(kLetters + 1, kind);
    for (std::size_t i = kLetters; i > 0; --i, number /= 16) marker[i] = static_cast<char>('a' + number % 16);
    return marker;
}

std::vector<std::string> markersIn(std::string_view text, char kind) {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && isLetter(text[end])) ++end;
        if (isMarker(text.substr(i, end - i), kind)) found.emplace_back(text.substr(i, end - i));
        i = end + 1;
    }
    return found;
}

}  // namespace overture::chaos
