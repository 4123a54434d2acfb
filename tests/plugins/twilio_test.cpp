#include <gtest/gtest.h>

#include <set>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "carrier.hpp"
#include "damage.hpp"
#include "documents.hpp"
#include "form.hpp"
#include "mistakes.hpp"
#include "overture/instant.hpp"
#include "overture/testing/fake_host.hpp"
#include "signature.hpp"
#include "twilio_judge.hpp"

namespace overture::twilio {
namespace {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::HttpRequest;
using sdk::Outcome;
using testing::FakeHost;

const std::string kAccount = "AC0123456789abcdef0123456789abcdef";
const std::string kReference = "SM00000000000000000000000000000001";
const std::string kToken = "0123456789abcdef0123456789abcdef";
const std::string kHook = "https://hooks.example.com/hooks/b1";
constexpr sdk::Call kCall{5000};

class TwilioTest : public ::testing::Test {
protected:
    TwilioTest() { host.secret("auth_token", kToken); }

    Carrier carrier(Json extra = Json::object()) {
        Json settings{{"account_sid", kAccount}, {"sender", "+15555550100"}, {"webhook_url", kHook}};
        settings.update(extra);
        const sdk::Host sdkHost(host.table());
        return {sdkHost, Settings::read(sdkHost, settings)};
    }
    static Json message() {
        return {{"delivery_id", "d1"},
                {"channel", "sms"},
                {"from", "+15555550101"},
                {"to", "+15555550102"},
                {"text", "Is now a bad time? Tom & Ana + é"},
                {"idempotency_key", "d1"}};
    }
    Answer sent(int status, const std::string& body,
                std::vector<std::pair<std::string, std::string>> headers = {}) {
        host.answer(status, body, std::move(headers));
        return carrier().send(message(), kCall);
    }
    Form lastForm() { return parseForm(host.requests().back().body); }

    FakeHost host;
};

Json call(const std::string& url, const Form& form, const std::string& token = kToken) {
    return {{"method", "POST"},
            {"url", url},
            {"headers",
             {{"x-twilio-signature", signatureOf(token, url, form)},
              {"content-type", "application/x-www-form-urlencoded; charset=UTF-8"}}},
            {"body_base64", toBase64(writeForm(form))}};
}

Form inbound(const std::string& text) {
    return {{"MessageSid", kReference}, {"AccountSid", kAccount}, {"From", "+15555550102"},
            {"To", "+15555550101"},     {"Body", text},           {"NumMedia", "0"},
            {"SmsStatus", "received"}};
}

Form status(const std::string& word, const std::string& code = {}) {
    Form form{
        {"MessageSid", kReference}, {"MessageStatus", word}, {"SmsStatus", word}, {"To", "+15555550102"}};
    if (!code.empty()) form.emplace_back("ErrorCode", code);
    return form;
}

TEST_F(TwilioTest, CreationFitsTheDescription) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    const auto whole = message();
    auto pictures = whole;
    pictures["media"] = {"https://media.example.com/a.jpg", {{"url", "https://media.example.com/b.jpg"}}};
    const Json service{{"messaging_service_sid", "MG0123456789abcdef0123456789abcdef"},
                       {"validity_seconds", 600}};
    for (const auto& [request, settings] :
         {std::pair{whole, Json::object()}, {pictures, Json::object()}, {whole, service}}) {
        host.answer(201, R"({"sid":"SM00000000000000000000000000000001","status":"queued"})");
        ASSERT_EQ(carrier(settings).send(request, kCall).outcome, Outcome::ok);
        const auto asked = host.requests().back();
        EXPECT_EQ(judged(api, asked).operation, "CreateMessage");
        EXPECT_EQ(judged(api, asked).faults, std::vector<std::string>{});
        const auto& path = api["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"];
        EXPECT_EQ(path["post"]["security"][0].begin().key(), "accountSid_authToken");
        EXPECT_EQ(api["components"]["securitySchemes"]["accountSid_authToken"]["scheme"], "basic");
        ASSERT_EQ(asked.headers.at(0).first, "Authorization");
        EXPECT_EQ(asked.headers.at(0).second, "Basic " + toBase64(kAccount + ":" + kToken));
    }
    contracts::accepted("twilio", "carrier.message/1 send: CreateMessage", "twilio-api.json");
}

TEST_F(TwilioTest, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    auto asked = message();
    asked["media"] = Json::array({{{"url", "https://media.example.com/a.jpg"}}});
    asked["parts"] = Json::array({{{"text", asked["text"]}}});
    const auto ask = [&](const Json& request) { return carrier().send(request, kCall); };
    const auto url = "https://api.twilio.com/2010-04-01/Accounts/" + kAccount + "/Messages.json";
    contracts::refused(
        "twilio", {"carrier.message/1 send: CreateMessage"}, "twilio-api.json",
        {{{"To", "+15555550102"}, {"From", "+15555550101"}, {"MediaUrl", "https://media.example.com/a.jpg"}},
         asked,
         [&](const Json& form) {
             Form fields;
             for (const auto& [name, value] : form.items()) fields.emplace_back(name, value);
             return judged(api, {"POST", url, {}, writeForm(fields), 0}).faults;
         },
         ask,
         host},
        {{"/To", nullptr, "/to", nullptr, "the recipient is no number"},
         {"/To", "", "/to", "", "the recipient is no number"},
         {"/MediaUrl", "not an address", "/media/0/url", "not an address", "has no address of https"},
         {"/MediaUrl", "file:/a.jpg", "/media/0", "file:/a.jpg", "has no address of https"}});
    contracts::neverWrong("twilio", {"carrier.message/1 send: CreateMessage"}, "twilio-api.json",
                          {asked, ask, contracts::unwell, faultsBy(api), host});
}

TEST_F(TwilioTest, LookingUpFitsTheDescription) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    const Json question{{"to", "+15555550102"},
                        {"from", "+15555550101"},
                        {"text", "x"},
                        {"sent_after", "2026-03-01T16:00:00Z"}};
    host.answer(200, R"({"messages":[],"next_page_uri":null})");
    ASSERT_EQ(carrier().lookup(question, kCall).outcome, Outcome::ok);
    EXPECT_EQ(judged(api, host.requests().back()).operation, "ListMessage");
    EXPECT_EQ(judged(api, host.requests().back()).faults, std::vector<std::string>{});
    host.answer(200, R"({"sid":"SM00000000000000000000000000000001","status":"sent"})");
    ASSERT_EQ(carrier().lookup({{"reference", kReference}}, kCall).outcome, Outcome::ok);
    EXPECT_EQ(judged(api, host.requests().back()).operation, "FetchMessage");
    EXPECT_EQ(judged(api, host.requests().back()).faults, std::vector<std::string>{});
    const std::string operations = "carrier.message/1 lookup: ListMessage, FetchMessage";
    contracts::accepted("twilio", operations, "twilio-api.json");
    const auto asked = host.requests().size();
    for (const auto* odd : {"SM1", "../Calls", "SM0000000000000000000000000000000x"})
        EXPECT_EQ(carrier().lookup({{"reference", odd}}, kCall).document,
                  (Json{{"found", false}, {"trusted", false}}))
            << odd;
    EXPECT_EQ(host.requests().size(), asked) << "no message has such a name";
    auto both = question;
    both["reference"] = kReference;
    contracts::neverWrong("twilio", {operations}, "twilio-api.json",
                          {both, [&](const Json& request) { return carrier().lookup(request, kCall); },
                           contracts::unwell, faultsBy(api), host});
}

