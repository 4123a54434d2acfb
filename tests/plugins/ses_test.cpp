#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "carrier.hpp"
#include "damage.hpp"
#include "mistakes.hpp"
#include "notice.hpp"
#include "openapi.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::ses {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;

const std::string kTopic = "arn:aws:sns:eu-west-1:123456789012:mail-events";
const std::string kCertificateUrl =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem";
constexpr sdk::Call kCall{5000};

/// Stands where Amazon signs: an RSA key and a certificate of it.
class Signer {
public:
    Signer() : key_(EVP_RSA_gen(2048)) {
        X509* made = X509_new();
        X509_set_pubkey(made, key_);
        X509_gmtime_adj(X509_getm_notBefore(made), 0);
        X509_gmtime_adj(X509_getm_notAfter(made), 3600);
        X509_sign(made, key_, EVP_sha256());
        BIO* memory = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(memory, made);
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(memory, &bytes);
        certificate_.assign(bytes, static_cast<std::size_t>(size));
        BIO_free(memory);
        X509_free(made);
    }
    ~Signer() { EVP_PKEY_free(key_); }
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;

    const std::string& certificate() const { return certificate_; }
    std::string sign(const std::string& text, const std::string& version) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, version == "1" ? EVP_sha1() : EVP_sha256(), nullptr, key_);
        std::string signature(512, '\0');
        std::size_t size = signature.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        return toBase64(signature.substr(0, size));
    }

private:
    EVP_PKEY* key_;
    std::string certificate_;
};

const Signer& amazon() {
    static const Signer signer;
    return signer;
}

class SesTest : public ::testing::Test {
protected:
    SesTest() {
        host.secret("access_key_id", "AKIAEXAMPLE");
        host.secret("secret_access_key", "made-up");
    }
    Settings settings(const Json& extra = Json::object()) {
        Json given{{"region", "eu-west-1"}, {"topic_arn", kTopic}, {"configuration_set", "outreach"}};
        given.update(extra);
        return Settings::read(sdk::Host(host.table()), given);
    }
    Carrier carrier(const Json& extra = Json::object()) { return {sdk::Host(host.table()), settings(extra)}; }
    static Json message() {
        return {{"delivery_id", "d1"},
                {"channel", "email"},
                {"from", "Katie <katie@brightroof.example>"},
                {"to", "ann@example.com"},
                {"text", "Is now a bad time?"},
                {"parts",
                 {{{"mime", "From: katie@brightroof.example\r\n\r\nIs now a bad time?\r\n"},
                   {"message_id", "<d1@brightroof.example>"},
                   {"letter",
                    {{"from", {{"email", "katie@brightroof.example"}, {"name", "Katie"}}},
                     {"to", {{"email", "ann@example.com"}}}}}}}}};
    }
    Answer send(const Json& request) {
        try {
            return carrier().send(request, kCall);
        } catch (const sdk::Refused& refused) {
            return Answer::no(refused.outcome, refused.what());
        }
    }
    Answer sent(int status, const std::string& body,
                std::vector<std::pair<std::string, std::string>> headers = {}) {
        host.answer(status, body, std::move(headers));
        return send(message());
    }
    static Json notice(const Json& event, const std::string& version = "2") {
        Json made{{"Type", "Notification"},
                  {"MessageId", "n1"},
                  {"TopicArn", kTopic},
                  {"Subject", "Amazon SES Email Event Notification"},
                  {"Message", event.dump()},
                  {"Timestamp", "2026-03-01T16:59:00.123Z"},
                  {"SignatureVersion", version},
                  {"SigningCertURL", kCertificateUrl},
                  {"UnsubscribeURL", "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe"}};
        return made;
    }
    static Json signedBy(Json made, const Signer& signer = amazon()) {
        made["Signature"] = signer.sign(signedText(made), made["SignatureVersion"]);
        return made;
    }
    static Json call(const Json& made) {
        return {{"method", "POST"},
                {"url", "https://hooks.example.com/hooks/b1"},
                {"headers",
                 {{"x-amz-sns-message-type", "Notification"}, {"content-type", "text/plain; charset=UTF-8"}}},
                {"body_base64", toBase64(made.dump())}};
    }
    Answer webhook(const Json& made) {
        host.answer(200, amazon().certificate());
        return carrier().webhook(call(made), kCall);
    }
    Json events(const Json& event) {
        const auto answer = webhook(signedBy(notice(event)));
        EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
        return answer.document.value("events", Json());
    }
    FakeHost host;
};

