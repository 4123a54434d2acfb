#include "inbound.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "outcomes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"

namespace overture::meta {

using sdk::Json;
using sdk::listIn;
using sdk::objectIn;
using sdk::textOf;

namespace {

std::string digitsOf(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

/// Seconds since 1970, as a text or a number; "" when it is none that a calendar has.
std::string instantOf(const Json& object) {
    auto seconds = sdk::numberOf(object, "timestamp");
    const auto text = textOf(object, "timestamp");
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds > 0 && seconds < 253'402'300'800 ? sdk::toRfc3339(seconds * 1'000'000) : std::string();
}

std::string joined(std::initializer_list<std::string> pieces, std::string_view between) {
    std::string all;
    for (const auto& piece : pieces)
        if (!piece.empty()) all += (all.empty() ? "" : std::string(between)) + piece;
    return all;
}

std::string coordinate(const Json& place, const char* name) {
    const auto found = place.find(name);
    return found != place.end() && found->is_number() ? found->dump() : std::string();
}

struct Words {
    std::string text, choice;
    Json media = Json::array();
};

/// What a message says, whatever its type: the words, or in brackets what it is instead of words.
Words wordsOf(const Json& message, const std::string& type) {
    const auto& own = objectIn(message, type);
    if (type == "text") return {textOf(own, "body"), "", Json::array()};
    if (type == "button") return {textOf(own, "text"), textOf(own, "payload"), Json::array()};
    if (type == "interactive") {
        const auto& button = objectIn(own, "button_reply");
        const auto& row = objectIn(own, "list_reply");
        if (!button.empty()) return {textOf(button, "title"), textOf(button, "id"), Json::array()};
        if (!row.empty())
            return {joined({textOf(row, "title"), textOf(row, "description")}, " "), textOf(row, "id"),
                    Json::array()};
        return {"[form] " + textOf(objectIn(own, "nfm_reply"), "response_json"), "", Json::array()};
    }
    constexpr std::array<std::string_view, 5> kMedia{"image", "video", "document", "audio", "sticker"};
    if (std::find(kMedia.begin(), kMedia.end(), type) != kMedia.end()) {
        Json media{{"id", textOf(own, "id")}, {"content_type", textOf(own, "mime_type")}};
        auto words = textOf(own, "caption");
        if (words.empty()) words = "[" + joined({type, textOf(own, "filename")}, ": ") + "]";
        return {words, "", Json::array({media})};
    }
    if (type == "location") {
        const auto place = joined({textOf(own, "name"), textOf(own, "address")}, ", ");
        const auto at = joined({coordinate(own, "latitude"), coordinate(own, "longitude")}, ", ");
        return {"[" + joined({"location", place.empty() ? at : place}, ": ") + "]", "", Json::array()};
    }
    if (type == "contacts") {
        const auto& all = listIn(message, "contacts");
        const Json none;
        const auto& first = all.empty() ? none : all[0];
        const auto& phones = listIn(first, "phones");
        const auto name = textOf(objectIn(first, "name"), "formatted_name");
        const auto phone = phones.empty() ? std::string() : textOf(phones[0], "phone");
        return {"[" + joined({"contact", joined({name, phone}, " ")}, ": ") + "]", "", Json::array()};
    }
    return {"[" + (type.empty() ? std::string("message") : type) + "]", "", Json::array()};
}

void addMessage(Json& events, const Json& message, const std::string& to) {
    const auto id = textOf(message, "id"), from = digitsOf(textOf(message, "from")),
               type = textOf(message, "type");
    if (id.empty() || from.empty() || type == "reaction" || type == "system") return;
    auto words = wordsOf(message, type);
    Json event{{"kind", "message"}, {"id", sdk::validText(id)},           {"from", numberOf(from)},
               {"to", to},          {"text", sdk::validText(words.text)}, {"channel", "whatsapp"}};
    if (!words.choice.empty()) event["choice"] = sdk::validText(words.choice);
    if (!words.media.empty()) event["media"] = std::move(words.media);
    if (const auto at = instantOf(message); !at.empty()) event["at"] = at;
    if (const auto answered = textOf(objectIn(message, "context"), "id"); !answered.empty())
        event["answers"] = {sdk::validText(answered)};
    events.push_back(std::move(event));
}

void addStatus(Json& events, const Json& status) {
    const auto id = textOf(status, "id"), word = textOf(status, "status");
    constexpr std::array<std::string_view, 4> kKnown{"sent", "delivered", "read", "failed"};
    if (id.empty() || std::find(kKnown.begin(), kKnown.end(), word) == kKnown.end()) return;
    Json event{{"kind", "status"},
               {"id", sdk::validText(id + ":" + word)},
               {"reference", sdk::validText(id)},
               {"status", word}};
    const auto& errors = listIn(status, "errors");
    if (word == "failed" && !errors.empty()) {
        const auto code = sdk::numberOf(errors[0], "code");
        event["code"] = std::to_string(code);
        event["final"] = isOfNoUse(code);
    }
    if (const auto at = instantOf(status); !at.empty()) event["at"] = at;
    events.push_back(std::move(event));
}

/// "Stop" of the person's own menu: the same as the word.
void addPreference(Json& events, const Json& preference, const std::string& to) {
    const auto from = digitsOf(textOf(preference, "wa_id"));
    if (from.empty() || textOf(preference, "value") != "stop") return;
    const auto at = instantOf(preference);
    Json event{{"kind", "message"},      {"id", "stop:" + from + ":" + at},
               {"from", numberOf(from)}, {"to", to},
               {"text", "STOP"},         {"channel", "whatsapp"}};
    if (!at.empty()) event["at"] = at;
    events.push_back(std::move(event));
}

/// The tier is the whole business's, whichever of its numbers the notice names.
void addLimits(Json& events, const Json& value) {
    auto tier = textOf(value, "max_daily_conversations_per_business");
    if (tier.empty()) tier = textOf(value, "current_limit");
    if (const auto people = peopleOfTier(tier))
        events.push_back({{"kind", "limits"},
                          {"id", "limits:" + textOf(value, "event") + ":" + tier},
                          {"people_per_day", *people}});
}

}  // namespace

std::optional<std::int64_t> peopleOfTier(std::string_view tier) {
    if (tier == "TIER_UNLIMITED") return 0;
    if (!tier.starts_with("TIER_")) return std::nullopt;
    tier.remove_prefix(5);
    const bool thousands = tier.ends_with('K');
    if (thousands) tier.remove_suffix(1);
    std::int64_t people = 0;
    const auto [end, fault] = std::from_chars(tier.data(), tier.data() + tier.size(), people);
    if (fault != std::errc() || end != tier.data() + tier.size() || people <= 0 || people > 1'000'000)
        return std::nullopt;
    return thousands ? people * 1000 : people;
}

Json eventsOf(const Json& body, const std::string& phoneNumberId) {
    auto events = Json::array();
    for (const auto& entry : listIn(body, "entry"))
        for (const auto& change : listIn(entry, "changes")) {
            const auto& value = objectIn(change, "value");
            if (textOf(change, "field") == "phone_number_quality_update") addLimits(events, value);
            const auto& number = objectIn(value, "metadata");
            if (textOf(number, "phone_number_id") != phoneNumberId) continue;
            const auto to = "+" + digitsOf(textOf(number, "display_phone_number"));
            for (const auto& message : listIn(value, "messages")) addMessage(events, message, to);
            for (const auto& status : listIn(value, "statuses")) addStatus(events, status);
            for (const auto& preference : listIn(value, "user_preferences"))
                addPreference(events, preference, to);
        }
    return events;
}

std::string numberOf(std::string_view waId) {
    auto digits = digitsOf(waId);
    if (digits.starts_with("521") && digits.size() == 13) digits.erase(2, 1);
    if (digits.starts_with("55") && digits.size() == 12 && digits[4] >= '6') digits.insert(4, 1, '9');
    return "+" + digits;
}

}  // namespace overture::meta
