#include "webhook.hpp"

#include "call_webhook.hpp"
#include "documents.hpp"
#include "form.hpp"
#include "outcomes.hpp"
#include "overture/bytes.hpp"
#include "signature.hpp"

namespace overture::twilio {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;

namespace {

std::string headerOf(const Json& request, std::string_view name) {
    const auto headers = request.find("headers");
    if (headers == request.end() || !headers->is_object()) return {};
    for (const auto& [key, value] : headers->items())
        if (sdk::detail::sameHeader(key, name) && value.is_string()) return value.get<std::string>();
    return {};
}

/// The configured public URL as Twilio called it: without its fragment (that only steers retries), with the
/// query that came. Behind a proxy the engine itself sees another host.
std::string publicUrl(const std::string& configured, std::string_view seen) {
    auto url = configured.substr(0, configured.find('#'));
    if (const auto query = queryOf(seen); queryOf(url).empty() && !query.empty())
        url.append("?").append(query);
    return url;
}

Json mediaOf(const Form& form) {
    auto media = Json::array();
    for (int i = 0; i < 10; ++i) {
        const auto number = std::to_string(i);
        const auto url = valueOf(form, "MediaUrl" + number);
        if (url.empty()) break;
        media.push_back({{"url", sdk::validText(url)},
                         {"content_type", sdk::validText(valueOf(form, "MediaContentType" + number))}});
    }
    return media;
}

std::string_view firstOf(const Form& form, std::initializer_list<std::string_view> names) {
    for (const auto name : names)
        if (const auto value = valueOf(form, name); !value.empty()) return value;
    return {};
}

/// The words, those of a button or a list, or in brackets what came instead: "[image]".
std::string textOfMessage(const Form& form) {
    if (const auto words = firstOf(form, {"Body", "ButtonText", "ListTitle"}); !words.empty())
        return sdk::validText(words);
    const auto type = valueOf(form, "MediaContentType0");
    return type.empty() ? std::string() : "[" + sdk::validText(type.substr(0, type.find('/'))) + "]";
}

Json messageEvent(const Form& form) {
    const auto from = addressFrom(valueOf(form, "From"));
    Json event{{"kind", "message"},           {"id", sdk::validText(valueOf(form, "MessageSid"))},
               {"from", from.number},         {"to", addressFrom(valueOf(form, "To")).number},
               {"text", textOfMessage(form)}, {"channel", from.channel}};
    if (auto media = mediaOf(form); !media.empty()) event["media"] = std::move(media);
    if (const auto choice = firstOf(form, {"ButtonPayload", "ListId"}); !choice.empty())
        event["choice"] = sdk::validText(choice);
    if (const auto answered = valueOf(form, "OriginalRepliedMessageSid"); !answered.empty())
        event["answers"] = {sdk::validText(answered)};
    if (has(form, "OptOutType")) event["opt_out_type"] = sdk::validText(valueOf(form, "OptOutType"));
    return event;
}

/// Nothing for a status on the way (queued, sending): the engine knows as much. Twilio may repeat a status,
/// so the message and the status together are its id.
Json statusEvents(const Form& form, std::string_view status) {
    const auto ours = statusOf(status);
    if (ours == "queued") return Json::array();
    const auto sid = sdk::validText(valueOf(form, "MessageSid"));
    Json event{
        {"kind", "status"}, {"id", sid + ":" + sdk::validText(status)}, {"reference", sid}, {"status", ours}};
    if (const auto code = valueOf(form, "ErrorCode"); !code.empty()) {
        event["code"] = sdk::validText(code);
        if (isOfNoUse(code)) event["final"] = true;
    }
    return Json::array({event});
}

std::string_view reportedStatus(const Form& form) {
    const auto status = valueOf(form, "MessageStatus");
    return status.empty() ? valueOf(form, "SmsStatus") : status;
}

}  // namespace

Answer readWebhook(const Settings& settings, const Json& request) {
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const auto url = textOf(request, "url"), method = textOf(request, "method");
    const auto contentType = headerOf(request, "Content-Type"),
               signature = headerOf(request, "X-Twilio-Signature");
    const auto isProved = [&](const std::string& seen) {
        return isSigned(settings.authToken, {.method = method,
                                             .url = seen,
                                             .contentType = contentType,
                                             .body = *body,
                                             .signature = signature});
    };
    const bool proved =
        isProved(url) || (!settings.webhookUrl.empty() && isProved(publicUrl(settings.webhookUrl, url)));
    if (!proved)
        return Answer::no(Outcome::rejected,
                          signature.empty() ? "the call has no X-Twilio-Signature"
                                            : "the signature does not fit; check auth_token and webhook_url");

    const auto form = parseForm(method == "GET" ? queryOf(url) : std::string_view(*body));
    if (valueOf(form, "MessageSid").empty()) {
        if (!valueOf(form, "CallSid").empty()) return readCall(settings, form, queryOf(url), request);
        return Answer::no(Outcome::invalid, "the call names no MessageSid and no CallSid");
    }
    const auto status = reportedStatus(form);
    const bool inbound = status == "received" || status == "receiving" || status.empty();
    if (inbound && valueOf(form, "From").empty())
        return Answer::no(Outcome::invalid, "the message has no sender");
    const auto events = inbound ? Json::array({messageEvent(form)}) : statusEvents(form, status);
    return Answer::ok(
        {{"events", events},
         {"response", {{"status", 200}, {"content_type", "text/xml"}, {"body", "<Response/>"}}}});
}

}  // namespace overture::twilio