TEST_F(TwilioTest, EveryStatusOfTheDescriptionIsKnown) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    const std::set<std::string> onTheWay{"accepted", "scheduled", "queued",
                                         "sending",  "receiving", "received"};
    for (const auto& word : api["components"]["schemas"]["message_enum_status"]["enum"]) {
        const auto answer = carrier().webhook(call(kHook, status(word)), kCall);
        if (onTheWay.contains(word)) continue;
        ASSERT_EQ(answer.document["events"].size(), 1u) << word;
    }
}

// --- sending
// -------------------------------------------------------------------------------------------------------

TEST_F(TwilioTest, SendsOneFormAndGivesTheReference) {
    const auto answer =
        sent(201, R"({"sid":"SM00000000000000000000000000000001","status":"queued","to":"+15555550102"})");
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document, (Json{{"reference", kReference}, {"status", "queued"}}));
    const auto asked = host.requests().at(0);
    EXPECT_EQ(asked.method, "POST");
    EXPECT_EQ(asked.url, "https://api.twilio.com/2010-04-01/Accounts/" + kAccount + "/Messages.json");
    EXPECT_EQ(asked.deadlineMs, kCall.deadlineMs);
    EXPECT_EQ(
        asked.body,
        "To=%2B15555550102&From=%2B15555550101&Body=Is%20now%20a%20bad%20time%3F%20Tom%20%26%20Ana%20%2B%20"
        "%C3%A9&StatusCallback=https%3A%2F%2Fhooks.example.com%2Fhooks%2Fb1");
}

TEST_F(TwilioTest, SettingsChooseSenderServiceKeyAndServer) {
    host.secret("api_key_secret", "s3cret");
    auto request = message();
    request.erase("from");
    host.answer(201, R"({"sid":"SM1","status":"accepted"})");
    const auto answer = carrier({{"messaging_service_sid", "MG0123456789abcdef0123456789abcdef"},
                                 {"api_key_sid", "SK0123456789abcdef0123456789abcdef"},
                                 {"base_url", "http://127.0.0.1:4010/"},
                                 {"validity_seconds", 600}})
                            .send(request, kCall);
    EXPECT_EQ(answer.document["status"], "queued");
    EXPECT_FALSE(has(lastForm(), "From")) << "the service chooses";
    EXPECT_EQ(valueOf(lastForm(), "MessagingServiceSid"), "MG0123456789abcdef0123456789abcdef");
    EXPECT_EQ(valueOf(lastForm(), "ValidityPeriod"), "600");
    EXPECT_TRUE(host.requests().back().url.starts_with("http://127.0.0.1:4010/2010-04-01/"));
    EXPECT_EQ(host.requests().back().headers.at(0).second,
              "Basic " + toBase64("SK0123456789abcdef0123456789abcdef:s3cret"));

    host.answer(201, R"({"sid":"SM1","status":"queued"})");
    ASSERT_EQ(carrier().send(request, kCall).outcome, Outcome::ok);
    EXPECT_EQ(valueOf(lastForm(), "From"), "+15555550100") << "the binding's own";
    request["channel"] = "whatsapp";
    host.answer(201, R"({"sid":"SM1","status":"queued"})");
    ASSERT_EQ(carrier().send(request, kCall).outcome, Outcome::ok);
    EXPECT_EQ(valueOf(lastForm(), "To"), "whatsapp:+15555550102");
    EXPECT_EQ(valueOf(lastForm(), "From"), "whatsapp:+15555550100");
}