Json event(const std::string& kind, const Json& more = Json::object()) {
    Json made{{"eventType", kind}, {"mail", {{"messageId", "0102-a"}, {"destination", {"ann@example.com"}}}}};
    made.update(more);
    return made;
}
Json bounced(const std::string& type, const std::string& sub, const std::string& status) {
    return event("Bounce",
                 {{"bounce",
                   {{"bounceType", type},
                    {"bounceSubType", sub},
                    {"bouncedRecipients", {{{"emailAddress", "ann@example.com"}, {"status", status}}}}}}});
}

TEST_F(SesTest, SendingFitsTheDescriptionAndIsSigned) {
    OVERTURE_CONTRACT(api, "aws-sesv2.json");
    const openapi::Judge judge(api);
    host.answer(200, R"({"MessageId":"0102-a"})");
    const auto answer = send(message());
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document,
              (Json{{"reference", "<0102-a@eu-west-1.amazonses.com>"}, {"status", "queued"}}));
    EXPECT_EQ(settings({{"region", "us-east-1"}}).messageId("x"), "<x@email.amazonses.com>");
    const auto asked = host.requests().back();
    EXPECT_EQ(asked.url, "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails");
    const auto body = Json::parse(asked.body);
    const auto faults = judge.requestFaults("post", "/v2/email/outbound-emails", body);
    EXPECT_TRUE(faults.empty()) << (faults.empty() ? "" : faults[0]);
    EXPECT_EQ(
        body,
        (Json{{"FromEmailAddress", "katie@brightroof.example"},
              {"Destination", {{"ToAddresses", {"ann@example.com"}}}},
              {"Content", {{"Raw", {{"Data", toBase64(message()["parts"][0]["mime"].get<std::string>())}}}}},
              {"ConfigurationSetName", "outreach"}}));
    const auto signature = std::find_if(asked.headers.begin(), asked.headers.end(),
                                        [](const auto& header) { return header.first == "Authorization"; });
    ASSERT_NE(signature, asked.headers.end());
    EXPECT_EQ(
        signature->second.find("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260301/eu-west-1/ses/aws4_request"),
        0U);
    contracts::accepted("ses", "carrier.message/1 send: SendEmail", "aws-sesv2.json");
}

TEST_F(SesTest, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(api, "aws-sesv2.json");
    const openapi::Judge judge(api);
    const std::string operation = "carrier.message/1 send: SendEmail", part = "/parts/0";
    const auto ask = [&](const Json& request) { return send(request); };
    const Json right{{"FromEmailAddress", "katie@brightroof.example"},
                     {"Destination", {{"ToAddresses", {"ann@example.com"}}}},
                     {"Content", {{"Raw", {{"Data", "eA=="}}}}},
                     {"ConfigurationSetName", "outreach"}};
    contracts::refused(
        "ses", {operation}, "aws-sesv2.json",
        {right, message(),
         [&](const Json& body) { return judge.requestFaults("post", "/v2/email/outbound-emails", body); },
         ask, host},
        {{"/Content", nullptr, part, nullptr, "message"},
         {"/Content", "x", part + "/mime", 7, "message"},
         {"/Content/Raw", Json::object(), part + "/mime", nullptr, "message"},
         {"/FromEmailAddress", 7, part + "/letter/from/email", 7, "address"},
         {"/Destination/ToAddresses", "ann@example.com", part + "/letter/to", "ann@example.com", "address"}});
    for (const auto& [pointer, value] :
         std::vector<std::pair<std::string, Json>>{{"/parts", Json::array()},
                                                   {"/parts/0/mime", ""},
                                                   {"/parts/0/mime", 7},
                                                   {"/parts/0/letter", Json::object()},
                                                   {"/parts/0/letter/to/email", "ann"},
                                                   {"/parts/0/letter/to/email", "änn@example.com"},
                                                   {"/parts/0/letter/from/email", ""},
                                                   {"/channel", "sms"}}) {
        auto request = message();
        request[Json::json_pointer(pointer)] = value;
        EXPECT_NE(send(request).outcome, Outcome::ok) << pointer << value;
    }
    EXPECT_TRUE(host.requests().empty()) << "nothing left";
    contracts::neverWrong("ses", {operation}, "aws-sesv2.json",
                          {message(), ask, contracts::unwell,
                           contracts::jsonFaults(judge, "https://email.eu-west-1.amazonaws.com"), host});
}

