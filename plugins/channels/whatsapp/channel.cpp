#include "channel.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "choices.hpp"
#include "format.hpp"
#include "numbers.hpp"
#include "overture/instant.hpp"
#include "overture/pictures.hpp"

namespace overture::whatsapp {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;
using sdk::Refused;

namespace {

constexpr std::int64_t kSecond = 1'000'000, kWindow = 24 * 3600 * kSecond;
constexpr std::int64_t kUnderWay = 60 * kSecond;  // a message has to arrive within the window
constexpr std::size_t kLongestTemplate = 1024, kLongestName = 512;

std::string textOf(const Json& request, const char* name) {
    const auto found = request.find(name);
    return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json part(const std::string& text) {
    return {{"text", text}, {"encoding", "WhatsApp"}, {"segments", 1}, {"units", charactersOf(text)}};
}

bool isMadeOf(std::string_view text, std::string_view others) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               others.find(c) != std::string_view::npos;
    });
}

void holdLength(std::string_view text, std::size_t most, const char* what) {
    if (const auto characters = charactersOf(text); characters > most)
        throw Refused(Outcome::invalid, std::string(what) + " has " + std::to_string(characters) +
                                            " characters; it may have " + std::to_string(most));
}

/// "image", "video" or "document" by an address's ending; "" for what WhatsApp may not take.
std::string kindOf(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const auto dot = url.rfind('.');
    auto ending = std::string(dot == std::string_view::npos ? "" : url.substr(dot + 1));
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == "jpg" || ending == "jpeg" || ending == "png") return "image";
    if (ending == "mp4") return "video";
    return ending == "pdf" ? "document" : "";
}

/// A text with one picture as that picture, with the rest of the text below it; null where it cannot be shown so.
Json shownMedia(const std::string& given) {
    std::vector<sdk::Picture> pictures;
    auto text = formatted(trimmed(sdk::withPictures(given, [&](const sdk::Picture& picture) {
        pictures.push_back(picture);
        return std::string();
    })));
    if (pictures.size() != 1 || !pictures[0].url.starts_with("https://")) return nullptr;
    const auto kind = kindOf(pictures[0].url);
    if (text.empty()) text = pictures[0].about;
    if (kind.empty() || text.empty() || charactersOf(text) > kLongestTemplate) return nullptr;
    auto one = part(text);
    one["media"] = Json::array({{{"url", pictures[0].url}, {"kind", kind}}});
    return one;
}

/// As a carrier may hand it over: every variable filled, on one line.
Json templateOf(const Json& given) {
    if (!given.is_object()) throw Refused(Outcome::invalid, "the template is no object");
    const auto name = textOf(given, "name");
    auto language = textOf(given, "language");
    std::replace(language.begin(), language.end(), '-', '_');
    if (!isMadeOf(name, "_") || name.size() > kLongestName)
        throw Refused(Outcome::invalid,
                      "a template's name has letters, digits and \"_\", not \"" + name + "\"");
    if (!isMadeOf(language, "_") || language.size() < 2 || language.size() > 15)
        throw Refused(Outcome::invalid,
                      "a template's language is a code such as en or pt_BR, not \"" + language + "\"");
    auto variables = Json::array();
    for (const auto& variable : given.value("variables", Json::array())) {
        auto value = variable.is_string() ? onOneLine(variable.get<std::string>()) : std::string();
        if (value.empty())
            throw Refused(Outcome::invalid, "variable " + std::to_string(variables.size() + 1) +
                                                " of the template \"" + name + "\" is empty");
        variables.push_back(std::move(value));
    }
    return {{"name", name}, {"language", language}, {"variables", variables}};
}

}  // namespace

Channel::Channel(const Json& settings) : longest_(settings.value("longest", std::size_t{4096})) {}

Answer Channel::window(const Json& request, const sdk::Call&) {
    const auto now = sdk::parseRfc3339(textOf(request, "now"));
    if (!now) return Answer::no(Outcome::invalid, "now must be an instant like 2026-03-01T17:05:00Z");
    const auto heard = sdk::parseRfc3339(textOf(request, "last_inbound_at"));
    if (heard && *now < *heard + kWindow - kUnderWay)
        return Answer::ok({{"allow", "free"}, {"until", sdk::toRfc3339(*heard + kWindow)}});
    if (textOf(request, "purpose") == "marketing" && isOfTheUnitedStates(textOf(request, "to")))
        return Answer::ok(
            {{"allow", "nothing"},
             {"why", "WhatsApp delivers no marketing templates to numbers of the United States"}});
    return Answer::ok(
        {{"allow", "template"}, {"why", "the person has not written by WhatsApp within the last 24 hours"}});
}

Answer Channel::compose(const Json& request, const sdk::Call&) {
    if (!request.contains("text") || !request["text"].is_string())
        return Answer::no(Outcome::invalid, "the request has no \"text\"");
    const auto given = textOf(request, "text");
    if (!isUtf8(given)) return Answer::no(Outcome::invalid, "the text is not UTF-8, or holds a zero byte");
    if (trimmed(given).empty()) return Answer::no(Outcome::invalid, "the text is empty");
    const auto whole = [](Json parts) {
        const auto text = parts[0]["text"];
        return Answer::ok({{"text", text}, {"segments", 1}, {"parts", std::move(parts)}});
    };
    if (const auto approved = request.find("template"); approved != request.end()) {
        auto one = part(std::string(trimmed(given)));
        holdLength(one["text"].get_ref<const std::string&>(), kLongestTemplate, "the template filled in");
        one["template"] = templateOf(*approved);
        return whole(Json::array({one}));
    }
    holdLength(given, 2 * longest_, "the text");  // marks may go
    if (!request.contains("choices"))
        if (auto shown = shownMedia(given); !shown.is_null()) return whole(Json::array({std::move(shown)}));
    const auto text = formatted(trimmed(given));
    holdLength(text, longest_, "the text");
    auto one = part(text);
    if (request.contains("choices"))
        if (auto shown = shownChoices(request["choices"], text, textOf(request, "language"));
            !shown.is_null())
            one["choices"] = std::move(shown);
    return whole(Json::array({one}));
}

Answer Channel::read(const Json& request, const sdk::Call&) {
    if (!request.contains("text") || !request["text"].is_string())
        return Answer::no(Outcome::invalid, "the request has no \"text\"");
    return Answer::ok({{"text", trimmed(textOf(request, "text"))}, {"signals", Json::array()}});
}

Answer Channel::measure(const Json& request, const sdk::Call&) {
    if (!request.contains("text") || !request["text"].is_string())
        return Answer::no(Outcome::invalid, "the request has no \"text\"");
    auto measured = part(textOf(request, "text"));
    measured.erase("text");
    return Answer::ok(std::move(measured));
}

}  // namespace overture::whatsapp