TEST_F(TwilioTest, RefusesToOpenWithoutItsSecrets) {
    EXPECT_THROW(carrier({{"api_key_sid", "SK0123456789abcdef0123456789abcdef"}}), sdk::Refused);
    host.secret("auth_token", "");
    EXPECT_THROW(carrier(), sdk::Refused);
}

TEST_F(TwilioTest, WhatIsNoMessageNeverLeaves) {
    auto request = message();
    request.erase("to");
    EXPECT_EQ(carrier().send(request, kCall).outcome, Outcome::invalid);
    request = message();
    request.erase("text");
    EXPECT_EQ(carrier().send(request, kCall).outcome, Outcome::invalid);
    request = message();
    request.erase("from");
    EXPECT_EQ(carrier({{"sender", ""}}).send(request, kCall).outcome, Outcome::invalid);
    EXPECT_TRUE(host.requests().empty());
}

struct OutcomeCase {
    int status;
    int code;
    Outcome outcome;
    const char* ours;
};

TEST_F(TwilioTest, AnswersBecomeWhatTheEngineMustDecide) {
    const std::vector<OutcomeCase> cases{{429, 20429, Outcome::limited, "20429"},
                                         {429, 0, Outcome::limited, "429"},
                                         {400, 21611, Outcome::limited, "21611"},
                                         {401, 20003, Outcome::auth, "20003"},
                                         {403, 0, Outcome::auth, "403"},
                                         {400, 21408, Outcome::auth, "21408"},
                                         {400, 21610, Outcome::rejected, "opted_out"},
                                         {400, 21211, Outcome::rejected, "21211"},
                                         {400, 21614, Outcome::rejected, "21614"},
                                         {400, 21602, Outcome::invalid, "21602"},
                                         {404, 20404, Outcome::invalid, "20404"},
                                         {400, 0, Outcome::invalid, "400"},
                                         {302, 0, Outcome::invalid, "302"},
                                         {408, 0, Outcome::unknown, "408"},
                                         {500, 20500, Outcome::unknown, "500"},
                                         {502, 0, Outcome::unknown, "502"},
                                         {503, 0, Outcome::unknown, "503"}};
    for (const auto& [status, code, outcome, ours] : cases) {
        Json body{{"status", status}, {"message", "The 'To' number +15555550102 said: Is now a bad time?"}};
        if (code != 0) body["code"] = code;
        const auto answer = sent(status, body.dump());
        EXPECT_EQ(answer.outcome, outcome) << status << " " << code;
        EXPECT_EQ(answer.code, ours) << status << " " << code;
        EXPECT_FALSE(answer.message.empty());
        EXPECT_EQ(answer.message.find("5555"), std::string::npos) << answer.message;
        EXPECT_EQ(answer.message.find("bad time"), std::string::npos) << answer.message;
    }
}

TEST_F(TwilioTest, RetryAfterIsObeyedAndNonsenseIgnored) {
    EXPECT_EQ(sent(429, "{}", {{"retry-after", "7"}}).retryAfterMs, 7000);
    for (const auto* nonsense : {"", "soon", "-1", "7x", "99999999999999999999"})
        EXPECT_FALSE(sent(429, "{}", {{"Retry-After", nonsense}}).retryAfterMs) << nonsense;
}

