// The C++ wrapper and the fake host, on the example plugin of docs/plugins.md.
#include <gtest/gtest.h>

#include "overture/testing/fake_host.hpp"

namespace overture::testing {
namespace {

const Json kSettings{{"base_url", "https://api.acme.example"}, {"timeout_ms", 3000}};
const Json kMessage{
    {"from", "+15555550100"}, {"to", "+15555550101"}, {"text", "Hello"}, {"idempotency_key", "d1"}};

class Acme : public ::testing::Test {
protected:
    void SetUp() override { host.secret("api_key", "k3y"); }
    Answer send() {
        Plugin plugin(overture_plugin_entry_v1(), host, kSettings);
        return plugin.call("carrier.message/1", "send", kMessage, 2000);
    }
    FakeHost host;
};

TEST_F(Acme, SendsThroughTheHost) {
    host.answer(201, R"({"id":"A1"})");
    const auto answer = send();
    EXPECT_EQ(answer.outcome, Outcome::ok);
    EXPECT_EQ(answer.document, (Json{{"reference", "A1"}, {"status", "queued"}}));
    const auto seen = host.requests().at(0);
    EXPECT_EQ(seen.method + " " + seen.url, "POST https://api.acme.example/messages");
    EXPECT_EQ(Json::parse(seen.body).at("text"), "Hello");
    EXPECT_EQ(seen.deadlineMs, 2000);
    const std::pair<std::string, std::string> key{"Authorization", "Bearer k3y"};
    EXPECT_NE(std::find(seen.headers.begin(), seen.headers.end(), key), seen.headers.end());
}

TEST_F(Acme, TellsNotSentFromUnknown) {
    host.failNotSent();
    EXPECT_EQ(send().outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(send().outcome, Outcome::unknown);
    host.answer(201, "<html>");
    EXPECT_EQ(send().outcome, Outcome::unknown);
}

TEST_F(Acme, ObeysRetryAfter) {
    host.answer(429, "", {{"retry-after", "30"}});
    const auto answer = send();
    EXPECT_EQ(answer.outcome, Outcome::limited);
    EXPECT_EQ(answer.retryAfterMs, 30000);
    EXPECT_EQ(answer.code, "429");
}

TEST_F(Acme, WhatIsThrownStaysInside) {
    Plugin plugin(overture_plugin_entry_v1(), host, kSettings);
    const auto answer = plugin.call("carrier.message/1", "send", {{"from", "+15555550100"}});
    EXPECT_EQ(answer.outcome, Outcome::internal);
    EXPECT_NE(answer.message.find("key 'to' not found"), std::string::npos) << answer.message;
    host.answer(200, "not json, and it names Alex");
    const auto lookup = plugin.call("carrier.message/1", "lookup", {{"delivery_id", "d1"}});
    EXPECT_EQ(lookup.outcome, Outcome::internal);
    EXPECT_EQ(lookup.message, "a document could not be parsed as JSON");
}

TEST_F(Acme, AFactoryThatThrowsRefuses) {
    EXPECT_THROW(Plugin(overture_plugin_entry_v1(), host, Json::object()), std::runtime_error);
}

TEST_F(Acme, AWrongTokenIsRejected) {
    host.secret("webhook_token", "t0ken");
    Plugin plugin(overture_plugin_entry_v1(), host, kSettings);
    const auto webhook = [&](const char* token) {
        return plugin.call("carrier.message/1", "webhook", {{"headers", {{"X-Acme-Token", token}}}}).outcome;
    };
    EXPECT_EQ(webhook("other"), Outcome::rejected);
    EXPECT_EQ(webhook("t0ken"), Outcome::invalid);
    EXPECT_TRUE(plugin.offers("carrier.message/1"));
    EXPECT_FALSE(plugin.offers("model.chat/1"));
}

}  // namespace
}  // namespace overture::testing
