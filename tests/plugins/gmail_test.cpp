#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "carrier.hpp"
#include "damage.hpp"
#include "mistakes.hpp"
#include "openapi.hpp"
#include "overture/bytes.hpp"
#include "overture/documents.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::gmail {
namespace {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::HttpRequest;
using sdk::Outcome;
using testing::FakeHost;

constexpr sdk::Call kCall{10'000};
constexpr std::int64_t kNow = 1'772'384'400;  // 2026-03-01T17:00:00Z, where the fake host's clock stands
const std::string kDelivery = "0195a3b2-7c00-7000-8000-000000000001";
const std::string kMessageId = "<" + kDelivery + "@brightroof.example>";

/// Stands where Google signs.
class Signer {
public:
    Signer() : key_(EVP_RSA_gen(2048)) {}
    ~Signer() { EVP_PKEY_free(key_); }
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;

    Json jwk(const std::string& id) const {
        return {{"kty", "RSA"},
                {"alg", "RS256"},
                {"use", "sig"},
                {"kid", id},
                {"n", number(OSSL_PKEY_PARAM_RSA_N)},
                {"e", number(OSSL_PKEY_PARAM_RSA_E)}};
    }
    std::string token(const Json& claims,
                      const Json& header = {{"alg", "RS256"}, {"kid", "k1"}, {"typ", "JWT"}}) const {
        const auto text = sdk::toBase64Url(header.dump()) + "." + sdk::toBase64Url(claims.dump());
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
        std::string signature(512, '\0');
        std::size_t size = signature.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        return text + "." + sdk::toBase64Url(signature.substr(0, size));
    }

private:
    std::string number(const char* name) const {
        BIGNUM* value = nullptr;
        EVP_PKEY_get_bn_param(key_, name, &value);
        std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
        BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
        BN_free(value);
        return sdk::toBase64Url(bytes);
    }
    EVP_PKEY* key_;
};

const Signer& google() {
    static const Signer signer;
    return signer;
}

HttpAnswer answering(int status, const Json& body) {
    return {true, true, status, {{"Content-Type", "application/json"}}, body.dump(), {}};
}
Json failure(int status, const std::string& reason) {
    return {{"error",
             {{"code", status},
              {"message", "ann@example.com is wrong"},
              {"errors", {{{"reason", reason}}}},
              {"status", "X"}}}};
}

/// A mailbox at Gmail: what searches find, and its messages.
struct Gmail {
    std::map<std::string, Json> found;     ///< by query; anything else finds nothing
    std::map<std::string, Json> messages;  ///< by id: {raw, headers, sizeEstimate, snippet}
    std::set<std::string> labelled, queries;
    Json labels = {{{"id", "INBOX"}, {"name", "INBOX"}}};
    int fails = 0;  ///< with this status everything

    HttpAnswer operator()(const HttpRequest& request) {
        if (fails != 0) return answering(fails, failure(fails, "backendError"));
        if (request.url == "https://www.googleapis.com/oauth2/v3/certs")
            return answering(200, {{"keys", {google().jwk("k1"), google().jwk("k2")}}});
        const std::string base = "https://gmail.googleapis.com/gmail/v1/users/me";
        EXPECT_EQ(request.url.find(base), 0U) << request.url;
        const auto path = request.url.substr(base.size(), request.url.find('?') - base.size());
        if (path == "/profile")
            return answering(200, {{"emailAddress", "sam@brightroof.example"}, {"historyId", "9"}});
        if (path == "/messages/send")
            return answering(200, {{"id", "s1"}, {"threadId", "t1"}, {"labelIds", {"SENT"}}});
        if (path == "/watch") return answering(200, {{"historyId", "9"}, {"expiration", "1772989200000"}});
        if (path == "/labels" && request.method == "GET") return answering(200, {{"labels", labels}});
        if (path == "/labels") {
            labels.push_back({{"id", "Label_7"}, {"name", Json::parse(request.body)["name"]}});
            return answering(200, labels.back());
        }
        if (path == "/messages") {
            const auto query = sdk::queryValue(request.url, "q");
            queries.insert(query);
            Json list{{"resultSizeEstimate", 0}};
            if (found.contains(query)) list["messages"] = found[query];
            return answering(200, list);
        }
        const auto id = path.substr(10, path.find('/', 10) - 10);
        if (!messages.contains(id)) return answering(404, failure(404, "notFound"));
        if (path.ends_with("/modify")) {
            EXPECT_EQ(Json::parse(request.body), (Json{{"addLabelIds", {"Label_7"}}}));
            labelled.insert(id);
            return answering(200, {{"id", id}});
        }
        const auto& message = messages[id];
        if (request.url.ends_with("format=raw"))
            return answering(200, {{"id", id}, {"raw", sdk::toBase64Url(message["raw"].get<std::string>())}});
        return answering(200, {{"id", id},
                               {"threadId", "t1"},
                               {"sizeEstimate", message.value("size", 100)},
                               {"snippet", message.value("snippet", "")},
                               {"payload", {{"headers", message.value("headers", Json::array())}}}});
    }
};

const std::string kWaiting = "in:inbox newer_than:14d -from:me -label:overture-taken";

class GmailTest : public ::testing::Test {
protected:
    GmailTest() {
        host.secret("refresh_token", "made-up-refresh");
        host.secret("client_secret", "made-up-secret");
        host.answerWith([this](const HttpRequest& request) { return gmail(request); });
    }
    Settings settings(const Json& extra = Json::object()) {
        Json given{{"client_id", "c1"},
                   {"push_audience", "https://hooks.example.com/hooks/b1"},
                   {"push_account", "push@p.iam.gserviceaccount.com"}};
        given.update(extra);
        return Settings::read(sdk::Host(host.table()), given);
    }
    std::shared_ptr<Mailbox> mailbox(const Json& extra = Json::object()) {
        return std::make_shared<Mailbox>(sdk::Host(host.table()), settings(extra));
    }
    Carrier carrier(const Json& extra = Json::object()) {
        return {sdk::Host(host.table()), settings(extra), mailbox(extra)};
    }
    static Json message(const std::string& answers = "") {
        Json headers{{"Message-ID", kMessageId}};
        if (!answers.empty()) headers["In-Reply-To"] = answers;
        return {{"delivery_id", kDelivery},
                {"channel", "email"},
                {"from", "Katie <katie@brightroof.example>"},
                {"to", "ann@example.com"},
                {"text", "Is now a bad time?"},
                {"parts",
                 {{{"mime", "From: katie@brightroof.example\r\n\r\nIs now a bad time? \xF0\x9F\x99\x82\r\n"},
                   {"message_id", kMessageId},
                   {"letter", {{"headers", headers}}}}}}};
    }
    static Json question(std::int64_t secondsAgo) {
        auto asked = message();
        asked.erase("parts");
        const auto at = kNow - secondsAgo;
        asked["sent_after"] = "2026-03-01T" + std::string(at % 86400 / 3600 < 10 ? "0" : "") +
                              std::to_string(at % 86400 / 3600) + ":" + (at % 3600 / 60 < 10 ? "0" : "") +
                              std::to_string(at % 3600 / 60) + ":" + (at % 60 < 10 ? "0" : "") +
                              std::to_string(at % 60) + "Z";
        return asked;
    }
    Answer send(const Json& request) {
        try {
            return carrier().send(request, kCall);
        } catch (const sdk::Refused& refused) {
            return Answer::no(refused.outcome, refused.what());
        }
    }
    const HttpRequest& asked(std::size_t fromLast = 0) {
        requests = host.requests();
        return requests.at(requests.size() - 1 - fromLast);
    }
    static Json claims(const Json& other = Json::object()) {
        Json all{{"iss", "https://accounts.google.com"},
                 {"aud", "https://hooks.example.com/hooks/b1"},
                 {"email", "push@p.iam.gserviceaccount.com"},
                 {"email_verified", true},
                 {"iat", kNow - 5},
                 {"exp", kNow + 3595}};
        all.update(other);
        return all;
    }
    static Json push(const std::string& token) {
        return {{"method", "POST"},
                {"url", "https://hooks.example.com/hooks/b1"},
                {"headers", {{"authorization", "Bearer " + token}, {"content-type", "application/json"}}},
                {"body_base64",
                 toBase64(Json{
                     {"message",
                      {{"data", toBase64(R"({"emailAddress":"sam@brightroof.example","historyId":"9"})")},
                       {"messageId", "1"}}},
                     {"subscription", "projects/p/subscriptions/s"}}
                              .dump())}};
    }
    FakeHost host;
    Gmail gmail;
    std::vector<HttpRequest> requests;
};

/// What is wrong with a request by the description: its path, the names in its query, its body.
std::vector<std::string> faultsOf(const Json& api, const HttpRequest& request) {
    const auto path = request.url.substr(0, request.url.find('?'))
                          .substr(std::string("https://gmail.googleapis.com").size());
    const auto method = lowerAscii(request.method);
    if (method == "post") return openapi::Judge(api).requestFaults(method, path, Json::parse(request.body));
    std::vector<std::string> faults;
    const auto segments = split(path, '/');
    for (const auto& [given, operations] : api["paths"].items()) {
        const auto wanted = split(given, '/');
        bool same = wanted.size() == segments.size() && operations.contains(method);
        for (std::size_t i = 0; same && i < wanted.size(); ++i)
            same = wanted[i].starts_with('{') || wanted[i] == segments[i];
        if (!same) continue;
        std::set<std::string> names;
        for (const auto& parameter : operations[method]["parameters"])
            names.insert(parameter["name"].get<std::string>());
        const auto query =
            request.url.find('?') == std::string::npos ? "" : request.url.substr(request.url.find('?') + 1);
        for (const auto& field : split(query, '&'))
            if (const auto name = field.substr(0, field.find('=')); !name.empty() && !names.contains(name))
                faults.push_back(name);
        return faults;
    }
    return {path + " is no operation"};
}

TEST_F(GmailTest, EveryRequestFitsTheDescription) {
    OVERTURE_CONTRACT(api, "google-gmail.json");
    gmail.found["rfc822msgid:their-words@example.com"] = {{{"id", "m1"}, {"threadId", "t1"}}};
    gmail.found[kWaiting] = {{{"id", "m1"}, {"threadId", "t1"}}};
    gmail.messages["m1"] = {{"raw", "From: ann@example.com\r\n\r\nYes\r\n"}};
    gmail.messages["s1"] = {{"headers", {{{"name", "Message-Id"}, {"value", "<CAx@mail.gmail.com>"}}}}};
    ASSERT_EQ(send(message("<their-words@example.com>")).outcome, Outcome::ok);
    EXPECT_EQ(carrier().lookup(question(600), kCall).outcome, Outcome::ok);
    EXPECT_EQ(carrier().lookup({{"from", "+12025550100"}}, kCall).document["about"],
              "the mailbox of sam@brightroof.example");
    auto box = mailbox({{"topic", "projects/p/topics/mail"}});
    ASSERT_EQ(box->fetch({{"most", 5U}}, kCall).outcome, Outcome::ok);
    ASSERT_EQ(box->forget({{"ids", {"m1"}}}, kCall).outcome, Outcome::ok);
    std::set<std::string> operations;
    for (const auto& request : host.requests()) {
        const auto faults = faultsOf(api, request);
        EXPECT_TRUE(faults.empty()) << request.url << ": " << (faults.empty() ? "" : faults[0]);
        operations.insert(request.method + " " + request.url.substr(0, request.url.find('?')));
        EXPECT_NE(std::find(request.headers.begin(), request.headers.end(),
                            std::pair<std::string, std::string>("Authorization", "Bearer token-1")),
                  request.headers.end());
    }
    EXPECT_EQ(operations.size(), 9U);
    contracts::accepted("gmail", "carrier.message/1 send: messages.send, messages.list", "google-gmail.json");
    contracts::accepted("gmail", "carrier.message/1 lookup: messages.list, messages.get, getProfile",
                        "google-gmail.json");
    contracts::accepted("gmail", "carrier.mailbox/1 fetch: labels.list, labels.create, messages.get, watch",
                        "google-gmail.json");
    contracts::accepted("gmail", "carrier.mailbox/1 forget: messages.modify", "google-gmail.json");
}

TEST_F(GmailTest, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(api, "google-gmail.json");
    const openapi::Judge judge(api);
    const std::string file = "google-gmail.json", base = "/gmail/v1/users/me/";
    const std::string sending = "carrier.message/1 send: messages.send, messages.list",
                      looking = "carrier.message/1 lookup: messages.list, messages.get, getProfile",
                      fetching = "carrier.mailbox/1 fetch: labels.list, labels.create, messages.get, watch",
                      forgetting = "carrier.mailbox/1 forget: messages.modify";
    const auto sends = [&](const Json& request) { return send(request); };
    const auto left = [&](const HttpRequest& request) { return faultsOf(api, request); };
    const auto answers = [&](const HttpRequest& request) { return gmail(request); };
    contracts::refused(
        "gmail", {sending}, file,
        {{{"raw", "eA"}},
         message(),
         [&](const Json& body) { return judge.requestFaults("post", base + "messages/send", body); },
         sends,
         host},
        {{"/raw", nullptr, "/parts/0/mime", nullptr, "no message made by the email channel"},
         {"/raw", 7, "/parts/0/mime", 7, "no message made by the email channel"},
         {"/raw", Json::array(), "/parts", Json::array(), "no message made by"}});
    contracts::neverWrong("gmail", {sending}, file,
                          {message("<their-words@example.com>"), sends, answers, left, host});
    contracts::neverWrong(
        "gmail", {looking}, file,
        {question(600), [&](const Json& request) { return carrier().lookup(request, kCall); }, answers, left,
         host});
    gmail.found[kWaiting] = {{{"id", "m1"}, {"threadId", "t1"}}};
    gmail.messages["m1"] = {{"raw", "From: ann@example.com\r\n\r\nYes\r\n"}};
    const Json topic{{"topic", "projects/p/topics/mail"}};
    contracts::neverWrong("gmail", {fetching}, file,
                          {{{"most", 5U}, {"since", "x"}},
                           [&](const Json& request) { return mailbox(topic)->fetch(request, kCall); },
                           answers,
                           left,
                           host});
    contracts::neverWrong("gmail", {forgetting}, file,
                          {{{"ids", {"m1"}}},
                           [&](const Json& request) { return mailbox()->forget(request, kCall); },
                           answers,
                           left,
                           host});
}

TEST_F(GmailTest, AMessageGoesOutAsItIsAndIsNamedAsGmailNamesIt) {
    EXPECT_EQ(send(message()).document, (Json{{"reference", kMessageId}, {"status", "sent"}}))
        << "its name cannot be had";
    EXPECT_EQ(asked(1).url, "https://gmail.googleapis.com/gmail/v1/users/me/messages/send");
    const auto body = Json::parse(asked(1).body);
    EXPECT_EQ(body.size(), 1U);
    EXPECT_EQ(sdk::fromBase64Url(body["raw"].get<std::string>()),
              message()["parts"][0]["mime"].get<std::string>());
    EXPECT_EQ(body["raw"].get<std::string>().find_first_of("+/="), std::string::npos);
    EXPECT_EQ(host.grant()["refresh_token"], "refresh_token");
    EXPECT_EQ(host.grant()["token_url"], "https://oauth2.googleapis.com/token");
    gmail.messages["s1"] = {{"headers", {{{"name", "Message-Id"}, {"value", "<CAx@mail.gmail.com>"}}}}};
    EXPECT_EQ(send(message()).document["reference"], "<CAx@mail.gmail.com>");
}

TEST_F(GmailTest, AnAnswerJoinsItsThread) {
    gmail.found["rfc822msgid:their+words@example.com"] = {{{"id", "m1"}, {"threadId", "t9"}}};
    ASSERT_EQ(send(message("<their+words@example.com>")).outcome, Outcome::ok);
    EXPECT_EQ(Json::parse(asked(1).body)["threadId"], "t9");
    ASSERT_EQ(send(message("<unknown@example.com>")).outcome, Outcome::ok);
    EXPECT_FALSE(Json::parse(asked(1).body).contains("threadId"));
    ASSERT_EQ(send(message("<a b} OR from:x@example.com>")).outcome, Outcome::ok);
    EXPECT_FALSE(gmail.queries.contains("rfc822msgid:a b} OR from:x@example.com"))
        << "nobody's header is a search";
    host.answer(400, failure(400, "invalidArgument").dump());
    EXPECT_EQ(send(message("<odd@example.com>")).outcome, Outcome::ok);
    host.answer(503, "");
    EXPECT_EQ(send(message("<late@example.com>")).outcome, Outcome::transient) << "nothing was sent yet";
}

TEST_F(GmailTest, WhatIsNoMessageNeverLeaves) {
    for (const auto& [pointer, value] : std::vector<std::pair<std::string, Json>>{{"/parts", Json::array()},
                                                                                  {"/parts/0/mime", ""},
                                                                                  {"/parts/0/mime", 7},
                                                                                  {"/parts/0/message_id", ""},
                                                                                  {"/channel", "sms"}}) {
        auto request = message();
        request[Json::json_pointer(pointer)] = value;
        EXPECT_NE(send(request).outcome, Outcome::ok) << pointer << value;
    }
    host.tokens(Outcome::auth, "grant it anew", "invalid_grant");
    EXPECT_EQ(send(message()).outcome, Outcome::auth);
    EXPECT_EQ(carrier().lookup(question(600), kCall).code, "invalid_grant");
    EXPECT_EQ(mailbox()->fetch({{"most", 5U}}, kCall).outcome, Outcome::auth);
    EXPECT_TRUE(host.requests().empty());
    FakeHost bare;
    EXPECT_THROW(Settings::read(sdk::Host(bare.table()), {{"client_id", "c1"}}), sdk::Refused);
}

TEST_F(GmailTest, AnswersBecomeWhatTheEngineMustDecide) {
    struct Case {
        int status;
        const char* reason;
        Outcome outcome;
    };
    for (const auto& [status, reason, outcome] :
         std::vector<Case>{{429, "rateLimitExceeded", Outcome::limited},
                           {403, "userRateLimitExceeded", Outcome::limited},
                           {403, "dailyLimitExceeded", Outcome::limited},
                           {429, "", Outcome::limited},
                           {403, "insufficientPermissions", Outcome::auth},
                           {403, "domainPolicy", Outcome::auth},
                           {403, "anythingElse", Outcome::auth},
                           {400, "failedPrecondition", Outcome::auth},
                           {400, "invalidArgument", Outcome::invalid},
                           {404, "notFound", Outcome::invalid},
                           {413, "uploadTooLarge", Outcome::invalid},
                           {302, "", Outcome::invalid},
                           {500, "backendError", Outcome::unknown},
                           {503, "rateLimitExceeded", Outcome::unknown},
                           {408, "", Outcome::unknown}}) {
        host.answer(status, failure(status, reason).dump());
        const auto answer = send(message());
        EXPECT_EQ(answer.outcome, outcome) << status << reason;
        EXPECT_EQ(answer.message.find("ann@"), std::string::npos);
        EXPECT_EQ(answer.retryAfterMs.has_value(), outcome == Outcome::limited && *reason != '\0')
            << status << reason;
    }
    host.answer(429, failure(429, "rateLimitExceeded").dump(), {{"Retry-After", "7"}});
    EXPECT_EQ(send(message()).retryAfterMs, 7000);
    for (const auto* odd : {"", "<html>", "[]", "{}", R"({"id":7})"}) {
        host.answer(200, odd);
        EXPECT_EQ(send(message()).outcome, Outcome::unknown) << odd;
    }
    host.answer(401, failure(401, "authError").dump());
    EXPECT_EQ(send(message()).outcome, Outcome::ok) << "another token, once";
    host.answer(401, failure(401, "authError").dump());
    host.answer(401, failure(401, "authError").dump());
    EXPECT_EQ(send(message()).outcome, Outcome::auth);
    host.failNotSent();
    EXPECT_EQ(send(message()).outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(send(message()).outcome, Outcome::unknown);
}

TEST_F(GmailTest, AnUnknownOutcomeIsDecidedByASearch) {
    const auto mine = "in:anywhere rfc822msgid:" + kDelivery + "@brightroof.example";
    gmail.found[mine] = {{{"id", "s1"}, {"threadId", "t1"}}};
    EXPECT_EQ(carrier().lookup(question(5), kCall).document,
              (Json{{"found", true}, {"reference", kMessageId}, {"status", "sent"}, {"trusted", true}}));
    gmail.found.clear();
    EXPECT_EQ(carrier().lookup(question(119), kCall).document,
              (Json{{"found", false}, {"trusted", false}, {"ask_again_ms", 60'000}}))
        << "it may be found later";
    EXPECT_EQ(carrier().lookup(question(600), kCall).document, (Json{{"found", false}, {"trusted", true}}));

    const auto since = "in:sent to:ann@example.com after:" + std::to_string(kNow - 601);
    EXPECT_TRUE(gmail.queries.contains(since));
    const auto sent = [&](const std::string& id, const std::string& messageId,
                          const std::string& original = "") {
        gmail.messages[id] = {{"headers", {{{"name", "Message-ID"}, {"value", messageId}}}}};
        if (!original.empty())
            gmail.messages[id]["headers"].push_back(
                {{"name", "X-Google-Original-Message-ID"}, {"value", original}});
        gmail.found[since] = {{{"id", id}, {"threadId", "t1"}}};
        return carrier().lookup(question(600), kCall).document;
    };
    EXPECT_EQ(sent("s2", "<0195a3b2-7c00-7000-8000-000000000002@brightroof.example>"),
              (Json{{"found", false}, {"trusted", true}}))
        << "another delivery of ours";
    EXPECT_EQ(sent("s3", "<CAx@mail.gmail.com>"), (Json{{"found", false}, {"trusted", false}}))
        << "it may be ours, renamed";
    EXPECT_EQ(
        sent("s4", "<CAx@mail.gmail.com>", kMessageId),
        (Json{
            {"found", true}, {"reference", "<CAx@mail.gmail.com>"}, {"status", "sent"}, {"trusted", true}}));
    gmail.fails = 500;
    EXPECT_EQ(carrier().lookup(question(600), kCall).outcome, Outcome::transient);
}

TEST_F(GmailTest, MailIsTakenInOldestFirstAndOnlyLabelled) {
    gmail.found[kWaiting] = {{{"id", "m3"}, {"threadId", "t"}},
                             {{"id", "m2"}, {"threadId", "t"}},
                             {{"id", "m1"}, {"threadId", "t"}}};
    for (const std::string id : {"m1", "m2", "m3"})
        gmail.messages[id] = {{"raw", "Subject: " + id + "\r\n\r\n\xFFYes\r\n"}};
    auto box = mailbox();
    const auto first = box->fetch({{"most", 2U}}, kCall);
    ASSERT_EQ(first.outcome, Outcome::ok) << first.message;
    ASSERT_EQ(first.document["messages"].size(), 2U);
    EXPECT_EQ(first.document["more"], true);
    EXPECT_EQ(first.document["messages"][0]["id"], "m1");
    EXPECT_EQ(sdk::fromBase64(first.document["messages"][0]["body_base64"].get<std::string>()),
              "Subject: m1\r\n\r\n\xFFYes\r\n");
    EXPECT_TRUE(gmail.labelled.empty()) << "looking takes nothing away";
    EXPECT_EQ(box->forget({{"ids", {"m1", "gone", "m2"}}}, kCall).outcome, Outcome::ok);
    EXPECT_EQ(gmail.labelled, (std::set<std::string>{"m1", "m2"}));
    EXPECT_EQ(gmail.labels.size(), 2U) << "the label is made once";
    EXPECT_EQ(mailbox()->fetch({{"most", 5U}}, kCall).document["more"], false);
    EXPECT_EQ(gmail.labels.size(), 2U);
    EXPECT_EQ(box->fetch({{"most", 0U}}, kCall).document["messages"], Json::array());
    EXPECT_EQ(box->fetch({}, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(box->forget({}, kCall).outcome, Outcome::invalid);
    gmail.fails = 503;
    EXPECT_EQ(box->fetch({{"most", 5U}}, kCall).outcome, Outcome::transient);
    EXPECT_EQ(box->forget({{"ids", {"m3"}}}, kCall).outcome, Outcome::transient);
}

TEST_F(GmailTest, ALargeMessageIsCutAndHoldsUpNothing) {
    gmail.found[kWaiting] = {{{"id", "m1"}, {"threadId", "t"}}};
    gmail.messages["m1"] = {{"size", 20 * 1024 * 1024},
                            {"snippet", "Yes, Tuesday is fine"},
                            {"headers",
                             {{{"name", "From"}, {"value", "Ann <ann@example.com>"}},
                              {{"name", "In-Reply-To"}, {"value", kMessageId}},
                              {{"name", "X-Odd"}, {"value", "a\r\nBcc: evil@example.com"}},
                              {{"name", "Content-Type"}, {"value", "multipart/mixed; boundary=b"}}}}};
    const auto fetched = mailbox()->fetch({{"most", 5U}}, kCall).document;
    EXPECT_EQ(fetched["messages"][0]["cut"], true);
    EXPECT_EQ(sdk::fromBase64(fetched["messages"][0]["body_base64"].get<std::string>()),
              "From: Ann <ann@example.com>\r\nIn-Reply-To: " + kMessageId +
                  "\r\nX-Odd: a  Bcc: evil@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
                  "charset=utf-8\r\n\r\nYes, Tuesday is fine\r\n");
}

TEST_F(GmailTest, TheTopicIsWatchedTwiceADay) {
    auto box = mailbox({{"topic", "projects/p/topics/mail"}});
    const auto watches = [&] {
        const auto all = host.requests();
        return std::count_if(all.begin(), all.end(),
                             [](const auto& one) { return one.url.ends_with("/watch"); });
    };
    for (int i = 0; i < 3; ++i) box->fetch({{"most", 5U}}, kCall);
    EXPECT_EQ(watches(), 1);
    host.now((kNow + 43'200) * 1'000'000);
    box->fetch({{"most", 5U}}, kCall);
    EXPECT_EQ(watches(), 2);
    host.now((kNow + 90'000) * 1'000'000);
    host.answer(403, failure(403, "forbidden").dump());
    EXPECT_EQ(box->fetch({{"most", 5U}}, kCall).outcome, Outcome::ok) << "the mailbox is asked all the same";
    EXPECT_EQ(host.logged().size(), 1U);
}

// --- pushes

TEST_F(GmailTest, APushBringsWhatWaits) {
    gmail.found[kWaiting] = {{{"id", "m1"}, {"threadId", "t"}}};
    gmail.messages["m1"] = {{"raw", "Subject: one\r\n\r\nYes\r\n"}};
    auto hook = carrier();
    const auto answer = hook.webhook(push(google().token(claims())), kCall);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["events"], (Json{{{"kind", "mail"},
                                                {"id", "m1"},
                                                {"channel", "email"},
                                                {"raw_base64", toBase64("Subject: one\r\n\r\nYes\r\n")}}}));
    EXPECT_TRUE(gmail.labelled.empty())
        << "it stays for the mailbox: nothing is lost when the engine ends here";
    host.answer(503, "");
    const auto later = hook.webhook(push(google().token(claims())), kCall);
    EXPECT_EQ(later.outcome, Outcome::ok) << "the mailbox is asked anyway";
    EXPECT_EQ(later.document["events"], Json::array());
    auto empty = push(google().token(claims()));
    empty["body_base64"] = toBase64("{}");
    EXPECT_EQ(hook.webhook(empty, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(carrier({{"query", ""}}).webhook(push(google().token(claims())), kCall).document["events"],
              Json::array());
}

TEST_F(GmailTest, NothingButGooglesTokenOfThatAccountForThatAudienceNow) {
    auto hook = carrier();
    const auto said = [&](const Json& request) { return hook.webhook(request, kCall).outcome; };
    EXPECT_EQ(said(push(google().token(claims()))), Outcome::ok);
    EXPECT_EQ(said(push(google().token(claims({{"iss", "accounts.google.com"}})))), Outcome::ok);
    for (const auto& wrong : std::vector<Json>{{{"iss", "https://evil.example"}},
                                               {{"aud", "https://hooks.example.com/hooks/b2"}},
                                               {{"aud", Json::array({"https://hooks.example.com/hooks/b1"})}},
                                               {{"email", "other@p.iam.gserviceaccount.com"}},
                                               {{"email_verified", false}},
                                               {{"email_verified", nullptr}},
                                               {{"exp", kNow - 61}},
                                               {{"exp", "never"}},
                                               {{"iat", kNow + 61}}})
        EXPECT_EQ(said(push(google().token(claims(wrong)))), Outcome::rejected) << wrong;
    static const Signer stranger;
    EXPECT_EQ(said(push(stranger.token(claims()))), Outcome::rejected);
    EXPECT_EQ(said(push(google().token(claims(), {{"alg", "RS256"}, {"kid", "k2"}}))), Outcome::ok)
        << "published twice here";
    EXPECT_EQ(said(push(google().token(claims(), {{"alg", "RS256"}, {"kid", "k9"}}))), Outcome::rejected);
    for (const auto* algorithm : {"none", "HS256", "RS512", ""})
        EXPECT_EQ(said(push(google().token(claims(), {{"alg", algorithm}, {"kid", "k1"}}))),
                  Outcome::rejected)
            << algorithm;
    const auto good = google().token(claims());
    const auto second = good.rfind('.');
    const auto other = google().token(claims({{"extra", 1}}));
    EXPECT_EQ(said(push(other.substr(0, other.rfind('.')) + good.substr(second))), Outcome::rejected)
        << "signed for other words";
    EXPECT_EQ(said(push(good.substr(0, second) + ".")), Outcome::rejected);
    EXPECT_EQ(said(push(good.substr(0, second))), Outcome::rejected);
    EXPECT_EQ(said(push(good + "=")), Outcome::rejected) << "written in another way";
    EXPECT_EQ(said(push(good.substr(second + 1) + "." + good.substr(0, second))), Outcome::rejected);
    EXPECT_EQ(said(push("")), Outcome::rejected);
    auto bare = push(good);
    bare["headers"].erase("authorization");
    EXPECT_EQ(said(bare), Outcome::rejected);
    EXPECT_EQ(carrier({{"push_account", ""}}).webhook(push(good), kCall).outcome, Outcome::rejected);
    EXPECT_EQ(carrier({{"push_audience", ""}}).webhook(push(good), kCall).outcome, Outcome::rejected);
}

TEST_F(GmailTest, StrangersCannotMakeItAskForKeysAgainAndAgain) {
    auto hook = carrier();
    const auto fetches = [&] {
        const auto all = host.requests();
        return std::count_if(all.begin(), all.end(),
                             [](const auto& one) { return one.url.ends_with("/certs"); });
    };
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(
            hook.webhook(push(google().token(claims(), {{"alg", "RS256"}, {"kid", "x" + std::to_string(i)}})),
                         kCall)
                .outcome,
            Outcome::rejected);
    EXPECT_EQ(fetches(), 1);
    host.now((kNow + 61) * 1'000'000);
    EXPECT_EQ(hook.webhook(push(google().token(claims())), kCall).outcome, Outcome::ok)
        << "known keys are not asked for";
    EXPECT_EQ(fetches(), 1);
    auto another = carrier();
    host.answer(500, "<html>");
    EXPECT_EQ(another.webhook(push(google().token(claims())), kCall).outcome, Outcome::transient)
        << "Pub/Sub comes again";
}

TEST_F(GmailTest, DamagedPushesAndAnswersNeverCrashTheReader) {
    gmail.found[kWaiting] = {{{"id", "m1"}, {"threadId", "t"}}};
    gmail.messages["m1"] = {{"raw", "Subject: one\r\n\r\nYes\r\n"}};
    auto hook = carrier();
    const auto token = google().token(claims());
    const auto body = push(token)["body_base64"].get<std::string>();
    ASSERT_EQ(hook.webhook(push(token), kCall).outcome, Outcome::ok);
    const auto api = Json{{"labels", {{{"id", "Label_1"}, {"name", "overture-taken"}}}},
                          {"messages", {{{"id", "m1"}, {"threadId", "t"}}}},
                          {"sizeEstimate", 90},
                          {"raw", "U3ViamVjdDogb25l"},
                          {"payload", {{"headers", {{{"name", "Message-ID"}, {"value", kMessageId}}}}}}}
                         .dump();
    const auto keys = Json{{"keys", {google().jwk("k1")}}}.dump();
    FakeHost odd;
    odd.secret("refresh_token", "r");
    odd.secret("client_secret", "c");
    std::string answer;
    odd.answerWith([&](const HttpRequest&) { return HttpAnswer{true, true, 200, {}, answer, {}}; });
    const sdk::Host table(odd.table());
    const auto given = settings();
    damage::each({token, fromBase64(body), api, keys, failure(403, "forbidden").dump()},
                 [&](const std::string& damaged) {
                     (void)hook.webhook(push(damaged), kCall);
                     auto request = push(token);
                     request["body_base64"] = toBase64(damaged);
                     (void)hook.webhook(request, kCall);
                     answer = damaged;
                     Mailbox box(table, given);
                     (void)box.fetch({{"most", 3U}}, kCall);
                     Carrier fresh(table, given, nullptr);
                     (void)fresh.send(message("<a@example.com>"), kCall);
                     (void)fresh.lookup(question(600), kCall);
                     std::optional<Answer> trouble;
                     (void)Keys(table, "https://keys.example").of("k1", 1000, trouble);
                 });
}

}  // namespace
}  // namespace overture::gmail