TEST_F(TwilioTest, OnlyWhatNeverLeftMayBeTriedAgain) {
    host.failNotSent();
    EXPECT_EQ(carrier().send(message(), kCall).outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(carrier().send(message(), kCall).outcome, Outcome::unknown);
    for (const auto* odd : {"", "<html>", "[]", "{}", R"({"sid":7})", "null"})
        EXPECT_EQ(sent(201, odd).outcome, Outcome::unknown) << odd;
    EXPECT_EQ(host.requests().size(), 8u) << "never repeated by itself";
    const auto failed = sent(201, R"({"sid":"SM1","status":"failed","error_code":30007})");
    EXPECT_EQ(failed.outcome, Outcome::rejected);
    EXPECT_EQ(failed.code, "30007");
}

// --- WhatsApp
// ----------------------------------------------------------------------------------------------------

const std::string kContent = "HX0123456789abcdef0123456789abcdef",
                  kSpanish = "HXfedcba9876543210fedcba9876543210";
const Json kTemplates{{"templates", {{"roof_hello", kContent}, {"roof_hello.es", kSpanish}}}};

TEST_F(TwilioTest, TemplatesGoByTheirContentSidWithNumberedVariables) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    const auto sends = [&](const Json& approved) {
        auto request = message();
        request["channel"] = "whatsapp";
        request["parts"] = {{{"text", "Hi Asha"}, {"template", approved}}};
        host.answer(201, R"({"sid":"SM00000000000000000000000000000001","status":"queued"})");
        return carrier(kTemplates).send(request, kCall).outcome;
    };
    ASSERT_EQ(sends({{"name", "roof_hello"}, {"language", "en"}, {"variables", {"Asha", "Tom & Ana \"é\""}}}),
              Outcome::ok);
    EXPECT_EQ(valueOf(lastForm(), "ContentSid"), kContent);
    EXPECT_EQ(Json::parse(valueOf(lastForm(), "ContentVariables")),
              (Json{{"1", "Asha"}, {"2", "Tom & Ana \"é\""}}));
    EXPECT_EQ(valueOf(lastForm(), "To"), "whatsapp:+15555550102");
    EXPECT_EQ(valueOf(lastForm(), "From"), "whatsapp:+15555550101");
    EXPECT_FALSE(has(lastForm(), "Body")) << "Twilio writes it";
    EXPECT_EQ(judged(api, host.requests().back()).operation, "CreateMessage");
    EXPECT_EQ(judged(api, host.requests().back()).faults, std::vector<std::string>{});
    const std::string operation = "carrier.message/1 send, a WhatsApp template: CreateMessage";
    contracts::accepted("twilio", operation, "twilio-api.json");
    ASSERT_EQ(sends({{"name", "roof_hello"}, {"language", "es"}, {"variables", Json::array()}}), Outcome::ok);
    EXPECT_EQ(valueOf(lastForm(), "ContentSid"), kSpanish);
    EXPECT_FALSE(has(lastForm(), "ContentVariables"));
    ASSERT_EQ(sends({{"name", kSpanish}, {"language", "en"}}), Outcome::ok);
    EXPECT_EQ(valueOf(lastForm(), "ContentSid"), kSpanish) << "a sid names itself";
    const auto before = host.requests().size();
    EXPECT_THROW(sends({{"name", "unheard_of"}, {"language", "en"}}), sdk::Refused);
    EXPECT_THROW(sends({{"name", "roof_hello"}, {"language", "en"}, {"variables", {7}}}), sdk::Refused);
    EXPECT_EQ(host.requests().size(), before) << "nothing left";
    auto templated = message();
    templated["channel"] = "whatsapp";
    templated["parts"] = Json::array(
        {{{"template", {{"name", "roof_hello"}, {"language", "en"}, {"variables", {"Asha", "Tom"}}}}}});
    contracts::neverWrong(
        "twilio", {operation}, "twilio-api.json",
        {templated, [&](const Json& request) { return carrier(kTemplates).send(request, kCall); },
         contracts::unwell, faultsBy(api), host});
}

TEST_F(TwilioTest, WhatsAppErrorsAndStatusesAreTold) {
    for (const auto& [code, outcome] : std::vector<std::pair<int, Outcome>>{{63016, Outcome::rejected},
                                                                            {63003, Outcome::rejected},
                                                                            {63024, Outcome::rejected},
                                                                            {63049, Outcome::rejected},
                                                                            {63018, Outcome::limited}})
        EXPECT_EQ(sent(400, Json{{"code", code}, {"status", 400}}.dump()).outcome, outcome) << code;
    const auto event = [&](const Form& form) {
        return carrier().webhook(call(kHook, form), kCall).document["events"][0];
    };
    EXPECT_EQ(event(status("read"))["status"], "read");
    EXPECT_EQ(event(status("undelivered", "63024"))["final"], true);
    EXPECT_FALSE(event(status("undelivered", "63016")).contains("final"));
}

TEST_F(TwilioTest, WhatSomebodyTapsIsTheirTextAndItsId) {
    const auto event = [&](std::vector<std::pair<std::string, std::string>> more, const char* body) {
        auto form = inbound(body);
        for (auto& [name, value] : form)
            if (name == "From" || name == "To") value = "whatsapp:" + value;
        form.insert(form.end(), more.begin(), more.end());
        return carrier().webhook(call(kHook, form), kCall).document["events"][0];
    };
    const auto button = event(
        {{"ButtonText", "Yes please"}, {"ButtonPayload", "yes-1"}, {"OriginalRepliedMessageSid", kReference}},
        "Yes please");
    EXPECT_EQ(button["text"], "Yes please");
    EXPECT_EQ(button["choice"], "yes-1");
    EXPECT_EQ(button["answers"], Json::array({kReference}));
    EXPECT_EQ(event({{"ButtonText", "Stop"}, {"ButtonPayload", "x"}}, "")["text"], "Stop")
        << "an opt-out however it comes";
    const auto row = event({{"ListId", "time:2026-03-05T17:00:00Z"}, {"ListTitle", "Thu 5 Mar"}}, "");
    EXPECT_EQ(row["text"], "Thu 5 Mar");
    EXPECT_EQ(row["choice"], "time:2026-03-05T17:00:00Z");
    EXPECT_EQ(
        event({{"MediaUrl0", "https://media.example.com/1"}, {"MediaContentType0", "audio/ogg"}}, "")["text"],
        "[audio]");
}

// --- what people send