TEST_F(SesTest, AnswersBecomeWhatTheEngineMustDecide) {
    struct Case {
        int status;
        const char* code;
        Outcome outcome;
    };
    for (const auto& [status, code, outcome] :
         std::vector<Case>{{429, "TooManyRequestsException", Outcome::limited},
                           {400, "ThrottlingException", Outcome::limited},
                           {400, "LimitExceededException", Outcome::limited},
                           {400, "AccountSuspendedException", Outcome::auth},
                           {400, "SendingPausedException", Outcome::auth},
                           {400, "MailFromDomainNotVerifiedException", Outcome::auth},
                           {400, "MessageRejected", Outcome::auth},
                           {403, "InvalidSignatureException", Outcome::auth},
                           {403, "AccessDeniedException", Outcome::auth},
                           {403, "ExpiredTokenException", Outcome::auth},
                           {404, "NotFoundException", Outcome::invalid},
                           {400, "BadRequestException", Outcome::invalid},
                           {400, "", Outcome::invalid},
                           {403, "", Outcome::auth},
                           {413, "", Outcome::invalid},
                           {301, "", Outcome::invalid},
                           {500, "InternalFailure", Outcome::unknown},
                           {503, "ThrottlingException", Outcome::unknown},
                           {408, "", Outcome::unknown}}) {
        const auto inHeader = sent(status, "<html>ann@example.com",
                                   {{"x-amzn-ErrorType", std::string(code) + ":http://internal/"}});
        EXPECT_EQ(inHeader.outcome, outcome) << status << code;
        const auto inBody = sent(status, Json{{"__type", "com.amazonaws#" + std::string(code)},
                                              {"message", "ann@example.com is not verified"}}
                                             .dump());
        EXPECT_EQ(inBody.outcome, outcome) << status << code;
        EXPECT_EQ(inBody.message.find("ann@"), std::string::npos);
        if (outcome == Outcome::limited) {
            EXPECT_TRUE(inBody.retryAfterMs);
        }
    }
    for (const auto* odd : {"", "<html>", "[]", "{}", R"({"MessageId":7})"})
        EXPECT_EQ(sent(200, odd).outcome, Outcome::unknown) << odd;
    host.failNotSent();
    EXPECT_EQ(send(message()).outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(send(message()).outcome, Outcome::unknown);
}

TEST_F(SesTest, CannotTellWhatBecameOfAMessageButHowTheAccountStands) {
    OVERTURE_CONTRACT(api, "aws-sesv2.json");
    ASSERT_TRUE(api["paths"]["/v2/email/account"].contains("get"));
    const auto look = [&](int status, const std::string& body) {
        host.answer(status, body);
        return carrier().lookup({}, kCall);
    };
    EXPECT_EQ(
        look(
            200,
            R"({"SendingEnabled":true,"ProductionAccessEnabled":true,"SendQuota":{"Max24HourSend":50000.0,"SentLast24Hours":17.0}})")
            .document,
        (Json{{"found", false}, {"trusted", false}, {"about", "17 of 50000 messages a day sent"}}));
    EXPECT_EQ(host.requests().back().url, "https://email.eu-west-1.amazonaws.com/v2/email/account");
    const auto sandbox =
        look(200, R"({"SendingEnabled":true,"ProductionAccessEnabled":false,"SendQuota":{}})");
    EXPECT_NE(sandbox.document["about"].get<std::string>().find("sandbox"), std::string::npos);
    EXPECT_EQ(look(200, R"({"SendingEnabled":false,"SendQuota":{}})").outcome, Outcome::auth);
    contracts::accepted("ses", "carrier.message/1 lookup: GetAccount", "aws-sesv2.json");
    contracts::neverWrong("ses", {"carrier.message/1 lookup: GetAccount"}, "aws-sesv2.json",
                          {{{"delivery_id", "d1"}, {"reference", "r1"}, {"to", "ann@example.com"}},
                           [&](const Json& request) { return carrier().lookup(request, kCall); },
                           contracts::unwell,
                           [](const sdk::HttpRequest& request) -> std::vector<std::string> {
                               if (request.method + request.url + request.body ==
                                   "GEThttps://email.eu-west-1.amazonaws.com/v2/email/account")
                                   return {};
                               return {request.method + " " + request.url};
                           },
                           host});
    EXPECT_EQ(look(200, "<html>").outcome, Outcome::transient);
    EXPECT_EQ(look(403, R"({"__type":"UnrecognizedClientException"})").outcome, Outcome::auth);
    EXPECT_EQ(look(500, "").outcome, Outcome::transient);
}

TEST_F(SesTest, RefusesToOpenWithoutItsSecrets) {
    for (const char* name : {"access_key_id", "secret_access_key"}) {
        FakeHost bare;
        bare.secret(std::string_view(name) == "access_key_id" ? "secret_access_key" : "access_key_id", "x");
        EXPECT_THROW(Settings::read(sdk::Host(bare.table()), Json::object()), sdk::Refused) << name;
    }
}

// --- webhooks: proof

TEST_F(SesTest, NothingButTheRightKeyTheWholeNoticeTheTopicAndTheTime) {
    const auto right = signedBy(notice(event("Delivery")));
    EXPECT_EQ(webhook(right).outcome, Outcome::ok);
    EXPECT_EQ(webhook(signedBy(notice(event("Delivery"), "1"))).outcome, Outcome::ok) << "the older version";
    static const Signer other;
    EXPECT_EQ(webhook(signedBy(notice(event("Delivery")), other)).outcome, Outcome::rejected);
    for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{
             {"Message", "{}"},
             {"MessageId", "n2"},
             {"Subject", "x"},
             {"Timestamp", "2026-03-01T16:58:00.123Z"},
             {"Type", "SubscriptionConfirmation"},
             {"Signature", "AAAA"},
             {"Signature", ""},
             {"SignatureVersion", "1"},
             {"SignatureVersion", "3"},
             {"TopicArn", "arn:aws:sns:eu-west-1:999999999999:mail-events"},
             {"SigningCertURL", "https://evil.example/a.pem"}}) {
        auto wrong = right;
        wrong[name] = value;
        EXPECT_EQ(webhook(wrong).outcome, Outcome::rejected) << name;
    }
    auto foreign = notice(event("Delivery"));
    foreign["TopicArn"] = "arn:aws:sns:eu-west-1:999999999999:mail-events";
    EXPECT_EQ(webhook(signedBy(foreign)).outcome, Outcome::rejected)
        << "anybody may have a topic, and Amazon signs for it";
    auto less = right;
    less.erase("Subject");
    EXPECT_EQ(webhook(less).outcome, Outcome::rejected);
    auto old = notice(event("Delivery"));
    old["Timestamp"] = "2026-02-27T16:59:00Z";
    EXPECT_EQ(webhook(signedBy(old)).outcome, Outcome::rejected) << "stale";
    old["Timestamp"] = "2026-03-03T16:59:00Z";
    EXPECT_EQ(webhook(signedBy(old)).outcome, Outcome::rejected) << "of a time to come";
    FakeHost keyless;
    keyless.secret("access_key_id", "a");
    keyless.secret("secret_access_key", "b");
    Carrier without(sdk::Host(keyless.table()), Settings::read(sdk::Host(keyless.table()), Json::object()));
    EXPECT_EQ(without.webhook(call(right), kCall).message, "nothing proves this call: set topic_arn");
    for (const auto& odd : {Json::array(), Json(7), Json::object()})
        EXPECT_EQ(webhook(odd).outcome, Outcome::rejected);
}

