#include "carrier.hpp"

#include <algorithm>
#include <cmath>

#include "inbound.hpp"
#include "outcomes.hpp"
#include "overture/bytes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"

namespace overture::ses {

using sdk::Answer;
using sdk::Call;
using sdk::HttpAnswer;
using sdk::Json;
using sdk::Outcome;
using sdk::Refused;
using sdk::textOf;

namespace {

constexpr std::int64_t kSecond = 1'000'000;

bool isSuccess(const HttpAnswer& answer) {
    return answer.answered && answer.status >= 200 && answer.status < 300;
}

std::string addressIn(const Json& letter, const char* whose) {
    auto address = textOf(sdk::objectIn(letter, whose), "email");
    const auto at = address.find('@');
    const bool plain = at != std::string::npos && at > 0 && at + 1 < address.size() &&
                       address.size() <= 320 && std::all_of(address.begin(), address.end(), [](char c) {
                           return c > ' ' && c < 0x7F && c != '<' && c != '>';
                       });
    if (!plain)
        throw Refused(Outcome::invalid, std::string("the message has no address in \"") + whose + "\"");
    return address;
}

Json mailOf(const Json& request, const Settings& settings) {
    if (const auto channel = textOf(request, "channel"); !channel.empty() && channel != "email")
        throw Refused(Outcome::unsupported, "this carrier sends email only, no " + channel);
    const auto& parts = sdk::listIn(request, "parts");
    const Json none = Json::object();
    const auto& part = parts.size() == 1 ? parts[0] : none;
    const auto mime = textOf(part, "mime");
    if (mime.empty()) throw Refused(Outcome::invalid, "the request has no message made by the email channel");
    const auto& letter = sdk::objectIn(part, "letter");
    Json mail{{"FromEmailAddress", addressIn(letter, "from")},
              {"Destination", {{"ToAddresses", {addressIn(letter, "to")}}}},
              {"Content", {{"Raw", {{"Data", sdk::toBase64(mime)}}}}}};
    if (!settings.configurationSet.empty()) mail["ConfigurationSetName"] = settings.configurationSet;
    return mail;
}

std::string whole(const Json& quota, const char* name) {
    const auto found = quota.find(name);
    if (found == quota.end() || !found->is_number()) return "?";
    return std::to_string(
        static_cast<std::int64_t>(std::llround(std::clamp(found->get<double>(), -1.0, 1e12))));
}

Answer answered(const Json& events) {
    return Answer::ok(
        {{"events", events}, {"response", {{"status", 200}, {"content_type", "text/plain"}, {"body", ""}}}});
}

}  // namespace

HttpAnswer Carrier::ask(const char* method, const std::string& path, const std::string& body,
                        std::int64_t deadlineMs) const {
    sdk::HttpRequest request{.method = method,
                             .url = settings_.baseUrl + path,
                             .headers = {{"Accept", "application/json"}},
                             .body = body,
                             .deadlineMs = deadlineMs};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    aws::sign(request, settings_.credentials, {settings_.region, "ses"}, host_.nowMicros());
    return host_.http(request);
}

Answer Carrier::send(const Json& request, const Call& call) {
    const auto mail = mailOf(request, settings_);
    const auto answer = ask("POST", "/v2/email/outbound-emails", mail.dump(), call.deadlineMs);
    if (!isSuccess(answer)) return problemOf(answer);
    const auto id = textOf(sdk::parsed(answer.body), "MessageId");
    if (id.empty())
        return Answer::no(Outcome::unknown, "SES's answer has no MessageId", std::to_string(answer.status));
    return Answer::ok({{"reference", sdk::validText(settings_.messageId(id))}, {"status", "queued"}});
}

Answer Carrier::lookup(const Json&, const Call& call) {
    const auto answer = ask("GET", "/v2/email/account", "", call.deadlineMs);
    if (!isSuccess(answer)) return readProblemOf(answer);
    const auto account = sdk::parsed(answer.body);
    if (!account.is_object() || !account.contains("SendQuota"))
        return Answer::no(Outcome::transient, "SES's answer is not the account");
    if (account.value("SendingEnabled", Json()) == false)
        return Answer::no(Outcome::auth, "sending is turned off for the account", "SendingPaused");
    const auto& quota = sdk::objectIn(account, "SendQuota");
    const bool sandbox = account.value("ProductionAccessEnabled", Json()) == false;
    return Answer::ok({{"found", false},
                       {"trusted", false},
                       {"about", whole(quota, "SentLast24Hours") + " of " + whole(quota, "Max24HourSend") +
                                     " messages a day sent" +
                                     (sandbox ? ", in the sandbox: only verified addresses get mail" : "")}});
}

Answer Carrier::proved(const Json& notice, std::int64_t deadlineMs) {
    if (settings_.topicArn.empty())
        return Answer::no(Outcome::rejected, "nothing proves this call: set topic_arn");
    if (textOf(notice, "TopicArn") != settings_.topicArn)
        return Answer::no(Outcome::rejected, "the notice is of another topic than topic_arn");
    const auto url = textOf(notice, "SigningCertURL");
    if (!isCertificateUrl(url))
        return Answer::no(Outcome::rejected, "the notice's certificate is not of SNS");
    auto certificate = certificates_->of(host_, url, deadlineMs);
    if (certificate.outcome != Outcome::ok) return certificate;
    if (!isSigned(signedText(notice), textOf(notice, "Signature"), textOf(notice, "SignatureVersion"),
                  certificate.document.get<std::string>()))
        return Answer::no(Outcome::rejected, "the signature does not fit");
    const auto at = sdk::parseRfc3339(textOf(notice, "Timestamp"));
    const auto tolerance = settings_.toleranceSeconds * kSecond;
    if (!at || *at > host_.nowMicros() + tolerance || *at < host_.nowMicros() - tolerance)
        return Answer::no(Outcome::rejected, "the notice was published too long ago, or by another clock");
    return Answer::ok(Json::object());
}

Answer Carrier::webhook(const Json& request, const Call& call) {
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const auto notice = sdk::parsed(*body);
    if (textOf(notice, "Type").empty()) return Answer::no(Outcome::rejected, "the call is no notice of SNS");
    if (auto proof = proved(notice, call.deadlineMs / 2); proof.outcome != Outcome::ok) return proof;
    if (textOf(notice, "Type") == "SubscriptionConfirmation") {
        const auto url = textOf(notice, "SubscribeURL");
        if (!isOfSns(url))
            return Answer::no(Outcome::rejected, "the subscription is not to be confirmed at SNS");
        const auto confirmed = host_.http(
            {.method = "GET", .url = url, .headers = {}, .body = {}, .deadlineMs = call.deadlineMs / 2});
        return isSuccess(confirmed) ? answered(Json::array()) : readProblemOf(confirmed);
    }
    if (textOf(notice, "Type") != "Notification") return answered(Json::array());
    return answered(eventsOf(sdk::parsed(textOf(notice, "Message")), textOf(notice, "MessageId"), settings_));
}

}  // namespace overture::ses
