// The carriers and the text channel as the engine has them: shared libraries behind the C interface.
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "plugin/host.hpp"

namespace overture::plugin {
namespace {

class Loaded : public ::testing::Test {
protected:
    std::shared_ptr<Instance> open(const std::string& id, const Json& settings = Json::object(),
                                   const Secrets& secrets = {},
                                   const std::string& folder = OVERTURE_BUILD_DIR "/plugins/") {
        const auto listing = host.load(folder + id);
        EXPECT_EQ(listing.state, "loaded") << listing.stage << ": " << listing.reason;
        return host.open(id, settings, secrets).orThrow();
    }

    net::HttpClient http;
    VirtualClock clock{*parseRfc3339("2026-03-01T17:00:00Z")};
    Host host{{http, clock}};
};

TEST_F(Loaded, TheTextChannelComposesAndMeasures) {
    const auto sms = open("sms");
    const auto composed = sms->call("channel.message/1", "compose",
                                    {{"text", "Hi – it’s Katie"},
                                     {"first", true},
                                     {"sender_name", "Acme"},
                                     {"language", "en"},
                                     {"opt_out", true}},
                                    seconds(1));
    ASSERT_TRUE(composed.ok()) << composed.message;
    EXPECT_EQ(composed.document["text"], "Acme: Hi - it's Katie - Reply STOP to opt out");
    const auto measured = sms->call("channel.message/1", "measure", {{"text", "नमस्ते"}}, seconds(1));
    EXPECT_EQ(measured.document, (Json{{"encoding", "UCS-2"}, {"segments", 1}, {"units", 6}}));
    EXPECT_EQ(sms->call("channel.message/1", "measure", {{"txt", "a"}}, seconds(1)).outcome,
              Outcome::invalid);
    EXPECT_FALSE(host.open("sms", {{"straigthen", true}}, {})) << "a misspelt setting";
}

TEST_F(Loaded, TheSimulatedCarrierFollowsTheEnginesClock) {
    const Json people{{{"name", "Ann"}, {"reply_after", {300, 300}}, {"otherwise", {"ok"}}}};
    const auto sim = open(
        "sim", {{"seed", 3}, {"people", people}, {"webhook_url", "https://h.example/x"}, {"undelivered", 0}});
    EXPECT_TRUE(sim->offers("carrier.simulated/1"));
    const Json message{{"delivery_id", "d1"},  {"channel", "sms"}, {"from", "+15555550100"},
                       {"to", "+15555550101"}, {"text", "Hi"},     {"idempotency_key", "d1"}};
    ASSERT_TRUE(sim->call("carrier.message/1", "send", message, seconds(1)).ok());
    clock.advanceTo(clock.now() + minutes(5));
    const auto due = sim->call("carrier.simulated/1", "due", {{"now", toRfc3339(clock.now())}}, seconds(1));
    ASSERT_TRUE(due.ok()) << due.message;
    ASSERT_EQ(due.document["webhooks"].size(), 2u);
    const auto reply = sim->call("carrier.message/1", "webhook", due.document["webhooks"][1], seconds(1));
    EXPECT_EQ(reply.document["events"][0]["text"], "ok");
    const auto refused = host.open("sim", {{"people", {{{"name", "Ann"}, {"reply_after", {9, 1}}}}}}, {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.problem().sentence().find("people[0] (Ann): reply_after"), std::string::npos)
        << refused.problem().sentence();
}

TEST_F(Loaded, ARegistryAnswersForNumbersAsOfATime) {
    const auto registry = open("numbers", {{"listed", {"+16025550100"}}, {"age_days", 2}}, {},
                               OVERTURE_BUILD_DIR "/tests/examples/");
    EXPECT_TRUE(registry->offers("registry.numbers/1"));
    EXPECT_FALSE(registry->offers("carrier.message/1"));
    const auto said = registry->call(
        "registry.numbers/1", "check",
        {{"numbers", {"+16025550100", "+16025550101"}}, {"now", toRfc3339(clock.now())}}, seconds(1));
    ASSERT_TRUE(said.ok()) << said.message;
    EXPECT_EQ(said.document, (Json{{"as_of", "2026-02-27T17:00:00Z"},
                                   {"answers",
                                    {{{"number", "+16025550100"}, {"listed", true}},
                                     {{"number", "+16025550101"}, {"listed", false}}}}}));
    EXPECT_EQ(registry->call("registry.numbers/1", "erase", Json::object(), seconds(1)).outcome,
              Outcome::unsupported);
}

TEST_F(Loaded, AToolAnswersEachCapabilityThatItHas) {
    const auto tool =
        open("asked", {{"says", {{"employees", 120}}}}, {}, OVERTURE_BUILD_DIR "/tests/examples/");
    EXPECT_TRUE(tool->offers("enrichment/1"));
    EXPECT_FALSE(tool->offers("signature/1"));
    const Json question{
        {"arguments", {{"company", "Acme"}}}, {"key", "one"}, {"now", toRfc3339(clock.now())}};
    const auto said = tool->call("enrichment/1", "ask", question, seconds(1));
    ASSERT_TRUE(said.ok()) << said.message;
    EXPECT_EQ(said.document["employees"], 120);
    EXPECT_EQ(said.document["heard"], (Json{{"company", "Acme"}}));
    EXPECT_EQ(tool->call("crm/1", "ask", question, seconds(1)).document["keys"], 1) << "the same key";
    EXPECT_EQ(tool->call("signature/1", "ask", question, seconds(1)).outcome, Outcome::unsupported);
}

TEST_F(Loaded, TwilioChecksItsSettingsAndTellsWhatNeverLeft) {
    const Json settings{{"account_sid", "AC0123456789abcdef0123456789abcdef"},
                        {"base_url", "http://127.0.0.1:1"}};
    const Secrets secrets{{"auth_token", "0123456789abcdef0123456789abcdef"}};
    const auto twilio = open("twilio", settings, secrets);
    const auto answer =
        twilio->call("carrier.message/1", "send",
                     {{"to", "+15555550101"}, {"from", "+15555550100"}, {"text", "Hi"}}, seconds(5));
    EXPECT_EQ(answer.outcome, Outcome::transient) << answer.message;
    EXPECT_EQ(answer.message.find("5555"), std::string::npos);
    EXPECT_FALSE(host.open("twilio", {{"account_sid", "nonsense"}}, secrets));
    EXPECT_FALSE(host.open("twilio", settings, {})) << "no auth_token";
}

}  // namespace
}  // namespace overture::plugin
