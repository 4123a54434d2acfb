#include "manners.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "alphabet.hpp"
#include "segments.hpp"

namespace overture::sms {
namespace {

std::u32string_view straightened(char32_t c) {
    switch (c) {
        case U'“':
        case U'”':
        case U'„':
        case U'‟':
        case U'«':
        case U'»':
        case U'″': return U"\"";
        case U'‘':
        case U'’':
        case U'‚':
        case U'‛':
        case U'‹':
        case U'›':
        case U'′':
        case U'`':
        case U'´': return U"'";
        case U'\u2010':
        case U'\u2011':
        case U'\u2012':
        case U'–':
        case U'—':
        case U'―':
        case U'−': return U"-";
        case U'…': return U"...";
        case U'\t':
        case U'\u00A0':
        case U'\u2007':
        case U'\u2009':
        case U'\u200A':
        case U'\u202F': return U" ";
        default: return {};
    }
}

bool isDropped(char32_t c) {
    return c == U'\u200B' || c == U'\uFEFF';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool containsIgnoringCase(std::string_view text, std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool isLetter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

bool saysStop(std::string_view text) {
    constexpr std::string_view kWord = "STOP";
    for (auto at = text.find(kWord); at != std::string_view::npos; at = text.find(kWord, at + 1)) {
        const auto end = at + kWord.size();
        if ((at == 0 || !isLetter(text[at - 1])) && (end == text.size() || !isLetter(text[end]))) return true;
    }
    return false;
}

bool endsSentence(std::string_view text) {
    constexpr std::array<std::string_view, 6> kEnds{".", "!", "?", ")", "…", "।"};
    return std::any_of(kEnds.begin(), kEnds.end(), [&](auto end) { return text.ends_with(end); });
}

/// Letters and digits in capitals, everything else one space: "Opt-out!" becomes "OPT OUT".
std::string keyword(std::string_view text) {
    std::string word;
    for (const char c : text) {
        if (isLetter(c)) {
            word += c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
        } else if (!word.empty() && word.back() != ' ' && c != '\'') {
            word += ' ';
        }
    }
    while (word.ends_with(' ')) word.pop_back();
    return word;
}

}  // namespace

std::string straighten(std::string_view text) {
    std::u32string plain;
    for (const char32_t c : decode(text)) {
        const auto instead = straightened(c);
        if (!instead.empty()) {
            plain += instead;
        } else if (!isDropped(c)) {
            plain += c;
        }
    }
    const bool gsm = std::all_of(plain.begin(), plain.end(), [](char32_t c) { return septetsOf(c) > 0; });
    return gsm ? encode(plain) : std::string(text);
}

std::string_view optOutFooter(std::string_view language, bool latinOnly) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFooters{{
        {"en", "Reply STOP to opt out"},
        {"hi", "बंद करने के लिए STOP लिखें"},
        {"es", "Responda STOP para cancelar"},
        {"fr", "Répondez STOP pour vous désinscrire"},
        {"de", "Antworten Sie mit STOP zum Abmelden"},
        {"pt", "Responda STOP para sair"},
    }};
    const auto primary = language.substr(0, language.find_first_of("-_"));
    const auto is = [&](std::string_view code) {
        return primary.size() == code.size() && containsIgnoringCase(primary, code);
    };
    if (is("hi") && latinOnly) return "Band karne ke liye STOP likhein";
    for (const auto& [code, words] : kFooters)
        if (is(code)) return words;
    return kFooters[0].second;
}

std::string dress(const Draft& draft) {
    std::string text(trimmed(draft.text));
    if (!draft.first) return text;
    const auto sender = trimmed(draft.senderName);
    if (!sender.empty() && !containsIgnoringCase(text, sender)) text = std::string(sender) + ": " + text;
    if (draft.optOut && !saysStop(text)) {
        const bool latin = measure(straighten(text)).encoding == Encoding::gsm7;
        text += endsSentence(text) ? " " : " - ";
        text += optOutFooter(draft.language, latin);
    }
    return text;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::array<std::string_view, 5> kWide{"\u00A0", "\u200B", "\u2009", "\u202F", "\uFEFF"};
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; };
    for (bool changed = true; changed;) {
        const auto before = text.size();
        while (!text.empty() && blank(text.front())) text.remove_prefix(1);
        while (!text.empty() && blank(text.back())) text.remove_suffix(1);
        for (const auto wide : kWide) {
            if (text.starts_with(wide)) text.remove_prefix(wide.size());
            if (text.ends_with(wide)) text.remove_suffix(wide.size());
        }
        changed = text.size() != before;
    }
    return text;
}

std::vector<std::string> signalsOf(std::string_view text) {
    constexpr std::array<std::string_view, 10> kStop{"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL",
                                                     "END",  "QUIT",    "REVOKE",   "OPTOUT",      "OPT OUT"};
    constexpr std::array<std::string_view, 3> kStart{"START", "UNSTOP", "RESUBSCRIBE"};
    constexpr std::array<std::string_view, 2> kHelp{"HELP", "INFO"};
    const auto word = keyword(text.substr(0, 64));
    const auto among = [&](const auto& words) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    if (text.size() > 64) return {};
    if (among(kStop)) return {"stop"};
    if (among(kStart)) return {"start"};
    if (among(kHelp)) return {"help"};
    return {};
}

}  // namespace overture::sms
