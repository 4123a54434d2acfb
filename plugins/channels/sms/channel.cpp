#include "channel.hpp"

#include "alphabet.hpp"
#include "manners.hpp"
#include "overture/pictures.hpp"
#include "segments.hpp"

namespace overture::sms {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;

namespace {

std::string textOf(const Json& request, const char* name) {
    const auto found = request.find(name);
    return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json measured(std::string_view text) {
    const auto result = sms::measure(text);
    return {{"encoding", nameOf(result.encoding)}, {"segments", result.segments()}, {"units", result.units}};
}

Answer noText() {
    return Answer::no(Outcome::invalid, "the request has no \"text\"");
}

bool hasText(const Json& request) {
    return request.contains("text") && request["text"].is_string();
}

}  // namespace

Channel::Channel(const Json& settings)
    : straighten_(settings.value("straighten", true)),
      longest_(settings.value("longest", std::size_t{1600})) {}

Answer Channel::window(const Json&, const sdk::Call&) {
    return Answer::ok({{"allow", "free"}});
}

Answer Channel::compose(const Json& request, const sdk::Call&) {
    if (!hasText(request)) return noText();
    if (trimmed(textOf(request, "text")).empty()) return Answer::no(Outcome::invalid, "the text is empty");
    const auto given = sdk::withPictures(textOf(request, "text"),
                                         [](const sdk::Picture& picture) { return picture.asLink(); });
    auto text = dress({.text = given,
                       .senderName = textOf(request, "sender_name"),
                       .language = textOf(request, "language"),
                       .first = request.value("first", false),
                       .optOut = request.value("opt_out", false)});
    if (straighten_) text = straighten(text);
    const auto characters = decode(text).size();
    if (characters > longest_)
        return Answer::no(Outcome::invalid, "the text has " + std::to_string(characters) +
                                                " characters; one message may have " +
                                                std::to_string(longest_));
    auto part = measured(text);
    const auto segments = part["segments"];
    part["text"] = text;
    return Answer::ok({{"text", text}, {"parts", Json::array({part})}, {"segments", segments}});
}

Answer Channel::read(const Json& request, const sdk::Call&) {
    if (!hasText(request)) return noText();
    const auto text = textOf(request, "text");
    const auto words = trimmed(text);
    return Answer::ok({{"text", words}, {"signals", signalsOf(words)}});
}

Answer Channel::measure(const Json& request, const sdk::Call&) {
    return hasText(request) ? Answer::ok(measured(textOf(request, "text"))) : noText();
}

}  // namespace overture::sms