TEST(SesNotice, WhatIsSignedIsWrittenAsAmazonSays) {
    EXPECT_EQ(
        signedText({{"Type", "Notification"},
                    {"MessageId", "n1"},
                    {"TopicArn", "arn"},
                    {"Message", "hi\nthere"},
                    {"Timestamp", "t"},
                    {"Subject", "s"},
                    {"UnsubscribeURL", "u"},
                    {"Token", "k"}}),
        "Message\nhi\nthere\nMessageId\nn1\nSubject\ns\nTimestamp\nt\nTopicArn\narn\nType\nNotification\n");
    EXPECT_EQ(signedText({{"Type", "Notification"},
                          {"MessageId", "n1"},
                          {"TopicArn", "arn"},
                          {"Message", "hi"},
                          {"Timestamp", "t"}}),
              "Message\nhi\nMessageId\nn1\nTimestamp\nt\nTopicArn\narn\nType\nNotification\n");
    EXPECT_EQ(signedText({{"Type", "SubscriptionConfirmation"},
                          {"MessageId", "n1"},
                          {"TopicArn", "arn"},
                          {"Message", "m"},
                          {"Timestamp", "t"},
                          {"Subject", "s"},
                          {"SubscribeURL", "u"},
                          {"Token", "k"}}),
              "Message\nm\nMessageId\nn1\nSubscribeURL\nu\nTimestamp\nt\nToken\nk\nTopicArn\narn\nType\n"
              "SubscriptionConfirmation\n");
    EXPECT_EQ(signedText({{"Type", "Else"}, {"Message", "m"}}), "");
}

