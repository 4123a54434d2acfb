#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "carrier.hpp"
#include "damage.hpp"
#include "letter.hpp"
#include "message.hpp"
#include "mistakes.hpp"
#include "openapi.hpp"
#include "overture/testing/fake_host.hpp"
#include "parts.hpp"
#include "signature.hpp"
#include "signing_key.hpp"

namespace overture::sendgrid {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;
using testing::SigningKey;

const std::string kKey = "SG.example",
                  kReference1 = "<019c0000-0000-7000-8000-000000000001@brightroof.example>";
constexpr sdk::Call kCall{5000};
constexpr std::int64_t kNow = 1'772'384'400;  // the fake host's clock

const SigningKey& eventKey() {
    static const SigningKey key;
    return key;
}
const SigningKey& parseKey() {
    static const SigningKey key;
    return key;
}

/// What the email channel really composes.
Json letterOf(const std::string& unsubscribe = "https://hooks.brightroof.example/unsubscribe/a",
              std::vector<std::string> references = {"<a@example.com>", "<b@example.com>"}) {
    email::Letter letter;
    letter.text = "Is **now** a bad time?";
    letter.subject = "Re: Your roof";
    letter.from = {"Katie", "katie@brightroof.example"};
    letter.to = {"Ann Müller", "ann@example.com"};
    letter.deliveryId = "019c0000-0000-7000-8000-000000000001";
    letter.company = "Bright Roof";
    letter.postalAddress = "1 Main St, Springfield";
    letter.unsubscribeUrl = unsubscribe;
    letter.language = "en";
    letter.references = std::move(references);
    letter.atMicros = kNow * 1'000'000;
    return email::piecesOf(letter);
}

class SendGridTest : public ::testing::Test {
protected:
    SendGridTest() { host.secret("api_key", kKey); }
    Carrier carrier(const Json& extra = Json::object()) {
        Json settings{{"event_key", eventKey().publicKey()}, {"parse_key", parseKey().publicKey()}};
        settings.update(extra);
        const sdk::Host sdkHost(host.table());
        return {sdkHost, Settings::read(sdkHost, settings)};
    }
    static Json message(const Json& letter = letterOf()) {
        return {{"delivery_id", "d1"},
                {"channel", "email"},
                {"from", "Katie <katie@brightroof.example>"},
                {"to", "ann@example.com"},
                {"text", "Is **now** a bad time?"},
                {"parts", {{{"mime", "…"}, {"message_id", kReference1}, {"letter", letter}}}},
                {"idempotency_key", "d1"}};
    }
    Answer send(const Json& request, const Json& settings = Json::object()) {
        try {
            return carrier(settings).send(request, kCall);
        } catch (const sdk::Refused& refused) {
            return Answer::no(refused.outcome, refused.what());
        }
    }
    Answer sent(int status, const std::string& body = "",
                std::vector<std::pair<std::string, std::string>> headers = {}) {
        host.answer(status, body, std::move(headers));
        return send(message());
    }
    static Json call(const std::string& body, const SigningKey& key,
                     const std::string& type = "application/json",
                     const std::string& at = std::to_string(kNow)) {
        return {{"method", "POST"},
                {"url", "https://hooks.example.com/hooks/b1"},
                {"headers",
                 {{"x-twilio-email-event-webhook-signature", key.sign(at + body)},
                  {"x-twilio-email-event-webhook-timestamp", at},
                  {"content-type", type}}},
                {"body_base64", toBase64(body)}};
    }
    Json events(const Json& body) {
        const auto answer = carrier().webhook(call(body.dump() + "\r\n", eventKey()), kCall);
        EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
        return answer.document.value("events", Json());
    }
    FakeHost host;
};

Json event(const std::string& word, const Json& more = Json::object()) {
    Json one{{"email", "ann@example.com"},
             {"timestamp", kNow},
             {"event", word},
             {"sg_event_id", "e-" + word},
             {"sg_message_id", "m1.filter-1"},
             {kReference, kReference1}};
    one.update(more);
    return one;
}

std::string form(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::string body;
    for (const auto& [name, value] : fields)
        body += "--xYzZY\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    return body + "--xYzZY--\r\n";
}
const char* kForm = "multipart/form-data; boundary=xYzZY";

// --- sending, judged by the vendor's own description

const Json& schemaOf(const Json& api) {
    return api["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"];
}

/// The judge looks into components: there the body's schema goes, in a copy.
Json withBody(const Json& api) {
    auto copy = api;
    copy["components"]["schemas"]["Body"] = schemaOf(api);
    return copy;
}

TEST_F(SendGridTest, EveryLetterFitsTheDescription) {
    OVERTURE_CONTRACT(given, "sendgrid-mail.json");
    const auto api = withBody(given);
    const openapi::Judge judge(api);
    EXPECT_EQ(api["paths"]["/v3/mail/send"]["post"]["operationId"], "SendMail");
    for (const auto& [letter, settings] : std::vector<std::pair<Json, Json>>{
             {letterOf(), Json::object()},
             {letterOf("", {}), {{"reply_to", "katie@parse.brightroof.example"}}}}) {
        host.answer(202, "", {{"X-Message-Id", "m1"}});
        ASSERT_EQ(send(message(letter), settings).outcome, Outcome::ok);
        const auto asked = host.requests().back();
        EXPECT_EQ(asked.method, "POST");
        EXPECT_EQ(asked.url, api["servers"][0]["url"].get<std::string>() + "/v3/mail/send");
        EXPECT_EQ(asked.headers.at(0),
                  (std::pair<std::string, std::string>{"Authorization", "Bearer " + kKey}));
        const auto body = Json::parse(asked.body);
        const auto faults = judge.faults(body, "Body");
        EXPECT_TRUE(faults.empty()) << (faults.empty() ? "" : faults[0]) << "\n" << body;
        EXPECT_TRUE(openapi::unknownProperties(api, "Body", body).empty()) << body;
    }
    contracts::accepted("sendgrid", "carrier.message/1 send: SendMail", "sendgrid-mail.json");
}

TEST_F(SendGridTest, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(given, "sendgrid-mail.json");
    const auto api = withBody(given);
    const openapi::Judge judge(api);
    host.answer(202, "");
    ASSERT_EQ(send(message()).outcome, Outcome::ok);
    const auto right = Json::parse(host.requests().back().body);
    const auto spoiled = [](Json good, const std::string& pointer, const Json& value) {
        good[Json::json_pointer(pointer)] = value;
        return good;
    };
    const std::string operation = "carrier.message/1 send: SendMail", at = "/parts/0/letter";
    const auto ask = [&](const Json& request) { return send(request); };
    contracts::refused(
        "sendgrid", {operation}, "sendgrid-mail.json",
        {right, message(), [&](const Json& body) { return judge.faults(body, "Body"); }, ask, host},
        {{"/from", nullptr, at + "/from", nullptr, "the sender has no email address"},
         {"/from/email", 7, at + "/from/email", 7, "the sender has no email address"},
         {"/personalizations/0/to", "ann@example.com", at + "/to", "ann@example.com", "the recipient has no"},
         {"/personalizations/0/to", nullptr, at + "/to", nullptr, "the recipient has no email address"},
         {"/subject", 7, at + "/subject", 7, "subject"},
         {"/content/0", Json::object(), at + "/text", nullptr, "no message made by the email channel"}});
    contracts::neverWrong(
        "sendgrid", {operation}, "sendgrid-mail.json",
        {message(), ask, contracts::unwell,
         [&](const sdk::HttpRequest& request) { return judge.faults(Json::parse(request.body), "Body"); },
         host});
    const auto before = host.requests().size();
    const auto letter = letterOf();
    for (const auto& wrong : std::vector<Json>{
             spoiled(letter, "/from", Json::object()), spoiled(letter, "/from/email", "Katie"),
             spoiled(letter, "/to/email", ""), spoiled(letter, "/to/email", "a@b@c"),
             spoiled(letter, "/subject", ""), spoiled(letter, "/subject", 7), spoiled(letter, "/text", ""),
             spoiled(letter, "/headers/Subject", "x"), spoiled(letter, "/headers/reply-to", "x"),
             spoiled(letter, "/headers/X-A", "a\r\nBcc: b@example.com"), spoiled(letter, "/headers/X-A", 7),
             Json::object(), Json(7)})
        EXPECT_EQ(send(message(wrong)).outcome, Outcome::invalid) << wrong;
    auto request = message();
    request["parts"] = Json::array();
    EXPECT_EQ(send(request).outcome, Outcome::invalid);
    request = message();
    request["channel"] = "sms";
    EXPECT_EQ(send(request).outcome, Outcome::unsupported);
    EXPECT_EQ(host.requests().size(), before) << "nothing left";
}

TEST_F(SendGridTest, TheLetterKeepsItsThreadAndItsWayOut) {
    EXPECT_EQ(sent(202).document, (Json{{"reference", kReference1}, {"status", "queued"}}));
    const auto body = Json::parse(host.requests().back().body);
    EXPECT_EQ(body["personalizations"][0],
              (Json{{"to", {{{"email", "ann@example.com"}, {"name", "Ann Müller"}}}},
                    {"custom_args", {{"overture_reference", kReference1}}}}));
    EXPECT_EQ(body["from"], (Json{{"email", "katie@brightroof.example"}, {"name", "Katie"}}));
    EXPECT_EQ(body["headers"], (Json{{"Message-ID", kReference1},
                                     {"In-Reply-To", "<b@example.com>"},
                                     {"References", "<a@example.com> <b@example.com>"},
                                     {"List-Unsubscribe",
                                      "<https://hooks.brightroof.example/unsubscribe/a>, "
                                      "<mailto:katie@brightroof.example?subject=unsubscribe>"},
                                     {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}}));
    EXPECT_EQ(body["content"][0]["type"], "text/plain") << "the plain one comes first";
    EXPECT_NE(body["content"][1]["value"].get<std::string>().find("<strong>now</strong>"), std::string::npos);
    EXPECT_EQ(body["tracking_settings"]["click_tracking"]["enable"], false) << "links stay what they are";
    EXPECT_EQ(body["tracking_settings"]["open_tracking"]["enable"], false);
}

TEST_F(SendGridTest, AnswersBecomeWhatTheEngineMustDecide) {
    const std::vector<std::pair<int, Outcome>> cases{
        {400, Outcome::invalid}, {401, Outcome::auth},    {403, Outcome::auth},    {404, Outcome::invalid},
        {413, Outcome::invalid}, {429, Outcome::limited}, {302, Outcome::invalid}, {408, Outcome::unknown},
        {500, Outcome::unknown}, {502, Outcome::unknown}, {200, Outcome::unknown}};
    for (const auto& [status, outcome] : cases)
        for (const auto* body :
             {"", "<html>", R"({"errors":[{"message":"ann@example.com is no address","field":"to"}]})"}) {
            const auto answer = sent(status, body);
            EXPECT_EQ(answer.outcome, outcome) << status;
            EXPECT_EQ(answer.message.find("ann@"), std::string::npos) << answer.message;
        }
    EXPECT_EQ(sent(429, "", {{"X-RateLimit-Reset", std::to_string(kNow + 30)}}).retryAfterMs, 30'000);
    EXPECT_EQ(sent(429, "", {{"Retry-After", "5"}}).retryAfterMs, 5'000);
    for (const auto* odd : {"", "soon", "0", "99999999999"})
        EXPECT_FALSE(sent(429, "", {{"X-RateLimit-Reset", odd}}).retryAfterMs) << odd;
    host.failNotSent();
    EXPECT_EQ(send(message()).outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(send(message()).outcome, Outcome::unknown);
}

TEST_F(SendGridTest, CannotTellWhatBecameOfAMessageButWhetherTheKeyWorks) {
    OVERTURE_CONTRACT(api, "sendgrid-mail.json");
    ASSERT_TRUE(api["paths"]["/v3/mail/batch/{batch_id}"].contains("get"));
    const auto look = [&](int status) {
        host.answer(status, "{}");
        return carrier().lookup({{"delivery_id", "d1"}}, kCall);
    };
    for (const int status : {200, 400, 403, 404})
        EXPECT_EQ(look(status).document, (Json{{"found", false}, {"trusted", false}}));
    EXPECT_EQ(look(401).outcome, Outcome::auth);
    EXPECT_EQ(look(429).outcome, Outcome::limited);
    EXPECT_EQ(look(500).outcome, Outcome::transient);
    EXPECT_EQ(host.requests().back().method, "GET");
    EXPECT_EQ(host.requests().back().url, "https://api.sendgrid.com/v3/mail/batch/none");
    contracts::accepted("sendgrid", "carrier.message/1 lookup: GetMailBatch", "sendgrid-mail.json");
    contracts::neverWrong("sendgrid", {"carrier.message/1 lookup: GetMailBatch"}, "sendgrid-mail.json",
                          {{{"delivery_id", "d1"}, {"reference", "r1"}, {"to", "ann@example.com"}},
                           [&](const Json& request) { return carrier().lookup(request, kCall); },
                           contracts::unwell,
                           [](const sdk::HttpRequest& request) -> std::vector<std::string> {
                               if (request.method + request.url + request.body ==
                                   "GEThttps://api.sendgrid.com/v3/mail/batch/none")
                                   return {};
                               return {request.method + " " + request.url};
                           },
                           host});
}

TEST_F(SendGridTest, ABadKeyIsSaidAtOnce) {
    for (const char* name : {"event_key", "parse_key"})
        for (const auto& key :
             {std::string("no base64!"), toBase64("no key"), SigningKey("P-384").publicKey(),
              toBase64(fromBase64(eventKey().publicKey()) + "x")}) {
            try {
                carrier({{name, key}});
                ADD_FAILURE() << name << " " << key;
            } catch (const sdk::Refused& refused) {
                EXPECT_NE(std::string(refused.what()).find(name), std::string::npos);
            }
        }
    FakeHost bare;
    EXPECT_THROW(Settings::read(sdk::Host(bare.table()), Json::object()), sdk::Refused) << "no api_key";
}

// --- webhooks: proof

TEST(SendGridSignature, FitsThePublishedAnswers) {
    OVERTURE_CONTRACT(file, "signature-vectors.json");
    int checked = 0;
    for (const auto& vector : file["vectors"]) {
        if (vector["vendor"] != "sendgrid") continue;
        const auto key = PublicKey::read(vector["publicKeyDerBase64"].get<std::string>());
        ASSERT_TRUE(key);
        const auto proof = proofOf({{"headers", vector["header"]}}, vector["body"].get<std::string>(), *key,
                                   1'619'651'159, 86'400'000);
        EXPECT_EQ(proof, vector["valid"].get<bool>() ? Proof::right : Proof::wrong) << vector["name"];
        ++checked;
    }
    EXPECT_GE(checked, 3);
}

TEST_F(SendGridTest, NothingButTheRightKeyTheWholeBodyAndTheRightTime) {
    const std::string body = "[" + event("delivered").dump() + ",\r\n" + event("bounce").dump() + "]\r\n";
    const auto good = call(body, eventKey());
    const auto outcome = [&](const Json& request) { return carrier().webhook(request, kCall).outcome; };
    EXPECT_EQ(outcome(good), Outcome::ok);
    const auto with = [&](const std::string& name, const std::string& value) {
        auto other = good;
        other["headers"]["x-twilio-email-event-webhook-" + name] = value;
        return outcome(other);
    };
    const std::string signature = good["headers"]["x-twilio-email-event-webhook-signature"];
    EXPECT_EQ(with("signature", ""), Outcome::rejected);
    EXPECT_EQ(with("signature", "AAAA"), Outcome::rejected);
    EXPECT_EQ(with("signature", signature.substr(0, signature.size() - 4)), Outcome::rejected);
    EXPECT_EQ(with("signature", toBase64(fromBase64(signature) + "x")), Outcome::rejected)
        << "a byte behind the DER";
    EXPECT_EQ(with("signature", toHex(fromBase64(signature))), Outcome::rejected) << "another encoding";
    EXPECT_EQ(with("timestamp", ""), Outcome::rejected);
    EXPECT_EQ(with("timestamp", std::to_string(kNow + 1)), Outcome::rejected);
    EXPECT_EQ(with("timestamp", std::to_string(kNow) + " "), Outcome::rejected);
    for (const auto& bytes :
         {body.substr(0, body.size() - 2), body + " ", replaceAll(body, ",\r\n", ","), std::string("[]")}) {
        auto other = good;
        other["body_base64"] = toBase64(bytes);
        EXPECT_EQ(outcome(other), Outcome::rejected) << "not a byte more or less: " << bytes.size();
    }
    EXPECT_EQ(outcome(call(body, parseKey())), Outcome::rejected) << "another key";
    EXPECT_EQ(outcome(call(body, eventKey(), "application/json", std::to_string(kNow - 259'201))),
              Outcome::rejected)
        << "stale";
    EXPECT_EQ(outcome(call(body, eventKey(), "application/json", std::to_string(kNow + 259'201))),
              Outcome::rejected);
    EXPECT_EQ(outcome(call(body, eventKey(), "application/json", std::to_string(kNow - 259'200))),
              Outcome::ok);
    EXPECT_EQ(outcome(call(body, eventKey(), "application/json", "-1")), Outcome::rejected);
    auto bare = good;
    bare["headers"] = Json::object();
    EXPECT_EQ(outcome(bare), Outcome::rejected);
    FakeHost keyless;
    keyless.secret("api_key", kKey);
    const sdk::Host sdkHost(keyless.table());
    Carrier without(sdkHost, Settings::read(sdkHost, Json::object()));
    EXPECT_EQ(without.webhook(good, kCall).message, "nothing proves this call: set event_key");
    EXPECT_EQ(without.webhook(call(form({{"email", "x"}}), parseKey(), kForm), kCall).message,
              "nothing proves this call: set parse_key");
}

// --- webhooks: what they say

TEST_F(SendGridTest, EventsAreStatusesOfWhatWasSent) {
    const auto all =
        events({event("processed"), event("deferred"), event("delivered"), event("open"), event("click"),
                event("group_resubscribe"), event("account_status_change"), event("brand_new"),
                event("bounce", {{"type", "bounce"}, {"status", "5.1.1"}, {"reason", "550 no such user"}}),
                event("bounce", {{"type", "blocked"}, {"status", "5.1.8"}, {"sg_event_id", "e2"}}),
                event("bounce", {{"type", "bounce"}, {"status", "5.2.2"}, {"sg_event_id", "e3"}}),
                event("dropped", {{"reason", "Bounced Address"}})});
    ASSERT_EQ(all.size(), 5u);
    EXPECT_EQ(all[0], (Json{{"kind", "status"},
                            {"id", "e-delivered"},
                            {"reference", kReference1},
                            {"status", "delivered"},
                            {"at", "2026-03-01T17:00:00Z"}}));
    EXPECT_EQ(all[1]["status"], "undelivered");
    EXPECT_EQ(all[1]["code"], "5.1.1");
    EXPECT_EQ(all[1]["final"], true) << "there is no such address";
    EXPECT_EQ(all[2]["final"], false) << "blocked today";
    EXPECT_EQ(all[3]["final"], false) << "a full mailbox";
    EXPECT_EQ(all[4]["code"], "Bounced Address");
    EXPECT_EQ(all[4]["final"], true);
    auto foreign = event("delivered");
    foreign.erase(kReference);
    EXPECT_EQ(events({foreign, 7, "x", Json::array(), nullptr, Json::object()}), Json::array())
        << "not sent by us";
}

TEST_F(SendGridTest, ComplaintsAndUnsubscriptionsAreStops) {
    for (const auto& one :
         {event("spamreport"), event("spam_report"), event("unsubscribe"), event("group_unsubscribe")}) {
        const auto all = events(Json::array({one}));
        ASSERT_EQ(all.size(), 1u) << one;
        EXPECT_EQ(all[0], (Json{{"kind", "message"},
                                {"id", "stop:" + one["sg_event_id"].get<std::string>()},
                                {"from", "ann@example.com"},
                                {"to", ""},
                                {"text", "STOP"},
                                {"channel", "email"},
                                {"answers", {kReference1}},
                                {"at", "2026-03-01T17:00:00Z"}}));
    }
    const auto dropped = events(Json::array({event("dropped", {{"reason", "Unsubscribed Address"}})}));
    ASSERT_EQ(dropped.size(), 2u);
    EXPECT_EQ(dropped[0]["status"], "undelivered");
    EXPECT_EQ(dropped[1]["text"], "STOP");
}

TEST_F(SendGridTest, ARawMessageIsHandedOnAsItCame) {
    const std::string raw = "From: Ann <ann@example.com>\r\nSubject: Re: Your roof\r\n\r\nYes\xE9 please\r\n";
    const auto body = form({{"to", "katie@parse.brightroof.example"}, {"email", raw}, {"SPF", "pass"}});
    const auto answer = carrier().webhook(call(body, parseKey(), kForm), kCall);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["events"], (Json::array({{{"kind", "mail"},
                                                        {"id", "parse:" + toHex(sha256(raw))},
                                                        {"channel", "email"},
                                                        {"raw_base64", toBase64(raw)}}})));
    EXPECT_EQ(carrier().webhook(call(body, eventKey(), kForm), kCall).outcome, Outcome::rejected)
        << "the other key";
    EXPECT_EQ(carrier().webhook(call(form({{"to", "x"}}), parseKey(), kForm), kCall).outcome,
              Outcome::invalid);
}

TEST_F(SendGridTest, AMessageTakenApartSaysTheSame) {
    const auto rawOf = [&](const std::vector<std::pair<std::string, std::string>>& fields) {
        const auto answer = carrier().webhook(call(form(fields), parseKey(), kForm), kCall);
        EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
        return fromBase64(answer.document["events"][0]["raw_base64"].get<std::string>());
    };
    const std::string headers =
        "From: Ann <ann@example.com>\nIn-Reply-To: <b@example.com>\nContent-Type: multipart/mixed;\n "
        "boundary=\"b\"\nMIME-Version: 1.0\n"
        "Message-ID: <m1@example.com>\n";
    EXPECT_EQ(rawOf({{"headers", headers},
                     {"text", "Yes, caf\xE9"},
                     {"html", "<p>no</p>"},
                     {"charsets", R"({"text":"iso-8859-1","html":"utf-8"})"}}),
              "From: Ann <ann@example.com>\r\nIn-Reply-To: <b@example.com>\r\nMessage-ID: "
              "<m1@example.com>\r\nMIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                  toBase64("Yes, caf\xE9") + "\r\n");
    EXPECT_NE(rawOf({{"headers", headers}, {"html", "<p>Yes</p>"}, {"charsets", "broken"}})
                  .find("Content-Type: text/html; charset=utf-8"),
              std::string::npos);
    EXPECT_NE(rawOf({{"headers", headers}, {"text", "x"}, {"charsets", R"({"text":"a\r\nBcc: b"})"}})
                  .find("charset=utf-8"),
              std::string::npos);
}

TEST(SendGridParts, AreReadAsTheyStand) {
    const auto fields = fieldsOf(
        "multipart/form-data; boundary=\"a b\"",
        "--a b\r\ncontent-disposition: form-data; name=one\r\n\r\n1\r\n2\r\n--a b\r\n"
        "Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"two\"\r\n\r\n\r\n--a b\r\n"
        "Content-Disposition: form-data; name=\"attachment1\"; filename=\"a.txt\"\r\n\r\nfile\r\n--a "
        "b--\r\n");
    ASSERT_TRUE(fields);
    EXPECT_EQ(*fields, (Fields{{"one", "1\r\n2"}, {"two", ""}}));
    EXPECT_EQ(fieldOf(*fields, "one"), "1\r\n2");
    EXPECT_FALSE(fieldsOf("application/json", "{}"));
    EXPECT_FALSE(fieldsOf("multipart/form-data", "--a\r\n"));
    EXPECT_FALSE(fieldsOf("multipart/form-data; boundary=a", "no"));
    EXPECT_TRUE(fieldsOf("multipart/form-data; boundary=a", "--a--")->empty());
}

TEST_F(SendGridTest, DamagedWebhooksNeverCrashTheReader) {
    auto reader = carrier();
    const std::string raw = "From: Ann <ann@example.com>\r\n\r\nYes\r\n";
    long rounds = 0;
    damage::each(
        {Json{event("bounce", {{"type", "bounce"}, {"status", "5.1.1"}}), event("spamreport")}.dump(),
         form({{"email", raw}}),
         form({{"headers", "From: a@example.com\n"}, {"text", "x"}, {"charsets", R"({"text":"utf-8"})"}})},
        [&](const std::string& body) {
            // Signing takes most of the time: every eighth goes all the way, the rest into the readers alone.
            (void)fieldsOf(kForm, body);
            (void)fieldsOf(body, form({{"email", raw}}));
            if (++rounds % 8 != 0) return;
            const bool isForm = rounds % 16 == 0;
            const auto outcome = reader
                                     .webhook(call(body, isForm ? parseKey() : eventKey(),
                                                   isForm ? kForm : "application/json"),
                                              kCall)
                                     .outcome;
            ASSERT_TRUE(outcome == Outcome::ok || outcome == Outcome::invalid ||
                        outcome == Outcome::rejected);
        });
}

}  // namespace
}  // namespace overture::sendgrid
