#include "format.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "overture/plugin.hpp"

namespace overture::whatsapp {
namespace {

bool isWord(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

constexpr std::string_view kEscapable = "\\`*_{}[]()#+-.!~>|";
constexpr int kDeepest = 8;

struct Mark {
    std::string_view markdown, own;
};
constexpr std::array<Mark, 5> kMarks{{{"**", "*"}, {"__", "*"}, {"~~", "~"}, {"*", "_"}, {"_", "_"}}};

std::string inlines(std::string_view text, int depth);

/// What a mark at `at` encloses, and where it ends; nothing when it marks nothing.
std::size_t closing(std::string_view text, std::size_t at, std::string_view mark) {
    const auto from = at + mark.size();
    const bool opens = from < text.size() && !isBlank(text[from]) && text[from] != mark[0] &&
                       (mark[0] != '_' || at == 0 || !isWord(text[at - 1]));
    if (!opens) return std::string_view::npos;
    for (auto end = text.find(mark, from + 1); end != std::string_view::npos;
         end = text.find(mark, end + 1)) {
        const auto after = end + mark.size();
        if (isBlank(text[end - 1]) || text[end - 1] == '\\') continue;
        if (mark.size() == 1 && (text[end - 1] == mark[0] || (after < text.size() && text[after] == mark[0])))
            continue;
        if (mark[0] == '_' && after < text.size() && isWord(text[after])) continue;
        return end;
    }
    return std::string_view::npos;
}

/// "[words](address)" at `at`: what it becomes, and how long it was; 0: it is none.
std::pair<std::string, std::size_t> link(std::string_view text, std::size_t at, int depth) {
    const bool picture = text[at] == '!';
    const auto open = at + (picture ? 1 : 0);
    const auto middle = text.find("](", open);
    const auto end = middle == std::string_view::npos ? middle : text.find(')', middle);
    if (end == std::string_view::npos ||
        text.substr(open + 1, middle - open - 1).find('[') != std::string_view::npos)
        return {"", 0};
    auto address = text.substr(middle + 2, end - middle - 2);
    address = address.substr(0, address.find(' '));
    const auto words = text.substr(open + 1, middle - open - 1);
    const std::size_t length = end + 1 - at;
    if (address.empty()) return {"", 0};
    if (picture || words.empty() || words == address) return {std::string(address), length};
    return {inlines(words, depth + 1) + " (" + std::string(address) + ")", length};
}

std::string inlines(std::string_view text, int depth) {
    if (depth > kDeepest) return std::string(text);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto rest = text.substr(at);
        if (text[at] == '\\' && at + 1 < text.size() &&
            kEscapable.find(text[at + 1]) != std::string_view::npos) {
            out += text[at + 1];
            at += 2;
            continue;
        }
        if (text[at] == '`') {
            const auto end = text.find('`', at + 1);
            const auto length = end == std::string_view::npos ? 1 : end + 1 - at;
            out += text.substr(at, length);
            at += length;
            continue;
        }
        if (rest.starts_with("http://") || rest.starts_with("https://")) {
            const auto length = std::min(rest.find_first_of(" \t\r\n)>"), rest.size());
            out += rest.substr(0, length);
            at += length;
            continue;
        }
        if (text[at] == '[' || rest.starts_with("![")) {
            const auto [words, length] = link(text, at, depth);
            if (length > 0) {
                out += words;
                at += length;
                continue;
            }
        }
        bool marked = false;
        for (const auto& mark : kMarks) {
            if (!rest.starts_with(mark.markdown)) continue;
            const auto end = closing(text, at, mark.markdown);
            if (end == std::string_view::npos) continue;
            const auto from = at + mark.markdown.size();
            out += std::string(mark.own) + inlines(text.substr(from, end - from), depth + 1) +
                   std::string(mark.own);
            at = end + mark.markdown.size();
            marked = true;
            break;
        }
        if (!marked) out += text[at++];
    }
    return out;
}

std::string oneLine(std::string_view line) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string_view::npos) return std::string(line);
    const auto body = line.substr(start);
    const auto hashes = body.find_first_not_of('#');
    if (hashes != std::string_view::npos && hashes > 0 && hashes <= 6 && body[hashes] == ' ') {
        auto words = inlines(trimmed(body.substr(hashes)), 0);
        std::erase(words, '*');
        return "*" + words + "*";
    }
    const bool item = (body[0] == '*' || body[0] == '+') && body.size() > 1 && body[1] == ' ';
    if (item) return std::string(line.substr(0, start)) + "-" + inlines(body.substr(1), 0);
    return std::string(line.substr(0, start)) + inlines(body, 0);
}

}  // namespace

std::string formatted(std::string_view markdown) {
    std::string out;
    bool code = false;
    for (std::size_t at = 0; at <= markdown.size();) {
        const auto end = std::min(markdown.find('\n', at), markdown.size());
        auto line = markdown.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (at > 0) out += '\n';
        if (trimmed(line).starts_with("```")) {
            code = !code;
            out += "```";
        } else {
            out += code ? std::string(line) : oneLine(line);
        }
        at = end + 1;
    }
    return out;
}

std::size_t charactersOf(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool isUtf8(std::string_view text) {
    try {
        (void)sdk::Json(text).dump();
        return text.find('\0') == std::string_view::npos;
    } catch (const sdk::Json::exception&) {
        return false;
    }
}

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string onOneLine(std::string_view text) {
    std::string out;
    for (const char c : trimmed(text)) {
        const bool blank = static_cast<unsigned char>(c) <= ' ';
        if (!blank)
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
    }
    return out;
}

}  // namespace overture::whatsapp