TEST_F(SesTest, OnlyCertificatesOfSnsAreFetchedAndOnlyOnce) {
    for (const auto* good :
         {"https://sns.eu-west-1.amazonaws.com/a.pem", "https://sns.cn-north-1.amazonaws.com.cn/a.pem"})
        EXPECT_TRUE(isCertificateUrl(good)) << good;
    for (const auto* bad :
         {"http://sns.eu-west-1.amazonaws.com/a.pem",
          "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
          "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
          "https://sns.eu-west-1.amazonaws.com/a.txt",
          "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
          "https://sns.eu-west-1.amazonaws.com:444/a.pem", "https://sns.a.b.amazonaws.com/a.pem",
          "https://sns.EU.amazonaws.com/a.pem", "https://snsx.amazonaws.com/a.pem",
          "https://sns..amazonaws.com/a.pem", "https://sns.eu-west-1.amazonaws.com/../a.pem",
          "https://sns.eu-west-1.amazonaws.com/?x=a.pem", ""})
        EXPECT_FALSE(isCertificateUrl(bad)) << bad;
    auto one = carrier();
    host.answer(503, "<html>");
    EXPECT_EQ(one.webhook(call(signedBy(notice(event("Delivery")))), kCall).outcome, Outcome::transient)
        << "SNS comes again";
    host.answer(200, "<html>");
    EXPECT_EQ(one.webhook(call(signedBy(notice(event("Delivery")))), kCall).outcome, Outcome::transient);
    host.answer(200, amazon().certificate());
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(one.webhook(call(signedBy(notice(event("Delivery")))), kCall).outcome, Outcome::ok);
    EXPECT_EQ(host.requests().size(), 3u) << "kept once it is there";
}

TEST_F(SesTest, ASubscriptionOfOurTopicIsConfirmed) {
    Json made{{"Type", "SubscriptionConfirmation"},
              {"MessageId", "n1"},
              {"Token", "t"},
              {"TopicArn", kTopic},
              {"Message", "You have chosen to subscribe"},
              {"SubscribeURL", "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"},
              {"Timestamp", "2026-03-01T16:59:00.123Z"},
              {"SignatureVersion", "2"},
              {"SigningCertURL", kCertificateUrl}};
    const auto confirm = [&](const Json& given, int status) {
        auto one = carrier();
        host.answer(200, amazon().certificate());
        host.answer(status, "<ok/>");
        return one.webhook(call(signedBy(given)), kCall);
    };
    EXPECT_EQ(confirm(made, 200).document["events"], Json::array());
    EXPECT_EQ(host.requests().back().url, made["SubscribeURL"]);
    EXPECT_EQ(confirm(made, 500).outcome, Outcome::transient) << "SNS comes again";
}

TEST_F(SesTest, NobodyIsSentToAnotherPlaceToConfirm) {
    Json made{{"Type", "SubscriptionConfirmation"},
              {"MessageId", "n1"},
              {"Token", "t"},
              {"TopicArn", kTopic},
              {"Message", "x"},
              {"SubscribeURL", "http://169.254.169.254/latest"},
              {"Timestamp", "2026-03-01T16:59:00.123Z"},
              {"SignatureVersion", "2"},
              {"SigningCertURL", kCertificateUrl}};
    EXPECT_EQ(webhook(signedBy(made)).outcome, Outcome::rejected);
    EXPECT_EQ(host.requests().back().url, kCertificateUrl);
}