TEST_F(TwilioTest, MediaAreFetchedFromTheAccountsOwnAddressesWithTheKeyAndFromNoOther) {
    const auto own = "https://api.twilio.com/2010-04-01/Accounts/" + kAccount + "/Messages/MM1/Media/ME1";
    const auto fetch = [&](const std::string& url) {
        return carrier().media({{"url", url}, {"content_type", "image/jpeg"}}, kCall);
    };
    host.answer(307, "", {{"Location", "https://media.example/ME1?signed=1"}});
    host.answer(200, "picture", {{"Content-Type", "image/jpeg"}});
    EXPECT_EQ(fetch(own).document,
              (Json{{"content_type", "image/jpeg"}, {"body_base64", toBase64("picture")}}));
    ASSERT_EQ(host.requests().size(), 2U);
    EXPECT_EQ(host.requests()[0].url, own);
    EXPECT_EQ(host.requests()[0].headers.at(0).second, "Basic " + toBase64(kAccount + ":" + kToken));
    EXPECT_EQ(host.requests()[1].url, "https://media.example/ME1?signed=1");
    EXPECT_TRUE(host.requests()[1].headers.empty()) << "the key stays here";
    host.answer(200, "picture", {{"Content-Type", "image/jpeg"}});
    EXPECT_EQ(fetch(own).outcome, Outcome::ok);
    for (const auto& [status, outcome] : std::vector<std::pair<int, Outcome>>{{404, Outcome::rejected},
                                                                              {401, Outcome::auth},
                                                                              {429, Outcome::limited},
                                                                              {500, Outcome::transient},
                                                                              {302, Outcome::invalid}}) {
        host.answer(status, "<html>");
        EXPECT_EQ(fetch(own).outcome, outcome) << status;
    }
    host.answer(307, "", {{"Location", "https://media.example/ME1"}});
    host.answer(307, "", {{"Location", "https://media.example/ME1"}});
    EXPECT_EQ(fetch(own).outcome, Outcome::invalid) << "sent on once, not for ever";
    host.answer(200, "<html>", {{"Content-Type", "text/html"}});
    EXPECT_EQ(fetch(own).outcome, Outcome::transient);
    host.answer(200, std::string(5 * 1024 * 1024 + 1, 'x'));
    EXPECT_EQ(fetch(own).outcome, Outcome::rejected);
    const auto before = host.requests().size();
    for (const auto* odd : {"", "https://evil.example/1", "file:///etc/passwd",
                            "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"})
        EXPECT_EQ(fetch(odd).outcome, Outcome::invalid) << odd;
    EXPECT_EQ(fetch(own + "/../../../../x").outcome, Outcome::invalid);
    EXPECT_EQ(host.requests().size(), before);
}

// --- looking up
// ----------------------------------------------------------------------------------------------------

class LookupTest : public TwilioTest {
protected:
    LookupTest() { host.now(*sdk::parseRfc3339("2026-03-01T17:10:00Z")); }
    static Json listed(const std::string& sid, const std::string& text, const std::string& date,
                       const std::string& direction = "outbound-api") {
        return {{"sid", sid},
                {"body", text},
                {"date_created", date},
                {"direction", direction},
                {"status", "delivered"}};
    }
    void page(const Json& messages, const Json& next = nullptr) {
        host.answer(200, Json{{"messages", messages}, {"next_page_uri", next}}.dump());
    }
    Answer look(const std::string& text = "Hello") {
        return carrier().lookup({{"delivery_id", "d1"},
                                 {"to", "+15555550102"},
                                 {"from", "+15555550101"},
                                 {"text", text},
                                 {"sent_after", "2026-03-01T17:00:00Z"}},
                                kCall);
    }
    const std::string list = "/2010-04-01/Accounts/" + kAccount + "/Messages.json";
};

TEST_F(LookupTest, FindsByTextAndTimeOverPages) {
    page({listed("SM1", "Hello", "Sun, 01 Mar 2026 16:00:00 +0000"),
          listed("SM2", "Hello", "Sun, 01 Mar 2026 17:00:05 +0000", "inbound")},
         list + "?Page=1&PageToken=PASM2");
    page({listed("SM3", "Other", "Sun, 01 Mar 2026 17:00:05 +0000"),
          listed("SM4", " Hello ", "Sun, 01 Mar 2026 12:00:05 -0500")});
    EXPECT_EQ(look().document,
              (Json{{"found", true}, {"reference", "SM4"}, {"status", "delivered"}, {"trusted", true}}));
    EXPECT_EQ(host.requests().at(0).url,
              "https://api.twilio.com" + list + "?To=%2B15555550102&PageSize=200&From=%2B15555550101");
    EXPECT_EQ(host.requests().at(1).url, "https://api.twilio.com" + list + "?Page=1&PageToken=PASM2");
}

TEST_F(LookupTest, AbsenceIsBelievedOnceSettledAndRead) {
    page(Json::array());
    EXPECT_EQ(look().document, (Json{{"found", false}, {"trusted", true}}));
    host.now(*sdk::parseRfc3339("2026-03-01T17:00:20Z"));
    page(Json::array());
    EXPECT_EQ(look().document, (Json{{"found", false}, {"trusted", false}, {"ask_again_ms", 40001}}));
    host.now(*sdk::parseRfc3339("2026-03-01T17:10:00Z"));
    for (int i = 0; i < 20; ++i) page(Json::array(), list + "?Page=1");
    EXPECT_EQ(look().document, (Json{{"found", false}, {"trusted", false}}))
        << "an endless list was not read whole";
}

