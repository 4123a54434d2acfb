#include "choices.hpp"

#include <array>
#include <set>
#include <utility>

#include "format.hpp"

namespace overture::whatsapp {

using sdk::Json;

namespace {

constexpr std::size_t kMostButtons = 3, kMostRows = 10;
constexpr std::size_t kButtonTitle = 20, kRowTitle = 24, kRowDescription = 72, kId = 200, kTextAbove = 1024;

struct Choice {
    std::string id, title;
};

/// Empty when one of them cannot be shown.
std::vector<Choice> read(const Json& choices) {
    std::vector<Choice> all;
    std::set<std::string> titles;
    if (!choices.is_array() || choices.size() > kMostRows) return {};
    for (const auto& one : choices) {
        if (!one.is_object()) return {};
        Choice choice{one.value("id", ""), one.value("title", "")};
        if (choice.id.empty() || choice.id.size() > kId || choice.title.empty()) return {};
        if (!titles.insert(choice.title).second) return {};
        all.push_back(std::move(choice));
    }
    return all;
}

/// At most `most` characters, up to a blank, and the rest.
std::pair<std::string, std::string> cut(const std::string& text, std::size_t most) {
    if (charactersOf(text) <= most) return {text, ""};
    std::size_t last = std::string::npos;
    for (std::size_t at = text.find(' '); at != std::string::npos; at = text.find(' ', at + 1))
        if (charactersOf(text.substr(0, at)) <= most) last = at;
    if (last == std::string::npos) return {"", text};
    return {text.substr(0, last), text.substr(last + 1)};
}

std::string_view wordForChoosing(std::string_view language) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords{{{"en", "Choose"},
                                                                                   {"hi", "चुनें"},
                                                                                   {"es", "Elegir"},
                                                                                   {"fr", "Choisir"},
                                                                                   {"de", "Auswählen"},
                                                                                   {"pt", "Escolher"}}};
    const auto primary = language.substr(0, language.find_first_of("-_"));
    for (const auto& [code, word] : kWords)
        if (code == primary) return word;
    return kWords[0].second;
}

}  // namespace

Json shownChoices(const Json& choices, std::string_view text, std::string_view language) {
    const auto all = read(choices);
    if (all.empty() || charactersOf(text) > kTextAbove) return nullptr;
    bool buttons = all.size() <= kMostButtons;
    for (const auto& one : all) buttons = buttons && charactersOf(one.title) <= kButtonTitle;
    auto items = Json::array();
    std::set<std::string> titles;
    for (const auto& [id, title] : all) {
        auto [start, rest] = buttons ? std::pair(title, std::string()) : cut(title, kRowTitle);
        if (start.empty() || charactersOf(rest) > kRowDescription || !titles.insert(start).second)
            return nullptr;
        Json item{{"id", id}, {"title", std::move(start)}};
        if (!rest.empty()) item["description"] = std::move(rest);
        items.push_back(std::move(item));
    }
    if (buttons) return {{"kind", "buttons"}, {"items", items}};
    return {{"kind", "list"}, {"button", wordForChoosing(language)}, {"items", items}};
}

}  // namespace overture::whatsapp
