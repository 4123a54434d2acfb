#include "carrier.hpp"

#include <algorithm>

#include "documents.hpp"
#include "form.hpp"
#include "outcomes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"
#include "overture/media.hpp"

namespace overture::twilio {

using sdk::Answer;
using sdk::Call;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;

namespace {

constexpr int kPageSize = 200;
constexpr int kMostPages = 20;
constexpr std::int64_t kClockSkewMicros = 60'000'000;

bool isSuccess(const HttpAnswer& answer) {
    return answer.answered && answer.status >= 200 && answer.status < 300;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
}

/// "+12025550100", also as "whatsapp:+12025550100".
bool isNumber(std::string_view text) {
    if (text.starts_with("whatsapp:")) text.remove_prefix(9);
    return sdk::isPhoneNumber(text);
}

/// What a message is named: SM or MM, and 32 hexadecimal digits.
bool isReference(std::string_view text) {
    return text.size() == 34 && (text.starts_with("SM") || text.starts_with("MM")) &&
           std::all_of(text.begin() + 2, text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

void addMedia(Form& form, const Json& request) {
    const auto media = request.find("media");
    if (media == request.end() || !media->is_array()) return;
    for (const auto& item : *media) {
        const auto url = item.is_string() ? item.get<std::string>() : textOf(item, "url");
        if (!sdk::isWebAddress(url))
            throw sdk::Refused(Outcome::invalid, "a picture or file has no address of https");
        form.emplace_back("MediaUrl", url);
    }
}

/// Instead of a body: the template's id, and its variables by number.
void addTemplate(Form& form, const Settings& settings, const Json& given) {
    const auto name = textOf(given, "name"), language = textOf(given, "language");
    const auto content = settings.contentOf(name, language);
    if (content.empty())
        throw sdk::Refused(Outcome::invalid, "there is no Content template \"" + name + "\" for \"" +
                                                 language + "\": name its sid in the setting templates");
    auto variables = Json::object();
    for (const auto& variable : sdk::listIn(given, "variables")) {
        if (!variable.is_string()) throw sdk::Refused(Outcome::invalid, "a template's variable is no text");
        variables[std::to_string(variables.size() + 1)] = variable;
    }
    form.emplace_back("ContentSid", content);
    if (!variables.empty()) form.emplace_back("ContentVariables", variables.dump());
}

const Json& templateIn(const Json& request) {
    const auto& parts = sdk::listIn(request, "parts");
    return sdk::objectIn(parts.empty() ? request : parts[0], "template");
}

Form messageForm(const Settings& settings, const Json& request) {
    const auto channel = textOf(request, "channel");
    auto from = textOf(request, "from");
    if (from.empty() && settings.messagingServiceSid.empty()) from = settings.sender;
    Form form{{"To", addressOn(channel, textOf(request, "to"))}};
    if (!from.empty()) form.emplace_back("From", addressOn(channel, from));
    if (!settings.messagingServiceSid.empty())
        form.emplace_back("MessagingServiceSid", settings.messagingServiceSid);
    if (const auto& approved = templateIn(request); !approved.empty())
        addTemplate(form, settings, approved);
    else if (const auto text = textOf(request, "text"); !text.empty())
        form.emplace_back("Body", text);
    addMedia(form, request);
    if (!settings.webhookUrl.empty()) form.emplace_back("StatusCallback", settings.webhookUrl);
    if (settings.validitySeconds)
        form.emplace_back("ValidityPeriod", std::to_string(*settings.validitySeconds));
    return form;
}

/// Why the request cannot be a message, or "".
std::string faultOf(const Form& form) {
    if (!isNumber(valueOf(form, "To"))) return "the recipient is no number such as +12025550100";
    if (!has(form, "From") && !has(form, "MessagingServiceSid"))
        return "the message has no sender: give `from`, or set sender or messaging_service_sid";
    if (!has(form, "Body") && !has(form, "MediaUrl") && !has(form, "ContentSid"))
        return "the message has neither text nor media";
    return {};
}

/// What creation answered: the reference, or a failure that Twilio knew at once.
Answer created(const HttpAnswer& http) {
    const auto message = Json::parse(http.body, nullptr, false);
    const auto sid = textOf(message, "sid");
    if (sid.empty())
        return Answer::no(Outcome::unknown, "Twilio's answer has no message sid",
                          std::to_string(http.status));
    const auto status = statusOf(textOf(message, "status"));
    if (status == "failed" || status == "undelivered") {
        const auto code = message.find("error_code");
        return Answer::no(
            Outcome::rejected, "Twilio took the message and failed it at once",
            code != message.end() && code->is_number_integer() ? std::to_string(code->get<int>()) : "failed");
    }
    return Answer::ok({{"reference", sid}, {"status", status == "queued" ? "queued" : "sent"}});
}

Answer found(const Json& message) {
    return Answer::ok({{"found", true},
                       {"reference", textOf(message, "sid")},
                       {"status", statusOf(textOf(message, "status"))},
                       {"trusted", true}});
}

/// Whether a listed message is the one looked for. One without a readable date counts: better found than sent
/// twice.
bool isOursSince(const Json& message, std::int64_t since) {
    if (textOf(message, "direction").starts_with("inbound")) return false;
    const auto made = parseRfc2822(textOf(message, "date_created"));
    return !made || *made >= since - kClockSkewMicros;
}

bool says(const Json& message, std::string_view text) {
    return trimmed(textOf(message, "body")) == trimmed(text);
}

}  // namespace

HttpAnswer Carrier::get(const std::string& path, std::int64_t deadlineMs) const {
    return host_.http(
        {.method = "GET",
         .url = settings_.baseUrl + path,
         .headers = {{"Authorization", settings_.authorization()}, {"Accept", "application/json"}},
         .body = {},
         .deadlineMs = deadlineMs});
}

Answer Carrier::send(const Json& request, const Call& call) {
    const auto form = messageForm(settings_, request);
    if (const auto fault = faultOf(form); !fault.empty()) return Answer::no(Outcome::invalid, fault);
    const auto answer = host_.http({.method = "POST",
                                    .url = settings_.accountUrl() + "/Messages.json",
                                    .headers = {{"Authorization", settings_.authorization()},
                                                {"Content-Type", "application/x-www-form-urlencoded"},
                                                {"Accept", "application/json"}},
                                    .body = writeForm(form),
                                    .deadlineMs = call.deadlineMs});
    return isSuccess(answer) ? created(answer) : problemOf(answer);
}

Answer Carrier::lookup(const Json& request, const Call& call) {
    const auto reference = textOf(request, "reference");
    return reference.empty() ? lookupText(request, call) : lookupReference(reference, call);
}

Answer Carrier::lookupReference(const std::string& reference, const Call& call) const {
    if (!isReference(reference)) return Answer::ok({{"found", false}, {"trusted", false}});
    const auto answer =
        get(settings_.accountPath() + "/Messages/" + percentEncoded(reference) + ".json", call.deadlineMs);
    if (answer.answered && answer.status == 404) return Answer::ok({{"found", false}, {"trusted", false}});
    if (!isSuccess(answer)) return readProblemOf(answer);
    const auto message = Json::parse(answer.body, nullptr, false);
    if (textOf(message, "sid") != reference)
        return Answer::no(Outcome::transient, "Twilio's answer is not the message asked for");
    return found(message);
}

Answer Carrier::lookupText(const Json& request, const Call& call) const {
    const auto since = sdk::parseRfc3339(textOf(request, "sent_after"));
    const auto to = textOf(request, "to");
    if (!since || to.empty())
        return Answer::no(Outcome::invalid, "a lookup needs to and sent_after, or a reference");
    const auto channel = textOf(request, "channel");
    Form query{{"To", addressOn(channel, to)}, {"PageSize", std::to_string(kPageSize)}};
    if (const auto from = textOf(request, "from"); !from.empty())
        query.emplace_back("From", addressOn(channel, from));

    const auto list = settings_.accountPath() + "/Messages.json";
    const auto until = host_.nowMicros() + call.deadlineMs * 1000;
    auto path = list + "?" + writeForm(query);
    bool other = false;  // a template's body is Twilio's to write: another text may be the one looked for
    for (int page = 0; page < kMostPages && path.starts_with(list); ++page) {
        const auto left = (until - host_.nowMicros()) / 1000;
        if (left <= 0) return Answer::no(Outcome::transient, "the list of messages was not read in time");
        const auto answer = get(path, left);
        if (!isSuccess(answer)) return readProblemOf(answer);
        const auto document = Json::parse(answer.body, nullptr, false);
        const auto messages = document.is_object() ? document.find("messages") : document.end();
        if (messages == document.end() || !messages->is_array())
            return Answer::no(Outcome::transient, "Twilio's list of messages is not readable");
        for (const auto& message : *messages) {
            if (!isOursSince(message, *since)) continue;
            if (says(message, textOf(request, "text"))) return found(message);
            other = other || channel == "whatsapp";
        }
        path = textOf(document, "next_page_uri");
    }
    const auto settledAt = *since + std::int64_t{settings_.settledSeconds} * 1'000'000;
    const auto wait = std::max<std::int64_t>(0, settledAt - host_.nowMicros());
    Json absent{{"found", false}, {"trusted", path.empty() && wait == 0 && !other}};
    if (wait > 0) absent["ask_again_ms"] = wait / 1000 + 1;
    return Answer::ok(absent);
}

Answer Carrier::media(const Json& request, const Call& call) {
    const auto url = textOf(request, "url");
    const auto own = settings_.baseUrl + settings_.accountPath() + "/Messages/";
    if (!sdk::isWebAddress(url) || !url.starts_with(own) || url.find("..") != std::string::npos)
        return Answer::no(Outcome::invalid, "the request has no address of this account's media");
    const auto until = host_.nowMicros() + call.deadlineMs * 1000;
    auto answer = get(url.substr(settings_.baseUrl.size()), call.deadlineMs);
    const auto elsewhere = answer.header("Location");
    if (answer.answered && answer.status / 100 == 3 && sdk::isWebAddress(elsewhere)) {
        const auto left = std::max<std::int64_t>(1, (until - host_.nowMicros()) / 1000);
        answer =
            host_.http({.method = "GET", .url = elsewhere, .headers = {}, .body = {}, .deadlineMs = left});
    }
    return sdk::mediaIn(answer, "Twilio", textOf(request, "content_type"), "account_sid and auth_token");
}

}  // namespace overture::twilio
