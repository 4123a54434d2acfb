#include "html_text.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <memory>

#include "words.hpp"

namespace overture::email {
namespace {

struct FreePage {
    void operator()(xmlDoc* page) const { xmlFreeDoc(page); }
};

std::string_view nameOf(const xmlNode* node) {
    return node->name == nullptr ? "" : reinterpret_cast<const char*>(node->name);
}

bool isAmong(std::string_view name, const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string attribute(const xmlNode* node, const char* name) {
    xmlChar* value =
        xmlGetProp(const_cast<xmlNode*>(node), reinterpret_cast<const xmlChar*>(name));  // it changes nothing
    if (value == nullptr) return {};
    std::string text(reinterpret_cast<const char*>(value));
    xmlFree(value);
    return text;
}

/// Gmail, Apple Mail and Thunderbird mark what they quote; Outlook marks where the quote begins.
bool isQuoted(const xmlNode* node) {
    if (nameOf(node) == "blockquote") return true;
    const auto kind = attribute(node, "class"), id = attribute(node, "id");
    return kind.find("gmail_quote") != std::string::npos ||
           kind.find("moz-cite-prefix") != std::string::npos ||
           kind.find("yahoo_quoted") != std::string::npos || id.ends_with("divRplyFwdMsg") ||
           id.ends_with("appendonsend");
}

bool endsHere(const xmlNode* node) {
    const auto id = attribute(node, "id");
    return id.ends_with("divRplyFwdMsg") || id.ends_with("appendonsend");
}

bool isUnseen(const xmlNode* node) {
    constexpr std::array<std::string_view, 6> kUnseen{"script", "style",    "head",
                                                      "title",  "template", "noscript"};
    if (isAmong(nameOf(node), kUnseen)) return true;
    auto style = lower(attribute(node, "style"));
    std::erase(style, ' ');
    return style.find("display:none") != std::string::npos;
}

bool isBlock(const xmlNode* node) {
    constexpr std::array<std::string_view, 16> kBlocks{"p",  "div", "br", "tr", "li", "ul", "ol",  "table",
                                                       "h1", "h2",  "h3", "h4", "h5", "h6", "pre", "hr"};
    return isAmong(nameOf(node), kBlocks);
}

void addWords(std::string& text, const xmlChar* words) {
    if (words == nullptr) return;
    for (const char c : std::string_view(reinterpret_cast<const char*>(words))) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            text += c;
        else if (!text.empty() && text.back() != ' ' && text.back() != '\n')
            text += ' ';
    }
}

void addLineEnd(std::string& text) {
    while (text.ends_with(' ')) text.pop_back();
    if (!text.empty() && !text.ends_with("\n\n")) text += '\n';
}

}  // namespace

/// Walks without calling itself: how deep a page nests is the sender's choice.
std::string textOfHtml(std::string_view html) {
    const std::unique_ptr<xmlDoc, FreePage> page(
        htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET));
    std::string text;
    const xmlNode* node = page ? xmlDocGetRootElement(page.get()) : nullptr;
    while (node != nullptr) {
        const bool element = node->type == XML_ELEMENT_NODE;
        if (element && endsHere(node)) break;
        const bool unseen = element && isUnseen(node), shut = unseen || (element && isQuoted(node));
        if (node->type == XML_TEXT_NODE) addWords(text, node->content);
        if (element && isBlock(node) && !unseen) addLineEnd(text);
        if (!shut && element && node->children != nullptr) {
            node = node->children;
            continue;
        }
        while (node != nullptr && node->next == nullptr) {
            node = node->parent;
            if (node != nullptr && node->type != XML_ELEMENT_NODE) node = nullptr;
            if (node != nullptr && isBlock(node)) addLineEnd(text);
        }
        if (node != nullptr) node = node->next;
    }
    return std::string(trimmed(text));
}

}  // namespace overture::email
