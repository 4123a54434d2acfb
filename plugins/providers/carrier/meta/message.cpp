#include "message.hpp"

#include <algorithm>

#include "overture/documents.hpp"

namespace overture::meta {

using sdk::Json;
using sdk::listIn;
using sdk::objectIn;
using sdk::Outcome;
using sdk::Refused;
using sdk::textOf;

namespace {

constexpr std::size_t kLongestText = 4096, kLongestAbove = 1024, kMostButtons = 3, kMostRows = 10;

std::size_t charactersOf(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string within(std::string text, std::size_t most, const char* what) {
    if (text.empty()) throw Refused(Outcome::invalid, std::string(what) + " is empty");
    if (charactersOf(text) > most)
        throw Refused(Outcome::invalid,
                      std::string(what) + " has more than " + std::to_string(most) + " characters");
    return text;
}

Json templateOf(const Json& given) {
    auto parameters = Json::array();
    for (const auto& variable : listIn(given, "variables")) {
        if (!variable.is_string()) throw Refused(Outcome::invalid, "a template's variable is no text");
        parameters.push_back(
            {{"type", "text"}, {"text", within(variable.get<std::string>(), kLongestAbove, "a variable")}});
    }
    Json document{{"name", within(textOf(given, "name"), 512, "the template's name")},
                  {"language",
                   {{"policy", "deterministic"},
                    {"code", within(textOf(given, "language"), 15, "the template's language")}}}};
    if (!parameters.empty())
        document["components"] = {{{"type", "body"}, {"parameters", std::move(parameters)}}};
    return document;
}

Json buttons(const Json& items) {
    auto all = Json::array();
    for (const auto& item : items)
        all.push_back({{"type", "reply"},
                       {"reply",
                        {{"id", within(textOf(item, "id"), 256, "a button's id")},
                         {"title", within(textOf(item, "title"), 20, "a button's title")}}}});
    return {{"buttons", std::move(all)}};
}

Json rows(const Json& items, const std::string& button) {
    auto all = Json::array();
    for (const auto& item : items) {
        Json row{{"id", within(textOf(item, "id"), 200, "a row's id")},
                 {"title", within(textOf(item, "title"), 24, "a row's title")}};
        if (const auto more = textOf(item, "description"); !more.empty())
            row["description"] = within(more, 72, "a row's description");
        all.push_back(std::move(row));
    }
    return {{"button", within(button, 20, "the list's button")}, {"sections", {{{"rows", std::move(all)}}}}};
}

Json interactiveOf(const Json& choices, const std::string& text) {
    const auto& items = listIn(choices, "items");
    const bool few = textOf(choices, "kind") == "buttons";
    if (items.empty() || items.size() > (few ? kMostButtons : kMostRows))
        throw Refused(Outcome::invalid, "a message shows up to 3 buttons or a list of up to 10");
    return {{"type", few ? "button" : "list"},
            {"body", {{"text", within(text, kLongestAbove, "the text above the choices")}}},
            {"action", few ? buttons(items) : rows(items, textOf(choices, "button"))}};
}

std::string kindOf(const Json& media) {
    const auto kind = textOf(media[0], "kind"), url = textOf(media[0], "url");
    if (media.size() > 1) throw Refused(Outcome::invalid, "a WhatsApp message shows one picture or file");
    if (!url.starts_with("https://")) throw Refused(Outcome::invalid, "the picture has no address of https");
    if (kind != "image" && kind != "video" && kind != "document")
        throw Refused(Outcome::invalid, "media are an image, a video or a document");
    return kind;
}

/// Also without the plus, as the vendor writes it.
bool isNumber(const std::string& text) {
    return sdk::isPhoneNumber(text.starts_with('+') ? text : "+" + text);
}

}  // namespace

Json messageOf(const Json& request, bool previewLinks) {
    if (const auto channel = textOf(request, "channel"); !channel.empty() && channel != "whatsapp")
        throw Refused(Outcome::unsupported, "this carrier sends WhatsApp messages only, no " + channel);
    const auto to = textOf(request, "to");
    if (!isNumber(to)) throw Refused(Outcome::invalid, "the recipient is no phone number");
    const auto& parts = listIn(request, "parts");
    if (parts.size() > 1) throw Refused(Outcome::invalid, "a WhatsApp message has one part");
    const Json none = Json::object();
    const auto& part = parts.empty() ? none : parts[0];
    Json message{{"messaging_product", "whatsapp"}, {"recipient_type", "individual"}, {"to", to}};
    if (part.is_object() && part.contains("template")) {
        message["type"] = "template";
        message["template"] = templateOf(objectIn(part, "template"));
        return message;
    }
    const auto text = within(textOf(request, "text"), kLongestText, "the text");
    if (part.is_object() && part.contains("choices")) {
        message["type"] = "interactive";
        message["interactive"] = interactiveOf(objectIn(part, "choices"), text);
        return message;
    }
    if (const auto& media = listIn(request, "media"); !media.empty()) {
        message["type"] = kindOf(media);
        message[textOf(message, "type")] = {{"link", textOf(media[0], "url")},
                                            {"caption", within(text, kLongestAbove, "the text below media")}};
        return message;
    }
    const bool preview = previewLinks && text.find("http") != std::string::npos;
    message["type"] = "text";
    message["text"] = {{"body", text}, {"preview_url", preview}};
    return message;
}

}  // namespace overture::meta
