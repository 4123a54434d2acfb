#include <gtest/gtest.h>

#include <regex>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "carrier.hpp"
#include "damage.hpp"
#include "mistakes.hpp"
#include "openapi.hpp"
#include "overture/bytes.hpp"
#include "overture/digest.hpp"
#include "overture/testing/fake_host.hpp"
#include "signature.hpp"

namespace overture::surge {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;

const std::string kAccount = "acct_01example", kKey = "sk_example", kSecret = "made-up-secret";
const std::string kStandard = "whsec_" + toBase64("made-up-standard-secret!");
const std::string kHook = "https://hooks.example.com/hooks/b1";
constexpr sdk::Call kCall{5000};
constexpr std::int64_t kNow = 1'772'384'400;  // the fake host's clock

std::string ownHeader(const std::string& body, std::int64_t at = kNow, const std::string& secret = kSecret) {
    return "t=" + std::to_string(at) + ",v1=" + toHex(hmacSha256(secret, std::to_string(at) + "." + body));
}
Json standardHeaders(const std::string& body, std::int64_t at = kNow,
                     const std::string& key = "made-up-standard-secret!", const std::string& id = "msg_1") {
    const auto text = id + "." + std::to_string(at) + "." + body;
    return {{"webhook-id", id},
            {"webhook-timestamp", std::to_string(at)},
            {"webhook-signature", "v1," + sdk::toBase64(sdk::hmacSha256(key, text))}};
}

class SurgeTest : public ::testing::Test {
protected:
    SurgeTest() {
        host.secret("api_key", kKey);
        host.secret("signing_secret", kSecret);
    }
    Carrier carrier(const Json& extra = Json::object()) {
        Json settings{{"account_id", kAccount}};
        settings.update(extra);
        const sdk::Host sdkHost(host.table());
        return {sdkHost, Settings::read(sdkHost, settings)};
    }
    static Json message() {
        return {{"delivery_id", "019c0000-0000-7000-8000-000000000001"},
                {"channel", "sms"},
                {"from", "+15555550101"},
                {"to", "+15555550102"},
                {"text", "Is now a bad time?"},
                {"media", Json::array()},
                {"idempotency_key", "d1"}};
    }
    Answer send(const Json& request, const Json& settings = Json::object()) {
        try {
            return carrier(settings).send(request, kCall);
        } catch (const sdk::Refused& refused) {
            return Answer::no(refused.outcome, refused.what());
        }
    }
    Answer sent(int status, const std::string& body,
                std::vector<std::pair<std::string, std::string>> headers = {}) {
        host.answer(status, body, std::move(headers));
        return send(message());
    }
    Answer call(const std::string& body, const Json& headers) {
        return carrier().webhook(
            {{"method", "POST"}, {"url", kHook}, {"headers", headers}, {"body_base64", toBase64(body)}},
            kCall);
    }
    Answer webhook(const Json& event) {
        const auto body = event.dump();
        return call(body, {{"surge-signature", ownHeader(body)}});
    }
    Json events(const Json& event) {
        const auto answer = webhook(event);
        EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
        return answer.document.value("events", Json());
    }
    FakeHost host;
};

Json event(const std::string& type, const Json& data) {
    return {{"account_id", kAccount}, {"type", type}, {"timestamp", "2026-03-01T17:00:00Z"}, {"data", data}};
}
Json messageData(const Json& more = Json::object()) {
    Json data{{"id", "msg_1"},
              {"body", "Yes, it’s ours"},
              {"received_at", "2026-03-01T16:59:58.5Z"},
              {"conversation",
               {{"id", "cnv_1"},
                {"contact", {{"id", "ctc_1"}, {"phone_number", "+15555550102"}}},
                {"phone_number", {{"id", "pn_1"}, {"number", "+15555550101"}, {"type", "local"}}}}}};
    data.update(more);
    return data;
}

// --- sending, judged by the vendor's own description

TEST_F(SurgeTest, CreationFitsTheDescription) {
    OVERTURE_CONTRACT(api, "surge.json");
    const openapi::Judge judge(api);
    auto pictures = message();
    pictures["media"] = {"https://media.example.com/a.jpg", {{"url", "https://media.example.com/b.jpg"}}};
    auto nobody = message();
    nobody.erase("from");
    for (const auto& request : {message(), pictures, nobody}) {
        host.answer(201, R"({"id":"msg_1"})");
        ASSERT_EQ(send(request).outcome, Outcome::ok);
        const auto asked = host.requests().back();
        EXPECT_EQ(asked.method, "POST");
        EXPECT_EQ(asked.url,
                  api["servers"][0]["url"].get<std::string>() + "/accounts/" + kAccount + "/messages");
        EXPECT_TRUE(api["paths"].contains("/accounts/{accountID}/messages"));
        EXPECT_EQ(api["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
        EXPECT_EQ(asked.headers.at(0),
                  (std::pair<std::string, std::string>{"Authorization", "Bearer " + kKey}));
        const auto body = Json::parse(asked.body);
        EXPECT_TRUE(judge.faults(body, "MessageCreateParams.SimpleMessageParams").empty()) << body;
        EXPECT_TRUE(openapi::unknownProperties(api, "MessageCreateParams.SimpleMessageParams", body).empty())
            << body;
    }
    EXPECT_FALSE(Json::parse(host.requests().back().body).contains("from"))
        << "the account's own number writes";
    contracts::accepted("surge", "carrier.message/1 send: messages.create", "surge.json");
}

TEST_F(SurgeTest, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(api, "surge.json");
    const openapi::Judge judge(api);
    auto asked = message();
    asked["media"] = Json::array({{{"url", "https://media.example.com/b.jpg"}}});
    const Json right{{"to", "+15555550102"},
                     {"from", "+15555550101"},
                     {"body", "Is now a bad time?"},
                     {"attachments", {{{"url", "https://media.example.com/b.jpg"}}}}};
    contracts::refused(
        "surge", {"carrier.message/1 send: messages.create"}, "surge.json",
        {right, asked,
         [&](const Json& body) { return judge.faults(body, "MessageCreateParams.SimpleMessageParams"); },
         [&](const Json& request) { return send(request); }, host},
        {{"/to", nullptr, "/to", nullptr, "the recipient is no number"},
         {"/to", 7, "/to", 7, "the recipient is no number"},
         {"/attachments/0/url", nullptr, "/media/0/url", nullptr, "has no address of https"},
         {"/attachments/0/url", 7, "/media/0", 7, "has no address of https"}});
    for (const auto& [key, value] : std::vector<std::pair<std::string, Json>>{{"to", ""},
                                                                              {"to", 7},
                                                                              {"to", "15555550102"},
                                                                              {"to", "+1555x"},
                                                                              {"text", ""},
                                                                              {"text", 7},
                                                                              {"channel", "whatsapp"}}) {
        auto request = message();
        request[key] = value;
        EXPECT_NE(send(request).outcome, Outcome::ok) << key << " " << value;
    }
    EXPECT_TRUE(host.requests().empty()) << "nothing left";
    contracts::neverWrong("surge", {"carrier.message/1 send: messages.create"}, "surge.json",
                          {asked, [&](const Json& request) { return send(request); }, contracts::unwell,
                           [&](const sdk::HttpRequest& request) {
                               return judge.faults(Json::parse(request.body),
                                                   "MessageCreateParams.SimpleMessageParams");
                           },
                           host});
}

TEST_F(SurgeTest, AnswersBecomeWhatTheEngineMustDecide) {
    EXPECT_EQ(sent(201, R"({"id":"msg_1","body":"x"})").document,
              (Json{{"reference", "msg_1"}, {"status", "queued"}}));
    struct Case {
        int status;
        const char* type;
        Outcome outcome;
        const char* code;
    };
    for (const auto& [status, type, outcome, code] :
         std::vector<Case>{{401, "unauthorized", Outcome::auth, "unauthorized"},
                           {403, "", Outcome::auth, "403"},
                           {402, "", Outcome::auth, "402"},
                           {404, "not_found", Outcome::invalid, "not_found"},
                           {422, "validation_error", Outcome::invalid, "validation_error"},
                           {400, "contact_opted_out", Outcome::rejected, "opted_out"},
                           {429, "rate_limited", Outcome::limited, "rate_limited"},
                           {408, "", Outcome::unknown, "408"},
                           {500, "", Outcome::unknown, "500"},
                           {503, "server_error", Outcome::unknown, "server_error"},
                           {302, "", Outcome::invalid, "302"}}) {
        const auto answer =
            sent(status,
                 Json{{"error", {{"type", type}, {"message", "+15555550102: Is now a bad time?"}}}}.dump());
        EXPECT_EQ(answer.outcome, outcome) << status;
        EXPECT_EQ(answer.code, code) << status;
        EXPECT_EQ(answer.message.find("5555"), std::string::npos) << answer.message;
    }
    EXPECT_EQ(sent(429, "<html>", {{"Retry-After", "7"}}).retryAfterMs, 7000);
    for (const auto* odd : {"", "<html>", "[]", "{}", R"({"id":7})", R"({"id":"../x"})"})
        EXPECT_EQ(sent(201, odd).outcome, Outcome::unknown) << odd;
    host.failNotSent();
    EXPECT_EQ(send(message()).outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(send(message()).outcome, Outcome::unknown);
}

/// GET of something by its id, which is one segment of letters that stand for themselves.
std::function<std::vector<std::string>(const sdk::HttpRequest&)> isOf(const std::string& path) {
    return [path](const sdk::HttpRequest& request) -> std::vector<std::string> {
        const std::regex wanted("https://api\\.surge\\.app" + path + "[A-Za-z0-9_-]+");
        if (request.method == "GET" && request.body.empty() && std::regex_match(request.url, wanted))
            return {};
        return {request.method + " " + request.url};
    };
}

TEST_F(SurgeTest, LooksUpByReferenceAndTrustsNoAbsence) {
    OVERTURE_CONTRACT(api, "surge.json");
    ASSERT_TRUE(api["paths"].contains("/messages/{id}"));
    host.answer(200, R"({"id":"msg_1","body":"x"})");
    EXPECT_EQ(carrier().lookup({{"reference", "msg_1"}}, kCall).document,
              (Json{{"found", true}, {"reference", "msg_1"}, {"status", "sent"}, {"trusted", true}}));
    EXPECT_EQ(host.requests().back().url, "https://api.surge.app/messages/msg_1");
    host.answer(404, "{}");
    EXPECT_EQ(carrier().lookup({{"delivery_id", "d1"}}, kCall).document,
              (Json{{"found", false}, {"trusted", false}}));
    host.answer(401, "{}");
    EXPECT_EQ(carrier().lookup({{"delivery_id", "d1"}}, kCall).outcome, Outcome::auth)
        << "what a check shows";
    host.answer(500, "");
    EXPECT_EQ(carrier().lookup({{"reference", "msg_1"}}, kCall).outcome, Outcome::transient);
    host.answer(200, R"({"id":"msg_2"})");
    EXPECT_EQ(carrier().lookup({{"reference", "msg_1"}}, kCall).outcome, Outcome::transient);
    const auto before = host.requests().size();
    EXPECT_EQ(carrier().lookup({{"reference", "../accounts"}}, kCall).document["found"], false);
    EXPECT_EQ(host.requests().size(), before) << "no path of somebody else's making";
    contracts::accepted("surge", "carrier.message/1 lookup: messages.retrieve", "surge.json");
    contracts::neverWrong("surge", {"carrier.message/1 lookup: messages.retrieve"}, "surge.json",
                          {{{"reference", "msg_1"}, {"delivery_id", "d1"}},
                           [&](const Json& request) { return carrier().lookup(request, kCall); },
                           contracts::unwell,
                           isOf("/messages/"),
                           host});
}

TEST_F(SurgeTest, RefusesToOpenWithoutItsSecrets) {
    for (const char* name : {"api_key", "signing_secret"}) {
        FakeHost bare;
        bare.secret(std::string_view(name) == "api_key" ? "signing_secret" : "api_key", "x");
        EXPECT_THROW(Settings::read(sdk::Host(bare.table()), {{"account_id", kAccount}}), sdk::Refused)
            << name;
    }
    EXPECT_THROW(Settings::read(sdk::Host(host.table()), Json::object()), sdk::Refused);
}

// --- what people send

TEST_F(SurgeTest, AttachmentsAreFetchedByTheirAddressWithoutTheKey) {
    const auto fetch = [&](const Json& url) { return carrier().media({{"url", url}}, kCall); };
    host.answer(200, "picture", {{"Content-Type", "image/png; x=y"}});
    EXPECT_EQ(fetch("https://toss.example/att_1?token=abc").document,
              (Json{{"content_type", "image/png"}, {"body_base64", toBase64("picture")}}));
    EXPECT_TRUE(host.requests().back().headers.empty()) << "the key goes to the API only";
    host.answer(410, "");
    EXPECT_EQ(fetch("https://toss.example/att_1").outcome, Outcome::rejected);
    host.answer(200, "");
    EXPECT_EQ(fetch("https://toss.example/att_1").outcome, Outcome::transient);
    const auto before = host.requests().size();
    for (const auto& odd : {Json(), Json("x"), Json("file:///etc/passwd"), Json("https://a b")})
        EXPECT_EQ(fetch(odd).outcome, Outcome::invalid) << odd;
    EXPECT_EQ(host.requests().size(), before);
}

// --- webhooks: proof

TEST(SurgeSignature, FitsThePublishedAnswers) {
    OVERTURE_CONTRACT(file, "signature-vectors.json");
    int checked = 0;
    for (const auto& vector : file["vectors"]) {
        const std::string vendor = vector["vendor"];
        const auto headers = vector.value("header", Json::object());
        if (vendor == "surge") {
            EXPECT_EQ(
                proofOf({headers["Surge-Signature"], "", "", ""}, vector["signingSecret"].get<std::string>(),
                        vector["body"].get<std::string>(), 1737830031 + 200, 300),
                Proof::right);
            ++checked;
        } else if (vendor.starts_with("standard-webhooks")) {
            EXPECT_EQ(proofOf({"", headers["webhook-id"], headers["webhook-timestamp"],
                               headers["webhook-signature"]},
                              vector["secret"].get<std::string>(), vector["body"].get<std::string>(),
                              1614265330 - 200, 300),
                      Proof::right);
            ++checked;
        }
    }
    EXPECT_GE(checked, 2);
}

TEST(SurgeSignature, NothingButTheRightSecretTheWholeBodyAndTheRightTime) {
    const std::string body = R"({"type":"message.received"})";
    const auto own = [&](const std::string& header, const std::string& bytes, std::int64_t now = kNow) {
        return proofOf({header, "", "", ""}, kSecret, bytes, now, 300);
    };
    const auto good = ownHeader(body);
    EXPECT_EQ(own(good, body), Proof::right);
    EXPECT_EQ(own(good, body, kNow + 300), Proof::right);
    EXPECT_EQ(own(good, body, kNow + 301), Proof::stale);
    EXPECT_EQ(own(good, body, kNow - 301), Proof::stale) << "of a time to come";
    EXPECT_EQ(own(good, body + " "), Proof::wrong);
    EXPECT_EQ(own(good, Json::parse(body).dump(1)), Proof::wrong) << "written again";
    EXPECT_EQ(own(ownHeader(body, kNow, "another"), body), Proof::wrong);
    EXPECT_EQ(own("", body), Proof::missing);
    EXPECT_EQ(own("t=" + std::to_string(kNow + 1) + good.substr(good.find(',')), body), Proof::wrong)
        << "another time";
    EXPECT_EQ(own(good.substr(good.find(',') + 1), body), Proof::wrong) << "no time";
    EXPECT_EQ(own(good + ",t=1", body), Proof::wrong) << "two times";
    EXPECT_EQ(own(good.substr(0, good.size() - 2), body), Proof::wrong) << "cut short";
    EXPECT_EQ(own("v1=" + good.substr(good.find("v1=") + 3) + ",t=" + std::to_string(kNow), body),
              Proof::right)
        << "the order of the parts is not signed";
    EXPECT_EQ(own("t=" + std::to_string(kNow) + ",v0=" + good.substr(good.find("v1=") + 3), body),
              Proof::wrong)
        << "another version";
    EXPECT_EQ(own("t=" + std::to_string(kNow) + ",v1=00," + good.substr(good.find("v1=")), body),
              Proof::right)
        << "secrets roll";
    EXPECT_EQ(own("t=-1,v1=00", body), Proof::wrong);
    EXPECT_EQ(own("t=99999999999999999999,v1=00", body), Proof::wrong);
    EXPECT_EQ(proofOf({good, "", "", ""}, "", body, kNow, 300), Proof::wrong) << "no secret proves nothing";

    const auto standard = [&](Json headers, const std::string& bytes, std::int64_t now = kNow) {
        return proofOf({"", headers.value("webhook-id", ""), headers.value("webhook-timestamp", ""),
                        headers.value("webhook-signature", "")},
                       kStandard, bytes, now, 300);
    };
    const auto right = standardHeaders(body);
    EXPECT_EQ(standard(right, body), Proof::right);
    EXPECT_EQ(standard(right, body, kNow + 301), Proof::stale);
    EXPECT_EQ(standard(right, body + " "), Proof::wrong);
    EXPECT_EQ(standard(standardHeaders(body, kNow, "another"), body), Proof::wrong);
    for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
        auto other = right;
        other[name] = name == std::string("webhook-signature") ? "v1,AAAA" : "7";
        EXPECT_EQ(standard(other, body), Proof::wrong) << name;
    }
    auto rolled = right;
    rolled["webhook-signature"] = "v1,AAAA v2,BBBB " + right["webhook-signature"].get<std::string>();
    EXPECT_EQ(standard(rolled, body), Proof::right);
    EXPECT_EQ(proofOf({"", "msg_1", std::to_string(kNow), "v1,AAAA"}, "not base64!", body, kNow, 300),
              Proof::wrong);
    EXPECT_EQ(
        proofOf({"t=1,v1=00", right["webhook-id"], right["webhook-timestamp"], right["webhook-signature"]},
                kStandard, body, kNow, 300),
        Proof::right)
        << "either form counts";
}

TEST_F(SurgeTest, UnprovedCallsAreRefused) {
    const auto body = event("message.received", messageData()).dump();
    EXPECT_EQ(call(body, {{"Surge-Signature", ownHeader(body)}}).outcome, Outcome::ok);
    EXPECT_EQ(call(body, Json::object()).message, "the call has no signature");
    EXPECT_EQ(call(body, {{"Surge-Signature", ownHeader(body, kNow - 3600)}}).outcome, Outcome::rejected);
    EXPECT_EQ(call(body + "\n", {{"Surge-Signature", ownHeader(body)}}).outcome, Outcome::rejected);
    host.secret("signing_secret", kStandard);
    EXPECT_EQ(call(body, standardHeaders(body)).outcome, Outcome::ok);
    EXPECT_EQ(call(body, standardHeaders(body, kNow - 3600)).outcome, Outcome::rejected);
}

// --- webhooks: what they say

TEST_F(SurgeTest, ReadsAMessage) {
    EXPECT_EQ(events(event("message.received", messageData())),
              (Json::array({{{"kind", "message"},
                             {"id", "msg_1"},
                             {"from", "+15555550102"},
                             {"to", "+15555550101"},
                             {"text", "Yes, it’s ours"},
                             {"channel", "sms"},
                             {"at", "2026-03-01T16:59:58.500000Z"}}})));
    const auto picture = events(event(
        "message.received",
        messageData(
            {{"body", ""},
             {"attachments", {{{"id", "att_1"}, {"type", "image"}, {"url", "https://a.example/1"}}}}})))[0];
    EXPECT_EQ(picture["text"], "[image]");
    EXPECT_EQ(picture["media"][0]["url"], "https://a.example/1");
    EXPECT_EQ(webhook(event("message.received", {{"id", "msg_1"}, {"body", "x"}})).outcome, Outcome::invalid);
    EXPECT_EQ(webhook(event("message.received", {{"body", "x"}})).outcome, Outcome::invalid);
}

TEST_F(SurgeTest, ReadsStatusesAndIgnoresTheRest) {
    EXPECT_EQ(events(event("message.failed", messageData({{"failure_reason", "carrier_rejected"}}))),
              (Json::array({{{"kind", "status"},
                             {"id", "msg_1:failed"},
                             {"reference", "msg_1"},
                             {"status", "failed"},
                             {"code", "carrier_rejected"},
                             {"at", "2026-03-01T17:00:00Z"}}})));
    EXPECT_EQ(events(event("message.sent", messageData()))[0]["status"], "sent");
    EXPECT_EQ(events(event("message.delivered", messageData()))[0]["status"], "delivered");
    for (const char* other :
         {"conversation.created", "call.ended", "campaign.approved", "contact.opted_in", "brand.new"})
        EXPECT_EQ(events(event(other, messageData())), Json::array()) << other;
    auto foreign = event("message.received", messageData());
    foreign["account_id"] = "acct_other";
    EXPECT_EQ(events(foreign), Json::array()) << "another account's";
    for (const auto& odd : {Json::array(), Json(7), Json::object(), Json{{"type", 7}}})
        EXPECT_EQ(webhook(odd).outcome, Outcome::invalid) << odd;
    EXPECT_TRUE(host.requests().empty());
}

TEST_F(SurgeTest, AnOptOutIsAStopOfTheContactsNumberAndIsNeverLost) {
    OVERTURE_CONTRACT(api, "surge.json");
    ASSERT_TRUE(api["paths"].contains("/contacts/{id}"));
    const auto out = event("contact.opted_out", {{"id", "ctc_1"}});
    EXPECT_TRUE(openapi::Judge(api).faults(out, "ContactOptedOutWebhookEvent").empty());
    host.answer(200, R"({"id":"ctc_1","phone_number":"+15555550102"})");
    EXPECT_EQ(events(out), (Json::array({{{"kind", "message"},
                                          {"id", "opted_out:ctc_1:2026-03-01T17:00:00Z"},
                                          {"from", "+15555550102"},
                                          {"to", ""},
                                          {"text", "STOP"},
                                          {"channel", "sms"}}})));
    EXPECT_EQ(host.requests().back().url, "https://api.surge.app/contacts/ctc_1");
    EXPECT_EQ(events(event("contact.opted_out", {{"id", "ctc_1"}, {"phone_number", "+15555550102"}})).size(),
              1u);
    EXPECT_EQ(host.requests().size(), 1u) << "not asked for what is there";
    host.answer(503, "<html>");
    EXPECT_EQ(webhook(out).outcome, Outcome::transient) << "Surge comes again";
    host.failUnknown();
    EXPECT_EQ(webhook(out).outcome, Outcome::transient);
    host.answer(200, "{}");
    EXPECT_EQ(webhook(out).outcome, Outcome::transient);
    host.answer(404, "{}");
    EXPECT_EQ(events(out), Json::array()) << "nobody is left to write to";
    EXPECT_EQ(webhook(event("contact.opted_out", {{"id", "../x"}})).outcome, Outcome::invalid);
    contracts::accepted("surge", "carrier.message/1 webhook: contacts.retrieve", "surge.json");
    contracts::neverWrong("surge", {"carrier.message/1 webhook: contacts.retrieve"}, "surge.json",
                          {out, [&](const Json& strange) { return webhook(strange); }, contracts::unwell,
                           isOf("/contacts/"), host});
}

/// Every event of the description, made from its own schema, is taken.
TEST_F(SurgeTest, EveryEventOfTheDescriptionIsTaken) {
    OVERTURE_CONTRACT(api, "surge.json");
    int taken = 0;
    for (const auto& one : api["components"]["schemas"]["UnwrapWebhookEvent"]["anyOf"]) {
        const auto name = one["$ref"].get<std::string>().substr(21);
        const std::string type = api["components"]["schemas"][name]["properties"]["type"]["const"];
        host.answer(200, R"({"id":"ctc_1","phone_number":"+15555550102"})");
        EXPECT_EQ(webhook(event(type, messageData())).outcome, Outcome::ok) << type;
        ++taken;
    }
    EXPECT_GE(taken, 9);
}

TEST_F(SurgeTest, DamagedWebhooksNeverCrashTheReader) {
    auto reader = carrier();
    host.answerWith([](const sdk::HttpRequest&) {
        sdk::HttpAnswer answer;
        answer.sent = answer.answered = true;
        answer.status = 404;
        return answer;
    });
    long calls = 0;
    damage::each(
        {event("message.received", messageData({{"attachments", {{{"type", "image"}, {"url", "x"}}}}}))
             .dump(),
         event("message.failed", messageData({{"failure_reason", "x"}})).dump(),
         event("contact.opted_out", {{"id", "ctc_1"}, {"phone_number", "+15555550102"}}).dump()},
        [&](const std::string& body) {
            const Json request{
                {"method", "POST"},
                {"url", kHook},
                {"headers", ++calls % 8 == 0 ? Json{{"Surge-Signature", body}, {"webhook-signature", body}}
                                             : Json{{"Surge-Signature", ownHeader(body)}}},
                {"body_base64", toBase64(body)}};
            std::string readable;
            try {
                readable = request.dump();
            } catch (const Json::exception&) {
                return;  // headers are texts by then
            }
            const auto outcome = reader.webhook(request, kCall).outcome;
            ASSERT_TRUE(outcome == Outcome::ok || outcome == Outcome::invalid ||
                        outcome == Outcome::rejected);
        });
}

}  // namespace
}  // namespace overture::surge
