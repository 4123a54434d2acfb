#include "carrier.hpp"

#include "inbound.hpp"
#include "message.hpp"
#include "outcomes.hpp"
#include "overture/bytes.hpp"
#include "overture/digest.hpp"
#include "overture/vendor_answers.hpp"

namespace overture::sendgrid {

using sdk::Answer;
using sdk::Call;
using sdk::Json;
using sdk::Outcome;
using sdk::textOf;

namespace {

constexpr std::int64_t kSecond = 1'000'000;

Answer answered(const Json& events) {
    return Answer::ok(
        {{"events", events}, {"response", {{"status", 200}, {"content_type", "text/plain"}, {"body", ""}}}});
}

}  // namespace

Answer Carrier::send(const Json& request, const Call& call) {
    const auto mail = mailOf(request, settings_.replyTo);
    const auto answer = host_.http({.method = "POST",
                                    .url = settings_.baseUrl + "/v3/mail/send",
                                    .headers = {{"Authorization", "Bearer " + settings_.apiKey},
                                                {"Content-Type", "application/json"},
                                                {"Accept", "application/json"}},
                                    .body = mail.dump(-1, ' ', false, Json::error_handler_t::replace),
                                    .deadlineMs = call.deadlineMs});
    if (answer.answered && answer.status == 202)
        return Answer::ok(
            {{"reference", mail["personalizations"][0]["custom_args"][kReference]}, {"status", "queued"}});
    return problemOf(answer, host_.nowMicros() / kSecond);
}

Answer Carrier::lookup(const Json&, const Call& call) {
    const auto answer = host_.http(
        {.method = "GET",
         .url = settings_.baseUrl + "/v3/mail/batch/none",
         .headers = {{"Authorization", "Bearer " + settings_.apiKey}, {"Accept", "application/json"}},
         .body = {},
         .deadlineMs = call.deadlineMs});
    const bool known =
        answer.answered && (answer.status == 200 || answer.status == 400 || answer.status == 403 ||
                            answer.status == 404);  // 403: a key that may do nothing but send
    if (known) return Answer::ok({{"found", false}, {"trusted", false}});
    return sdk::ofReading(problemOf(answer, host_.nowMicros() / kSecond));
}

Answer Carrier::proved(const Json& request, const std::string& body, const PublicKey* key,
                       const char* setting) const {
    if (key == nullptr)
        return Answer::no(Outcome::rejected, std::string("nothing proves this call: set ") + setting);
    switch (proofOf(request, body, *key, host_.nowMicros() / kSecond, settings_.toleranceSeconds)) {
        case Proof::right: return Answer::ok(Json::object());
        case Proof::stale:
            return Answer::no(Outcome::rejected, "the call was signed too long ago, or by another clock");
        case Proof::missing:
            return Answer::no(Outcome::rejected, "the call has no signature; turn it on at SendGrid");
        case Proof::wrong: break;
    }
    return Answer::no(Outcome::rejected, std::string("the signature does not fit; check ") + setting);
}

Answer Carrier::webhook(const Json& request, const Call&) {
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const auto type = sdk::headerOf(request, "Content-Type");
    if (const auto fields = fieldsOf(type, *body)) {
        if (auto proof = proved(request, *body, settings_.parseKey.get(), "parse_key");
            proof.outcome != Outcome::ok)
            return proof;
        const auto raw = rawOf(*fields);
        if (!raw) return Answer::no(Outcome::invalid, "the form holds no message");
        return answered(Json::array({{{"kind", "mail"},
                                      {"id", "parse:" + sdk::toHex(sdk::sha256(*raw))},
                                      {"channel", "email"},
                                      {"raw_base64", sdk::toBase64(*raw)}}}));
    }
    if (auto proof = proved(request, *body, settings_.eventKey.get(), "event_key");
        proof.outcome != Outcome::ok)
        return proof;
    const auto document = sdk::parsed(*body);
    if (!document.is_array()) return Answer::no(Outcome::invalid, "the body is no list of events");
    return answered(eventsOf(document));
}

}  // namespace overture::sendgrid