TEST_F(LookupTest, ByWhatsAppAnotherTextIsNoProofOfAbsence) {
    const auto looks = [&] {
        return carrier()
            .lookup({{"delivery_id", "d1"},
                     {"channel", "whatsapp"},
                     {"to", "+15555550102"},
                     {"from", "+15555550101"},
                     {"text", "Hi Asha"},
                     {"sent_after", "2026-03-01T17:00:00Z"}},
                    kCall)
            .document;
    };
    page(Json::array({listed("SM1", "Hi *Asha*", "Sun, 01 Mar 2026 17:00:05 +0000")}));
    EXPECT_EQ(looks(), (Json{{"found", false}, {"trusted", false}})) << "a template's body is not ours";
    EXPECT_NE(host.requests().back().url.find("To=whatsapp%3A%2B15555550102"), std::string::npos);
    page(Json::array({listed("SM1", "Hi *Asha*", "Sun, 01 Mar 2026 12:00:05 +0000")}));
    EXPECT_EQ(looks(), (Json{{"found", false}, {"trusted", true}})) << "an old one says nothing";
    page(Json::array({listed("SM1", "Hi Asha", "Sun, 01 Mar 2026 17:00:05 +0000")}));
    EXPECT_EQ(looks()["found"], true);
}

TEST_F(LookupTest, TheTokenGoesToNoOtherPlace) {
    page(Json::array(), "@evil.example/2010-04-01/Accounts/");
    EXPECT_FALSE(look().document["trusted"].get<bool>());
    EXPECT_EQ(host.requests().size(), 1u);
}

TEST_F(LookupTest, ByReference) {
    host.answer(200, R"({"sid":"SM00000000000000000000000000000001","status":"undelivered"})");
    EXPECT_EQ(
        carrier().lookup({{"reference", kReference}}, kCall).document,
        (Json{{"found", true}, {"reference", kReference}, {"status", "undelivered"}, {"trusted", true}}));
    host.answer(404, R"({"code":20404})");
    EXPECT_EQ(carrier().lookup({{"reference", kReference}}, kCall).document,
              (Json{{"found", false}, {"trusted", false}}));
}

TEST_F(LookupTest, AFailedLookupMayBeTriedAgain) {
    host.answer(500, "");
    EXPECT_EQ(look().outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(look().outcome, Outcome::transient);
    host.answer(200, "<html>");
    EXPECT_EQ(look().outcome, Outcome::transient);
    host.answer(429, "");
    EXPECT_EQ(look().outcome, Outcome::limited);
    host.answer(401, "");
    EXPECT_EQ(look().outcome, Outcome::auth);
    EXPECT_EQ(carrier().lookup({{"to", "+15555550102"}}, kCall).outcome, Outcome::invalid);
}

// --- signatures
// ----------------------------------------------------------------------------------------------------

Form formOf(const Json& params) {
    Form form;
    for (const auto& [name, value] : params.items()) {
        if (value.is_string()) form.emplace_back(name, value);
        if (value.is_array())
            for (const auto& one : value) form.emplace_back(name, one);
    }
    return form;
}

TEST(Signature, FitsTheVendorsOwnAnswers) {
    OVERTURE_CONTRACT(file, "signature-vectors.json");
    int checked = 0;
    for (const auto& vector : file["vectors"]) {
        if (vector["vendor"] != "twilio") continue;
        const auto form = formOf(vector.value("params", Json::object()));
        const bool json = vector.contains("body");
        const auto body = json ? vector["body"].get<std::string>() : writeForm(form);
        const std::string url = vector.value("urlSeenByServer", vector["signedUrl"].get<std::string>());
        const std::string signature = vector["header"]["X-Twilio-Signature"], token = vector["authToken"];
        const std::string type = json ? "application/json" : "application/x-www-form-urlencoded";
        EXPECT_EQ(isSigned(token, {.method = form.empty() && !json ? "GET" : "POST",
                                   .url = url,
                                   .contentType = type,
                                   .body = body,
                                   .signature = signature}),
                  vector["valid"].get<bool>())
            << vector["name"];
        ++checked;
    }
    EXPECT_GE(checked, 10);
}

TEST(Signature, PortsMayBeAddedOrLost) {
    const Form form{{"A", "1"}};
    const auto accepts = [&](const std::string& seen, const std::string& signedUrl) {
        return isSigned(kToken, {.method = "POST",
                                 .url = seen,
                                 .contentType = "application/x-www-form-urlencoded",
                                 .body = "A=1",
                                 .signature = signatureOf(kToken, signedUrl, form)});
    };
    EXPECT_TRUE(accepts("https://a.example/x?b=1", "https://a.example:443/x?b=1"));
    EXPECT_TRUE(accepts("https://a.example:443/x", "https://a.example/x"));
    EXPECT_TRUE(accepts("https://a.example:8443/x", "https://a.example/x"));
    EXPECT_TRUE(accepts("http://a.example/x", "http://a.example:80/x"));
    EXPECT_TRUE(accepts("https://u:p@a.example/x", "https://u:p@a.example:443/x"));
    EXPECT_TRUE(accepts("https://[2001:db8::1]/x", "https://[2001:db8::1]:443/x"));
    EXPECT_FALSE(accepts("https://a.example/x", "https://a.example:80/x"));
    EXPECT_FALSE(accepts("https://a.example/x", "https://b.example/x"));
    EXPECT_FALSE(accepts("https://a.example/x?b=1", "https://a.example/x"));
    EXPECT_FALSE(accepts("http://a.example/x", "https://a.example/x"));
}

TEST(Signature, NothingButTheRightTokenAndTheWholeBody) {
    const auto good = call(kHook, inbound("hello"));
    const auto check = [](const Json& request, const std::string& token, const std::string& type) {
        return isSigned(token, {.method = "POST",
                                .url = kHook,
                                .contentType = type,
                                .body = fromBase64(textOf(request, "body_base64")),
                                .signature = textOf(request["headers"], "x-twilio-signature")});
    };
    const std::string form = "application/x-www-form-urlencoded";
    EXPECT_TRUE(check(good, kToken, form));
    EXPECT_FALSE(check(good, kToken + "x", form));
    EXPECT_FALSE(check(good, "", form));
    EXPECT_FALSE(check(good, kToken, "application/json")) << "JSON must bring bodySHA256";
    auto more = good;
    more["body_base64"] = toBase64(fromBase64(textOf(good, "body_base64")) + "&Extra=");
    EXPECT_FALSE(check(more, kToken, form)) << "an empty field counts";
    auto cut = good;
    cut["headers"]["x-twilio-signature"] = textOf(good["headers"], "x-twilio-signature").substr(0, 27);
    EXPECT_FALSE(check(cut, kToken, form));
}

TEST(Signature, ABodysHashProvesNothingWithoutTheUrlsSignature) {
    const std::string body = R"({"a":1})";
    const auto url = kHook + "?bodySHA256=" + toHex(sha256(body));
    const auto accepts = [&](const std::string& signature, const std::string& bytes) {
        return isSigned(kToken, {.method = "POST",
                                 .url = url,
                                 .contentType = "application/json",
                                 .body = bytes,
                                 .signature = signature});
    };
    EXPECT_TRUE(accepts(signatureOf(kToken, url, {}), body));
    EXPECT_FALSE(accepts(signatureOf(kToken, url, {}), body + " "));
    EXPECT_FALSE(accepts(signatureOf("another token", url, {}), body));
    EXPECT_FALSE(accepts("", body));
}

TEST(Signature, NamesAreInOrderOfCodeUnits) {
    // U+FF21 is one code unit above the surrogates that begin U+1F44D, though its bytes are smaller.
    EXPECT_EQ(signatureOf(kToken, "u", {{"\uFF21", "1"}, {"\U0001F44D", "2"}}), signatureOf(kToken,
                                                                                            "u\U0001F44D"
                                                                                            "2\uFF21"
                                                                                            "1",
                                                                                            {}));
    EXPECT_EQ(signatureOf(kToken, "u", {{"b", "2"}, {"B", "1"}, {"a", ""}}),
              signatureOf(kToken, "uB1ab2", {}));
}

TEST(Forms, ReadAndWrite) {
    EXPECT_EQ(parseForm("a=1&b=&c&=d&&e=1+2%2B3&f=%zz%4"),
              (Form{{"a", "1"}, {"b", ""}, {"c", ""}, {"", "d"}, {"e", "1 2+3"}, {"f", "%zz%4"}}));
    const Form odd{{"Body", "a&b=c %+\n\xF0\x9F\x91\x8D"}, {"x", ""}};
    EXPECT_EQ(parseForm(writeForm(odd)), odd);
}

// --- webhooks
// ------------------------------------------------------------------------------------------------------

TEST_F(TwilioTest, ReadsAnInboundMessage) {
    const auto answer = carrier().webhook(call(kHook, inbound(" Yes, it’s ours +1 ")), kCall);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["events"], Json::array({{{"kind", "message"},
                                                       {"id", kReference},
                                                       {"from", "+15555550102"},
                                                       {"to", "+15555550101"},
                                                       {"text", " Yes, it’s ours +1 "},
                                                       {"channel", "sms"}}}));
    EXPECT_EQ(answer.document["response"],
              (Json{{"status", 200}, {"content_type", "text/xml"}, {"body", "<Response/>"}}));
}

