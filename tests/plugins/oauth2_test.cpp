// Access tokens by OAuth 2.0: the host's side against a token server of the test's own, and the SDK's over the fake host.
#include "overture/oauth2.hpp"

#include <gtest/gtest.h>

#include <future>
#include <semaphore>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "http_peer.hpp"
#include "overture/testing/fake_host.hpp"
#include "plugin/oauth2.hpp"

namespace overture::plugin {
namespace {

/// Answers one request for a token after the other with what is queued, or else with a token of its own making.
class TokenServer {
public:
    void answer(int status, const std::string& body, const std::string& headers = "") {
        const std::scoped_lock lock(mutex_);
        queued_.push_back("HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
                          "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                          body);
    }
    void answer(const Json& document) { answer(200, toText(document)); }
    std::vector<std::string> asked() const {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }
    std::string url() const { return peer_.url("/token"); }
    std::function<void()> before;  ///< runs before each answer

private:
    void serve(Poco::Net::StreamSocket& socket) {
        const auto request = net::readRequest(socket);
        std::string answer;
        {
            const std::scoped_lock lock(mutex_);
            asked_.push_back(request);
            if (!queued_.empty()) {
                answer = queued_.front();
                queued_.erase(queued_.begin());
            }
        }
        if (before) before();
        if (answer.empty()) return;
        net::say(socket, answer);
    }

    mutable std::mutex mutex_;
    std::vector<std::string> queued_, asked_;
    net::Peer peer_{[this](Poco::Net::StreamSocket& socket, int) { serve(socket); }};
};

/// Secrets in memory that may be changed by others, or be out of reach.
struct Memory final : SecretKeeper {
    std::optional<std::string> find(const std::string& name) override {
        if (away) throw Error("the database is away");
        return secrets.contains(name) ? std::optional(secrets[name]) : std::nullopt;
    }
    void replace(const std::string& name, const std::string& before, const std::string& value) override {
        if (away) throw Error("the database is away");
        if (secrets[name] == before) secrets[name] = value;
    }
    Secrets secrets;
    bool away = false;
};

struct OAuth2 : ::testing::Test {
    TokenServer server;
    net::HttpClient http;
    VirtualClock clock{Instant(seconds(1'772'384'400))};
    Services services{http, clock};
    Secrets secrets{{"client_secret", "s3cret/+ =&"}, {"refresh_token", "r1/first"}};
    std::shared_ptr<Memory> memory = std::make_shared<Memory>();
    std::unique_ptr<Tokens> tokens;

    OAuth2() {
        memory->secrets = secrets;
        tokens = std::make_unique<Tokens>(services, "acme", secrets, memory);
    }
    TokenRequest refresh() const {
        return {true,        true, server.url(), "client one", "client_secret", "refresh_token",
                "mail.send", {},   {},           seconds(5)};
    }
    TokenRequest own() const {
        return {false, false, server.url(), "client one", "client_secret", "", "", {{"audience", "x&y"}}};
    }
    static Json token(const std::string& name, const Json& more = Json::object()) {
        Json document{{"access_token", name}, {"token_type", "Bearer"}, {"expires_in", 3600}};
        document.update(more);
        return document;
    }
    std::string got(const TokenRequest& request) {
        const auto reply = tokens->token(request);
        EXPECT_TRUE(reply.ok()) << reply.message;
        return reply.ok() ? reply.document.get<std::string>() : "";
    }
    void pass(seconds time) { clock.advanceTo(clock.now() + time); }
    std::string lastBody() const {
        const auto asked = server.asked().back();
        return asked.substr(asked.find("\r\n\r\n") + 4);
    }
};

TEST_F(OAuth2, ARefreshTokenIsExchangedAndTheTokenKeptUntilShortlyBeforeItsEnd) {
    server.answer(token("a1"));
    EXPECT_EQ(got(refresh()), "a1");
    EXPECT_EQ(lastBody(),
              "grant_type=refresh_token&refresh_token=r1%2Ffirst&scope=mail.send&client_id=client%20one&"
              "client_secret="
              "s3cret%2F%2B%20%3D%26");
    pass(seconds(3539));
    EXPECT_EQ(got(refresh()), "a1");
    EXPECT_EQ(server.asked().size(), 1U);
    pass(seconds(1));  // a minute before
    server.answer(token("a2", {{"expires_in", "100"}}));
    EXPECT_EQ(got(refresh()), "a2");
    pass(seconds(89));
    EXPECT_EQ(got(refresh()), "a2");
    pass(seconds(1));  // of a short life a tenth before
    server.answer(token("a3", {{"expires_in", 0}}));
    EXPECT_EQ(got(refresh()), "a3");
    server.answer(Json{{"access_token", "a4"}});
    EXPECT_EQ(got(refresh()), "a4");
    pass(seconds(269));
    EXPECT_EQ(got(refresh()), "a4") << "a life that nobody says is five minutes";
    EXPECT_EQ(server.asked().size(), 4U);
}

TEST_F(OAuth2, AClientProvesItselfInTheHeader) {
    server.answer(token("c1"));
    EXPECT_EQ(got(own()), "c1");
    EXPECT_NE(server.asked().back().find("Authorization: Basic " +
                                         toBase64("client%20one:s3cret%2F%2B%20%3D%26") + "\r\n"),
              std::string::npos)
        << server.asked().back();
    EXPECT_EQ(lastBody(), "grant_type=client_credentials&audience=x%26y");
    auto nobody = own();
    nobody.clientSecret = "";
    server.answer(token("c2"));
    EXPECT_EQ(got(nobody), "c2") << "another client, another token";
    EXPECT_EQ(lastBody(), "grant_type=client_credentials&audience=x%26y&client_id=client%20one");
}

TEST_F(OAuth2, ARefusedTokenIsReplacedOnce) {
    server.answer(token("a1"));
    server.answer(token("a2"));
    auto request = refresh();
    request.refused = got(refresh());
    EXPECT_EQ(got(request), "a2");
    EXPECT_EQ(got(request), "a2") << "who comes late with the old one gets the new one";
    EXPECT_EQ(got(refresh()), "a2");
    EXPECT_EQ(server.asked().size(), 2U);
}

TEST_F(OAuth2, ManyCallsAskOnceAndHearTheSame) {
    constexpr int kCalls = 8;
    for (const bool works : {true, false}) {
        if (works)
            server.answer(token("a1"));
        else
            server.answer(400, R"({"error":"invalid_grant"})");
        std::counting_semaphore<> wanting{0};
        setWaitpoint("plugin.wants_token", [&] { wanting.release(); });
        server.before = [&] {  // nobody is told before all have asked
            for (int i = 0; i < kCalls; ++i) wanting.acquire();
        };
        std::vector<std::future<Reply>> calls;
        for (int i = 0; i < kCalls; ++i)
            calls.push_back(std::async(std::launch::async, [&] { return tokens->token(refresh()); }));
        int good = 0, bad = 0;
        for (auto& call : calls) {
            const auto reply = call.get();
            (reply.ok() ? good : bad) += 1;
        }
        setWaitpoint("plugin.wants_token", {});
        server.before = nullptr;
        pass(seconds(7200));
        EXPECT_EQ(works ? good : bad, kCalls);
    }
    EXPECT_EQ(server.asked().size(), 2U) << "one request for each time";
}

TEST_F(OAuth2, ARefreshTokenThatIsReplacedIsKept) {
    server.answer(token("a1", {{"refresh_token", "r2"}, {"expires_in", 0}}));
    server.answer(token("a2", {{"expires_in", 0}}));
    got(refresh());
    EXPECT_EQ(memory->secrets["refresh_token"], "r2");
    got(refresh());
    EXPECT_NE(lastBody().find("refresh_token=r2&"), std::string::npos);
    EXPECT_EQ(memory->secrets["refresh_token"], "r2");
}

TEST_F(OAuth2, OneThatCannotBeKeptAtOnceIsUsedAndKeptLater) {
    memory->away = true;
    server.answer(token("a1", {{"refresh_token", "r2"}, {"expires_in", 0}}));
    server.answer(token("a2", {{"refresh_token", "r3"}, {"expires_in", 0}}));
    server.answer(token("a3", {{"expires_in", 0}}));
    got(refresh());
    got(refresh());
    EXPECT_NE(lastBody().find("refresh_token=r2&"), std::string::npos);
    memory->away = false;
    got(refresh());
    EXPECT_NE(lastBody().find("refresh_token=r3&"), std::string::npos);
    EXPECT_EQ(memory->secrets["refresh_token"], "r3");
}

TEST_F(OAuth2, OneThatAnotherEngineReplacedIsTakenUp) {
    memory->secrets["refresh_token"] = "by-another";
    server.answer(token("a1", {{"expires_in", 0}}));
    got(refresh());
    EXPECT_NE(lastBody().find("refresh_token=by-another&"), std::string::npos);
    server.before = [&] { memory->secrets["refresh_token"] = "just-now"; };
    server.answer(400, R"({"error":"invalid_grant"})");
    server.answer(token("a2"));
    EXPECT_EQ(got(refresh()), "a2") << "it was replaced between the look and the request";
    EXPECT_NE(lastBody().find("refresh_token=just-now&"), std::string::npos);
}

TEST_F(OAuth2, WhatTheServerSaysBecomesWhatIsToBeDone) {
    struct Case {
        int status;
        std::string body;
        Outcome outcome;
        std::string code;
    };
    for (const auto& [status, body, outcome, code] : std::vector<Case>{
             {400, R"({"error":"invalid_grant","error_description":"r1/first is over"})", Outcome::auth,
              "invalid_grant"},
             {401, R"({"error":"invalid_client"})", Outcome::auth, "invalid_client"},
             {400, R"({"error":"unauthorized_client"})", Outcome::auth, "unauthorized_client"},
             {400, R"({"error":"invalid_scope"})", Outcome::auth, "invalid_scope"},
             {400, R"({"error":"invalid_request"})", Outcome::auth, "invalid_request"},
             {400, R"({"error":"r1/first <b>"})", Outcome::auth, "400"},
             {403, "<html>r1/first</html>", Outcome::auth, "403"},
             {302, "", Outcome::auth, "302"},
             {503, R"({"error":"temporarily_unavailable"})", Outcome::transient, "temporarily_unavailable"},
             {400, R"({"error":"temporarily_unavailable"})", Outcome::transient, "temporarily_unavailable"},
             {500, "<html>", Outcome::transient, "500"},
             {408, "", Outcome::transient, "408"},
             {429, "", Outcome::limited, "429"},
             {200, "<html>", Outcome::transient, "200"},
             {200, "[]", Outcome::transient, "200"},
             {200, R"({"access_token":7})", Outcome::transient, "200"},
             {200, R"({"access_token":"a\r\nX: y"})", Outcome::transient, "200"},
             {200, R"({"access_token":"a1","token_type":"mac"})", Outcome::auth, "token_type"}}) {
        server.answer(status, body, "Retry-After: 7\r\n");
        const auto reply = tokens->token(refresh());
        EXPECT_EQ(reply.outcome, outcome) << status << body;
        EXPECT_EQ(reply.code, code) << status << body;
        EXPECT_EQ(reply.message.find("r1/first"), std::string::npos) << reply.message;
        EXPECT_EQ(reply.retryAfter.has_value(),
                  outcome == Outcome::limited || status >= 408 || code == "temporarily_unavailable")
            << status << body;
    }
    EXPECT_EQ(tokens->token(refresh()).outcome, Outcome::transient) << "closed without an answer";
    auto nowhere = refresh();
    nowhere.url = "http://127.0.0.1:1/token";
    EXPECT_EQ(tokens->token(nowhere).outcome, Outcome::transient);
    memory->secrets.clear();
    Tokens bare(services, "acme", {}, nullptr);
    const auto missing = bare.token(refresh());
    EXPECT_EQ(missing.outcome, Outcome::auth);
    EXPECT_NE(missing.message.find("\"refresh_token\" is missing"), std::string::npos) << missing.message;
}

// ------------------------------------------------------------------------------------------------ the SDK's side

using testing::FakeHost;
namespace sdk = overture::sdk;

TEST(OAuth2Sdk, ARequestGetsATokenAndAnotherOneAfterA401) {
    FakeHost host;
    const sdk::OAuth2 access(sdk::Host(host.table()), {"https://auth.example/token",
                                                       "id",
                                                       "client_secret",
                                                       "refresh_token",
                                                       "mail",
                                                       true,
                                                       {{"audience", "x"}}});
    host.answer(200, "{}");
    EXPECT_EQ(access.http({"POST", "https://api.example/send", {{"X-A", "1"}}, "{}"}).answer.status, 200);
    using Headers = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(host.requests().back().headers, (Headers{{"X-A", "1"}, {"Authorization", "Bearer token-1"}}));
    EXPECT_EQ(host.grant(), (Json{{"grant", "refresh_token"},
                                  {"client", "body"},
                                  {"token_url", "https://auth.example/token"},
                                  {"client_id", "id"},
                                  {"client_secret", "client_secret"},
                                  {"refresh_token", "refresh_token"},
                                  {"scope", "mail"},
                                  {"fields", {{"audience", "x"}}}}));
    host.answer(401, "");
    host.answer(200, "{}");
    EXPECT_EQ(access.http({"GET", "https://api.example/x", {}, ""}).answer.status, 200);
    EXPECT_EQ(host.requests().back().headers, (Headers{{"Authorization", "Bearer token-2"}}));
    host.answer(401, "");
    host.answer(401, "");
    EXPECT_EQ(access.http({"GET", "https://api.example/x", {}, ""}).answer.status, 401)
        << "once, and no more";
    EXPECT_EQ(host.requests().size(), 5U);
    host.failUnknown();
    EXPECT_FALSE(access.http({"GET", "https://api.example/x", {}, ""}).answer.answered);
    EXPECT_EQ(host.requests().size(), 6U) << "what may have arrived is not sent again";
}

TEST(OAuth2Sdk, WithoutATokenNothingIsSent) {
    FakeHost host;
    host.tokens(sdk::Outcome::auth, "the grant is over", "invalid_grant");
    const sdk::OAuth2 access(sdk::Host(host.table()), {"https://auth.example/token", "id"});
    const auto came = access.http({"GET", "https://api.example/x", {}, ""});
    ASSERT_TRUE(came.refused);
    EXPECT_EQ(came.refused->outcome, sdk::Outcome::auth);
    EXPECT_EQ(came.refused->message, "the grant is over");
    EXPECT_EQ(came.refused->code, "invalid_grant");
    EXPECT_EQ(host.grant()["grant"], "client_credentials");
    EXPECT_TRUE(host.requests().empty());
}

}  // namespace
}  // namespace overture::plugin