// --- webhooks: what they say

TEST_F(SesTest, EventsAreStatusesOfWhatWasSent) {
    EXPECT_EQ(events(event("Delivery")), (Json::array({{{"kind", "status"},
                                                        {"id", "n1"},
                                                        {"reference", "<0102-a@eu-west-1.amazonses.com>"},
                                                        {"status", "delivered"}}})));
    EXPECT_EQ(events(event("Reject"))[0]["status"], "failed");
    const auto gone = events(bounced("Permanent", "General", "5.1.1"))[0];
    EXPECT_EQ(gone["status"], "undelivered");
    EXPECT_EQ(gone["code"], "5.1.1");
    EXPECT_EQ(gone["final"], true);
    EXPECT_EQ(events(bounced("Permanent", "Suppressed", ""))[0]["final"], true);
    EXPECT_EQ(events(bounced("Permanent", "Suppressed", ""))[0]["code"], "Suppressed");
    EXPECT_EQ(events(bounced("Permanent", "General", "5.7.1"))[0]["final"], false) << "refused, but there";
    EXPECT_EQ(events(bounced("Transient", "MailboxFull", "5.2.2"))[0]["final"], false);
    auto old = event("x");
    old.erase("eventType");
    old["notificationType"] = "Delivery";
    EXPECT_EQ(events(old)[0]["status"], "delivered") << "of an identity's own topic";
    for (const char* other : {"Send", "Open", "Click", "DeliveryDelay", "Rendering Failure", "Brand New"})
        EXPECT_EQ(events(event(other)), Json::array()) << other;
    EXPECT_EQ(events(Json{{"eventType", "Delivery"}}), Json::array());
    EXPECT_EQ(webhook(signedBy([] {
                  auto made = notice(Json::object());
                  made["Message"] = "no JSON";
                  return made;
              }()))
                  .document["events"],
              Json::array());
}

TEST_F(SesTest, ComplaintsAndUnsubscriptionsAreStops) {
    const Json stop{{"kind", "message"},
                    {"id", "stop:n1:ann@example.com"},
                    {"from", "ann@example.com"},
                    {"to", ""},
                    {"text", "STOP"},
                    {"channel", "email"},
                    {"answers", {"<0102-a@eu-west-1.amazonses.com>"}}};
    EXPECT_EQ(
        events(event("Complaint",
                     {{"complaint", {{"complainedRecipients", {{{"emailAddress", "ann@example.com"}}}}}}})),
        Json::array({stop}));
    EXPECT_EQ(events(event("Subscription",
                           {{"subscription", {{"newTopicPreferences", {{"unsubscribeAll", true}}}}}})),
              Json::array({stop}));
    EXPECT_EQ(events(event("Subscription",
                           {{"subscription", {{"newTopicPreferences", {{"unsubscribeAll", false}}}}}})),
              Json::array());
}

TEST_F(SesTest, DamagedWebhooksNeverCrashTheReader) {
    auto reader = carrier();
    host.answerWith([](const sdk::HttpRequest&) {
        sdk::HttpAnswer answer;
        answer.sent = answer.answered = true;
        answer.status = 200;
        answer.body = amazon().certificate();
        return answer;
    });
    long rounds = 0;
    damage::each({bounced("Permanent", "General", "5.1.1").dump(),
                  event("Complaint",
                        {{"complaint", {{"complainedRecipients", {{{"emailAddress", "ann@example.com"}}}}}}})
                      .dump(),
                  signedBy(notice(event("Delivery"))).dump()},
                 [&](const std::string& body) {
                     Json request = call(Json::object());
                     request["body_base64"] = toBase64(body);
                     (void)reader.webhook(request, kCall);
                     if (++rounds % 16 != 0) return;  // signing takes most of the time
                     auto made = notice(Json::object());
                     made["Message"] =
                         sdk::Json(body).dump(-1, ' ', true, sdk::Json::error_handler_t::replace);
                     const auto outcome = reader.webhook(call(signedBy(made)), kCall).outcome;
                     ASSERT_EQ(outcome, Outcome::ok);
                 });
}

}  // namespace
}  // namespace overture::ses
