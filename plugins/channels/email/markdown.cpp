#include "markdown.hpp"

#include <md4c-html.h>

#include <algorithm>
#include <array>

#include "words.hpp"

namespace overture::email {
namespace {

/// Two blanks at a line's end are Markdown's own line break.
std::string withLineBreaks(std::string_view markdown) {
    std::string text;
    for (const auto line : linesOf(markdown)) {
        text += line;
        text += trimmed(line).empty() ? "\n" : "  \n";
    }
    return text;
}

void checkLinks(std::string_view html) {
    constexpr std::string_view kMark = "<a href=\"";
    constexpr std::array<std::string_view, 4> kSchemes{"http://", "https://", "mailto:", "tel:"};
    for (auto at = html.find(kMark); at != std::string_view::npos; at = html.find(kMark, at + 1)) {
        const auto link = html.substr(at + kMark.size());
        const bool fine = std::any_of(kSchemes.begin(), kSchemes.end(),
                                      [&](auto scheme) { return startsIgnoringCase(link, scheme); });
        if (!fine)
            throw sdk::Refused(sdk::Outcome::invalid,
                               "the text has a link that is not http, https, mailto or tel");
    }
    if (html.find("<img ") != std::string_view::npos)
        throw sdk::Refused(sdk::Outcome::invalid,
                           "the text has a picture without an address of http or https");
}

}  // namespace

std::string htmlOf(std::string_view markdown) {
    const auto text = withLineBreaks(markdown);
    std::string html;
    const auto put = [](const MD_CHAR* piece, MD_SIZE size, void* into) {
        static_cast<std::string*>(into)->append(piece, size);
    };
    constexpr unsigned kFlags = MD_FLAG_NOHTML | MD_FLAG_PERMISSIVEAUTOLINKS | MD_FLAG_STRIKETHROUGH;
    if (md_html(text.data(), static_cast<MD_SIZE>(text.size()), put, &html, kFlags,
                MD_HTML_FLAG_SKIP_UTF8_BOM) != 0)
        throw sdk::Refused(sdk::Outcome::invalid, "the text could not be read as Markdown");
    checkLinks(html);
    return html;
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += c;
        }
    return safe;
}

}  // namespace overture::email
