#include "spoken.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace overture::voice {
namespace {

constexpr std::size_t kLongest = 220;  // bytes of one sentence: what is cut off is at most that much

bool isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isAlpha(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
    return std::string(text);
}

bool isAbbreviation(std::string_view before) {
    constexpr std::array<std::string_view, 16> kAll{"mr",  "mrs", "ms",     "dr",  "st",  "e.g", "i.e", "a.m",
                                                    "p.m", "no",  "approx", "inc", "ltd", "vs",  "etc", "sr"};
    const auto start = before.find_last_of(" \n\t(");
    std::string word(start == std::string_view::npos ? before : before.substr(start + 1));
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool initial = word.size() == 1 && isAlpha(word[0]) && word != "i";
    return initial || std::find(kAll.begin(), kAll.end(), word) != kAll.end();
}

/// How many bytes the end mark at this place has; 0: it is none.
std::size_t endAt(std::string_view text, std::size_t i) {
    constexpr std::string_view kDanda = "\xe0\xa5\xa4", kDots = "\xe2\x80\xa6";
    if (text.substr(i).starts_with(kDanda)) return kDanda.size();
    if (text.substr(i).starts_with(kDots)) return kDots.size();
    if (text[i] == '\n') return 1;
    if (text[i] != '.' && text[i] != '!' && text[i] != '?') return 0;
    std::size_t end = i + 1;
    while (end < text.size() && (text[end] == '.' || text[end] == '!' || text[end] == '?' ||
                                 text[end] == '"' || text[end] == ')' || text[end] == '\''))
        ++end;
    if (end < text.size() && !isSpace(text[end])) return 0;
    if (text[i] == '.' && end == i + 1 && isAbbreviation(text.substr(0, i))) return 0;
    return end - i;
}

void addShort(std::vector<std::string>& all, std::string sentence) {
    while (sentence.size() > kLongest) {
        auto cut = sentence.rfind(", ", kLongest);
        if (cut == std::string::npos || cut < kLongest / 3) cut = sentence.rfind(' ', kLongest);
        if (cut == std::string::npos || cut == 0) break;
        all.push_back(trimmed(std::string_view(sentence).substr(0, cut + 1)));
        sentence = trimmed(std::string_view(sentence).substr(cut + 1));
    }
    if (!sentence.empty()) all.push_back(std::move(sentence));
}

/// Emoji and arrows: nobody says them.
bool isPicture(std::string_view text, std::size_t i, std::size_t& length) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0xF0) {
        length = std::min<std::size_t>(4, text.size() - i);
        return true;
    }
    length = 3;
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte == 0xE2 && next >= 0x98 && next <= 0x9E) return true;      // U+2600–27BF
    return byte == 0xEF && text.substr(i).starts_with("\xef\xb8\x8f");  // variation selector
}

std::string cleaned(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = 1;
        if (isPicture(text, i, length)) {
            i += length;
            continue;
        }
        if (text[i] != '*' && text[i] != '`' && text[i] != '#') out += text[i];
        ++i;
    }
    auto plain = trimmed(out);
    while (plain.starts_with("- ") || plain.starts_with("• "))
        plain = trimmed(std::string_view(plain).substr(plain[0] == '-' ? 2 : 4));
    return plain;
}

std::string addressAloud(std::string_view address, const Language& language) {
    for (const std::string_view scheme : {"https://", "http://", "www."})
        if (address.starts_with(scheme)) address.remove_prefix(scheme.size());
    while (address.ends_with('/')) address.remove_suffix(1);
    std::string out;
    for (const char c : address.substr(0, address.find('?'))) switch (c) {
            case '.': out += " " + language.dot + " "; break;
            case '@': out += " " + language.at + " "; break;
            case '/': out += " " + language.slash + " "; break;
            case '-': out += " " + language.dash + " "; break;
            case '_': out += " " + language.underscore + " "; break;
            default: out += c;
        }
    return out;
}

/// "+1 202-555-0100" digit by digit, with a pause where it is grouped; "" when it is no telephone number.
std::string numberAloud(std::string_view text) {
    std::string out;
    int digits = 0;
    for (const char c : text) {
        if (isDigit(c)) {
            if (!out.empty() && out.back() != ' ') out += ' ';
            out += c;
            ++digits;
        } else if ((c == '-' || c == '.' || c == ')') && digits > 0 && !out.ends_with(", ")) {
            out += ", ";
        } else if (c != '+' && c != '(' && c != '-' && c != '.' && c != ')') {
            return {};
        }
    }
    return digits >= 7 ? out : std::string();
}

std::string moneyAloud(std::string_view word, const Language& language) {
    const std::array<std::pair<std::string_view, const std::string*>, 4> kSigns{
        {{"$", &language.dollars}, {"₹", &language.rupees}, {"€", &language.euros}, {"£", &language.pounds}}};
    for (const auto& [sign, name] : kSigns) {
        if (!word.starts_with(sign) || word.size() == sign.size() || !isDigit(word[sign.size()])) continue;
        auto amount = std::string(word.substr(sign.size()));
        if (amount.ends_with(".00")) amount.resize(amount.size() - 3);
        return amount + " " + *name;
    }
    if (word.size() > 1 && word.ends_with('%') && isDigit(word[0]))
        return std::string(word.substr(0, word.size() - 1)) + " " + language.percent;
    return {};
}

bool isAddress(std::string_view word) {
    if (word.starts_with("http://") || word.starts_with("https://") || word.starts_with("www.")) return true;
    const auto at = word.find('@');
    return at != std::string_view::npos && at > 0 && word.find('.', at) != std::string_view::npos;
}

std::string wordAloud(std::string_view word, const Language& language) {
    std::string tail;
    while (!word.empty() && std::string_view(".,;:!?").find(word.back()) != std::string_view::npos) {
        tail.insert(tail.begin(), word.back());
        word.remove_suffix(1);
    }
    std::string said;
    if (isAddress(word)) said = addressAloud(word, language);
    if (said.empty()) said = numberAloud(word);
    if (said.empty()) said = moneyAloud(word, language);
    return (said.empty() ? std::string(word) : said) + tail;
}

}  // namespace

std::vector<std::string> sentencesOf(std::string_view text) {
    std::vector<std::string> all;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto end = endAt(text, i);
        if (end == 0) continue;
        addShort(all, trimmed(text.substr(begin, i + end - begin)));
        begin = i + end;
        i = begin - 1;
    }
    addShort(all, trimmed(text.substr(begin)));
    return all;
}

std::string saidAloud(std::string_view sentence, const Language& language) {
    const auto plain = cleaned(sentence);
    std::string out;
    for (std::size_t i = 0; i < plain.size();) {
        while (i < plain.size() && isSpace(plain[i])) ++i;
        const auto begin = i;
        while (i < plain.size() && !isSpace(plain[i])) ++i;
        if (begin == i) break;
        out +=
            (out.empty() ? "" : " ") + wordAloud(std::string_view(plain).substr(begin, i - begin), language);
    }
    return out;
}

}  // namespace overture::voice