TEST_F(TwilioTest, ReadsMediaOptOutAndWhatsApp) {
    auto form = inbound("look");
    form.insert(form.end(), {{"MediaUrl0", "https://media.example.com/1"},
                             {"MediaContentType0", "image/jpeg"},
                             {"OptOutType", "STOP"}});
    for (auto& [name, value] : form)
        if (name == "From" || name == "To") value = "whatsapp:" + value;
    const auto event = carrier().webhook(call(kHook, form), kCall).document["events"][0];
    EXPECT_EQ(event["channel"], "whatsapp");
    EXPECT_EQ(event["from"], "+15555550102");
    EXPECT_EQ(event["to"], "+15555550101");
    EXPECT_EQ(event["opt_out_type"], "STOP");
    EXPECT_EQ(event["media"],
              Json::array({{{"url", "https://media.example.com/1"}, {"content_type", "image/jpeg"}}}));
}

TEST_F(TwilioTest, ReadsStatuses) {
    const auto events = [&](const Form& form) {
        return carrier().webhook(call(kHook, form), kCall).document["events"];
    };
    EXPECT_EQ(events(status("undelivered", "30003")), Json::array({{{"kind", "status"},
                                                                    {"id", kReference + ":undelivered"},
                                                                    {"reference", kReference},
                                                                    {"status", "undelivered"},
                                                                    {"code", "30003"}}}));
    EXPECT_EQ(events(status("delivered"))[0]["status"], "delivered");
    EXPECT_EQ(events(status("canceled"))[0]["status"], "failed");
    EXPECT_EQ(events(status("sending")), Json::array()) << "nothing the engine does not know";
    EXPECT_EQ(events(status("brand_new")), Json::array());
}

