#include "carrier.hpp"

#include <algorithm>

#include "outcomes.hpp"
#include "overture/documents.hpp"
#include "overture/media.hpp"

namespace overture::surge {

using sdk::Answer;
using sdk::Call;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;
using sdk::Refused;
using sdk::textOf;

namespace {

bool isSuccess(const HttpAnswer& answer) {
    return answer.answered && answer.status >= 200 && answer.status < 300;
}

/// An id as part of a path, or nothing: whatever else stands in it goes nowhere.
bool isId(std::string_view text) {
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '-';
    });
}

Json messageOf(const Json& request, const std::string& sender) {
    if (const auto channel = textOf(request, "channel"); !channel.empty() && channel != "sms")
        throw Refused(Outcome::unsupported, "this carrier sends text messages only, no " + channel);
    const auto to = textOf(request, "to"), text = textOf(request, "text");
    if (!sdk::isPhoneNumber(to))
        throw Refused(Outcome::invalid, "the recipient is no number such as +12025550100");
    auto attachments = Json::array();
    for (const auto& item : sdk::listIn(request, "media")) {
        const auto url = item.is_string() ? item.get<std::string>() : textOf(item, "url");
        if (!sdk::isWebAddress(url))
            throw Refused(Outcome::invalid, "a picture or file has no address of https");
        attachments.push_back({{"url", url}});
    }
    if (text.empty() && attachments.empty())
        throw Refused(Outcome::invalid, "the message has neither text nor media");
    Json message{{"to", to}};
    auto from = textOf(request, "from");
    if (from.empty()) from = sender;
    if (!from.empty()) message["from"] = from;
    if (!text.empty()) message["body"] = text;
    if (!attachments.empty()) message["attachments"] = std::move(attachments);
    return message;
}

}  // namespace

HttpAnswer Carrier::get(const std::string& path, std::int64_t deadlineMs) const {
    return host_.http(
        {.method = "GET",
         .url = settings_.baseUrl + path,
         .headers = {{"Authorization", "Bearer " + settings_.apiKey}, {"Accept", "application/json"}},
         .body = {},
         .deadlineMs = deadlineMs});
}

Answer Carrier::send(const Json& request, const Call& call) {
    const auto message = messageOf(request, settings_.sender);
    const auto answer =
        host_.http({.method = "POST",
                    .url = settings_.baseUrl + "/accounts/" + settings_.accountId + "/messages",
                    .headers = {{"Authorization", "Bearer " + settings_.apiKey},
                                {"Content-Type", "application/json"},
                                {"Accept", "application/json"}},
                    .body = message.dump(-1, ' ', false, Json::error_handler_t::replace),
                    .deadlineMs = call.deadlineMs});
    if (!isSuccess(answer)) return problemOf(answer);
    const auto id = textOf(sdk::parsed(answer.body), "id");
    if (!isId(id))
        return Answer::no(Outcome::unknown, "Surge's answer has no message id",
                          std::to_string(answer.status));
    return Answer::ok({{"reference", id}, {"status", "queued"}});
}

Answer Carrier::lookup(const Json& request, const Call& call) {
    const auto reference = textOf(request, "reference");
    const auto asked = reference.empty() ? textOf(request, "delivery_id") : reference;
    if (!isId(asked)) return Answer::ok({{"found", false}, {"trusted", false}});
    const auto answer = get("/messages/" + asked, call.deadlineMs);
    if (answer.answered && answer.status == 404) return Answer::ok({{"found", false}, {"trusted", false}});
    if (!isSuccess(answer)) return readProblemOf(answer);
    const auto message = sdk::parsed(answer.body);
    if (textOf(message, "id") != asked)
        return Answer::no(Outcome::transient, "Surge's answer is not the message asked for");
    return Answer::ok({{"found", true}, {"reference", asked}, {"status", "sent"}, {"trusted", true}});
}

Answer Carrier::optOut(const Json& event, const Call& call) const {
    const auto& contact = sdk::objectIn(event, "data");
    const auto id = textOf(contact, "id");
    auto number = textOf(contact, "phone_number");
    if (number.empty()) {
        if (!isId(id)) return Answer::no(Outcome::invalid, "the opt-out names no contact");
        const auto answer = get("/contacts/" + id, call.deadlineMs);
        if (answer.answered && answer.status == 404) return Answer::ok(Json::array());
        if (!isSuccess(answer)) return readProblemOf(answer);
        number = textOf(sdk::parsed(answer.body), "phone_number");
        if (number.empty())
            return Answer::no(Outcome::transient, "Surge's answer is not the contact asked for");
    }
    return Answer::ok(
        Json::array({{{"kind", "message"},
                      {"id", sdk::validText("opted_out:" + id + ":" + textOf(event, "timestamp"))},
                      {"from", sdk::validText(number)},
                      {"to", ""},
                      {"text", "STOP"},
                      {"channel", "sms"}}}));
}

Answer Carrier::media(const Json& request, const Call& call) {
    const auto url = textOf(request, "url");
    if (!sdk::isWebAddress(url))
        return Answer::no(Outcome::invalid, "the request has no address of what came along");
    const auto answer =
        host_.http({.method = "GET", .url = url, .headers = {}, .body = {}, .deadlineMs = call.deadlineMs});
    return sdk::mediaIn(answer, "Surge", "", "api_key");
}

}  // namespace overture::surge