TEST_F(TwilioTest, BehindAProxyThePublicUrlCounts) {
    auto request = call(kHook + "?x=1", inbound("hi"));
    request["url"] = "http://10.0.0.7:8080/hooks/b1?x=1";
    EXPECT_EQ(carrier({{"webhook_url", kHook + "#rc=2"}}).webhook(request, kCall).outcome, Outcome::ok);
    EXPECT_EQ(carrier({{"webhook_url", "https://other.example/hooks/b1"}}).webhook(request, kCall).outcome,
              Outcome::rejected);
}

TEST_F(TwilioTest, GetCallsCarryTheirFieldsInTheUrl) {
    const auto url = kHook + "?" + writeForm(inbound("hi there"));
    const Json request{{"method", "GET"},
                       {"url", url},
                       {"headers", {{"X-Twilio-Signature", signatureOf(kToken, url, {})}}},
                       {"body_base64", ""}};
    EXPECT_EQ(carrier().webhook(request, kCall).document["events"][0]["text"], "hi there");
    auto smuggled = request;
    smuggled["body_base64"] = toBase64(writeForm(inbound("not signed")));
    EXPECT_EQ(carrier().webhook(smuggled, kCall).document["events"][0]["text"], "hi there")
        << "a body of a GET is not signed";
}

TEST_F(TwilioTest, RefusesWhatIsNotProvedOrNotReadable) {
    auto request = call(kHook, inbound("hi"), "another token");
    EXPECT_EQ(carrier().webhook(request, kCall).outcome, Outcome::rejected);
    request["headers"].erase("x-twilio-signature");
    EXPECT_EQ(carrier().webhook(request, kCall).message, "the call has no X-Twilio-Signature");
    request["body_base64"] = "***";
    EXPECT_EQ(carrier().webhook(request, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(carrier().webhook(call(kHook, {{"Body", "hi"}}), kCall).outcome, Outcome::invalid);
    EXPECT_EQ(carrier().webhook(Json::object(), kCall).outcome, Outcome::rejected);
}

TEST_F(TwilioTest, StrangeBytesBecomeReadableText) {
    const auto answer = carrier().webhook(call(kHook, inbound(std::string("a\0b\xFF", 4))), kCall);
    EXPECT_EQ(answer.document["events"][0]["text"], "a\uFFFDb\uFFFD");
}

TEST_F(TwilioTest, RandomBytesNeverCrashTheReader) {
    Random random(20260301);
    auto reader = carrier();
    const std::string letters =
        "&=%+?#@:/[]0aF\xFF\xF0"
        "MessageSid";
    const auto bytes = [&] {
        std::string text;
        for (auto n = random.below(120); n > 0; --n)
            text += random.chance(0.7) ? letters[random.below(letters.size())]
                                       : static_cast<char>(random.below(256));
        return text;
    };
    for (int round = 0; round < 20000; ++round) {
        const auto body = bytes(), url = random.chance(0.5) ? "https://" + bytes() : bytes();
        const auto form = parseForm(body);
        EXPECT_EQ(parseForm(writeForm(form)).size(), parseForm(body).size());
        const std::string type = random.chance(0.5) ? "application/x-www-form-urlencoded" : bytes();
        const auto signature = random.chance(0.5) ? signatureOf(kToken, url, form) : toBase64(bytes());
        const Json request{{"method", random.chance(0.8) ? "POST" : "GET"},
                           {"url", url},
                           {"headers", {{"X-Twilio-Signature", signature}, {"Content-Type", type}}},
                           {"body_base64", random.chance(0.9) ? toBase64(body) : body}};
        const auto outcome = reader.webhook(request, kCall).outcome;
        ASSERT_TRUE(outcome == Outcome::ok || outcome == Outcome::invalid || outcome == Outcome::rejected);
    }
}

TEST_F(TwilioTest, DamagedWebhooksNeverCrashTheReader) {
    auto whatsapp = inbound("Yes");
    whatsapp.insert(
        whatsapp.end(),
        {{"ButtonPayload", "a"}, {"MediaUrl0", "https://a.example/b"}, {"MediaContentType0", "image/png"}});
    auto reader = carrier();
    damage::each(
        {writeForm(inbound("hello é")), writeForm(whatsapp), writeForm(status("undelivered", "30003"))},
        [&](const std::string& body) {
            const Json request{{"method", "POST"},
                               {"url", kHook},
                               {"headers",
                                {{"X-Twilio-Signature", signatureOf(kToken, kHook, parseForm(body))},
                                 {"Content-Type", "application/x-www-form-urlencoded"}}},
                               {"body_base64", toBase64(body)}};
            const auto outcome = reader.webhook(request, kCall).outcome;
            ASSERT_TRUE(outcome == Outcome::ok || outcome == Outcome::invalid || body.empty());
        });
}

TEST(Documents, Rfc2822) {
    EXPECT_EQ(parseRfc2822("Thu, 24 Aug 2023 05:01:45 +0000"), sdk::parseRfc3339("2023-08-24T05:01:45Z"));
    EXPECT_EQ(parseRfc2822("24 Aug 2023 05:01:45 -0730"), sdk::parseRfc3339("2023-08-24T12:31:45Z"));
    for (const auto* bad :
         {"", "Thu", "Thu, 32 Aug 2023 05:01:45 +0000", "Thu, 24 Xxx 2023 05:01:45 +0000", "2023-08-24"})
        EXPECT_FALSE(parseRfc2822(bad)) << bad;
}

}  // namespace
}  // namespace overture::twilio
