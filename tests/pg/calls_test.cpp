// Whole calls over real sockets: Media Streams as published, speech that reads itself back, turns on a pool, one database.
#include "base/failpoint.hpp"
#include "pg/sounding_calls.hpp"
#include "service/call_history.hpp"

namespace overture::service {
namespace {

using CallsTest = SoundingCalls;

TEST_F(CallsTest, ACallIsAConversationOnTheSameRoad) {
    talker.reply = {"We can come on Tuesday.", "Is that good?"};
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    EXPECT_TRUE(heardByThem().starts_with("I am an automated assistant.")) << heardByThem();
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is that good?"); })) << heardByThem();
    ASSERT_TRUE(becomes([&] { return talker.turns == 1; }));
    EXPECT_EQ(talker.heard(), std::vector<std::string>{"No, go on."});
    EXPECT_EQ(row("state"), "talking");
    EXPECT_EQ(row("engine"), "engine one");
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "hung_up");
    EXPECT_EQ(row("answered_by"), "person");
    EXPECT_EQ(transcript(),
              "agent: I am an automated assistant. | agent: Hi Asha. Is now a bad time? | lead: No, go on. | "
              "agent: We can come "
              "on Tuesday. | agent: Is that good?");
    ASSERT_TRUE(becomes([&] {
        return word("select details ->> 'heard' as w from messages where number = 3") ==
               "We can come on Tuesday. Is that good?";
    }));
    EXPECT_GT(number("select jsonb_array_length(details -> 'legs') as n from calls"), 0);
    const auto all = callsOf(*database, organization, 10);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0]["phone"], "+16025550100");
    const auto shown = callHistory(*database, organization, *Uuid::parse(textOf(all[0], "id")));
    ASSERT_TRUE(shown);
    EXPECT_EQ((*shown)["lines"].size(), 5u);
    EXPECT_EQ((*shown)["lines"][2]["text"], "No, go on.");
    EXPECT_FALSE(callHistory(*database, organization, uuid7(clock.now())));
}

TEST_F(CallsTest, WhoInterruptsIsHeardAndTheRestIsNotSaid) {
    talker.reply = {"First I would like to tell you all about our roofs, which takes a while.",
                    "They are red.", "Or green."};
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); }));
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(becomes(
        [&] { return talker.turns == 1 && heardByThem().find("First I would") != std::string::npos; }));
    const auto before = std::chrono::steady_clock::now();
    phone->says(soundOf("Wait, what does it cost?"));
    ASSERT_TRUE(becomes([&] { return phone->clears() > 0; }));
    EXPECT_LT(std::chrono::duration_cast<milliseconds>(phone->clearedAt() - before).count(), 1500)
        << "180 ms of voice (unit_call_test), and what a loaded machine needs";
    ASSERT_TRUE(becomes([&] { return talker.turns == 2; }));
    EXPECT_EQ(talker.heard().back(), "Wait, what does it cost?");
    ASSERT_TRUE(becomes([&] {
        return word("select coalesce(details ->> 'heard', '-') as w from messages where number = 3") != "-";
    }));
    const auto heard = word("select details ->> 'heard' as w from messages where number = 3");
    EXPECT_TRUE(heard.starts_with("First I")) << heard;
    EXPECT_LT(heard.size(), talker.reply[0].size());
    EXPECT_EQ(talker.before().back(), heard) << "the next turn knows what was heard, not what was written";
}

TEST_F(CallsTest, WhatIsSaidWhileTheDatabaseIsAwayIsNotLost) {
    talker.reply = {"Good."};
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    std::atomic<int> refused = 0;
    std::atomic<bool> away = true;
    setWaitpoint("call.writing", [&] {
        if (!away) return;
        ++refused;
        throw store::DatabaseError(store::Failure::unavailable, "57P01", "",
                                   {"the server is gone", "test", ""});
    });
    phone->says(soundOf("No, go on."));
    EXPECT_TRUE(becomes([&] { return refused > 2; }));
    EXPECT_EQ(talker.turns, 0);
    away = false;
    EXPECT_TRUE(becomes([&] { return talker.turns == 1; }));
    EXPECT_EQ(talker.heard(), std::vector<std::string>{"No, go on."});
    phone->hangUp();
    EXPECT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(number("select count(*) as n from call_lines where text = 'No, go on.'"), 1);
    setWaitpoint("call.writing", {});
}

TEST_F(CallsTest, ATokenOpensOneCallOnce) {
    connected();
    ASSERT_TRUE(becomes([&] { return row("state") == "talking"; }));
    MediaPhone second(server->port(), binding.text(), token, "CA01");
    EXPECT_TRUE(becomes([&] { return second.over(); }, seconds(3)));
    MediaPhone guess(server->port(), binding.text(), std::string(48, '0'), "CA01");
    EXPECT_TRUE(becomes([&] { return guess.over(); }, seconds(3)));
    EXPECT_EQ(calls->live(), 1);
}

TEST_F(CallsTest, ADeliveryIsCalledOnce) {
    const auto one = delivery();
    ASSERT_TRUE(calls->place(one));
    EXPECT_TRUE(calls->place(one)) << "its carrier certainly did not take it: it may be tried again";
    calls->placed(one, {turn::SendResult::Kind::sent, "CA01", "queued", "", {}});
    EXPECT_FALSE(calls->place(one));
    EXPECT_EQ(number("select count(*) as n from calls"), 1);
}

TEST_F(CallsTest, WhatTheTurnClosesIsHungUpAfterItsWords) {
    talker.reply = {"Then goodbye."};
    talker.becomes = "closed";
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); }));
    phone->says(soundOf("Never call again."));
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(heardByThem().ends_with("Then goodbye.")) << heardByThem();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "done");
}

TEST_F(CallsTest, OnlyTheEngineWithTheCallWorksItsConversation) {
    connected();
    ASSERT_TRUE(becomes([&] { return row("state") == "talking"; }));
    stopPool();
    post(conversation, "message", {{"text", "hello"}, {"channel", "voice"}, {"call", "x"}});
    EXPECT_EQ(turn::claimMailboxes(*database, clock.now(), seconds(90), "engine two", 10).size(), 0u);
    EXPECT_EQ(turn::claimMailboxes(*database, clock.now(), seconds(90), "engine one", 10).size(), 1u);
}

TEST_F(CallsTest, WhenItsEngineIsGoneTheCallIsOverAndNobodyIsCalledAgain) {
    const auto one = connected();
    ASSERT_TRUE(becomes([&] { return row("state") == "talking"; }));
    // Killed: no sign of life, no goodbye. The record is all that others see.
    auto tx = database->begin(organization);
    tx.run({"test/gone", "update calls set engine = 'engine zero' where organization_id = $1::uuid"},
           {organization});
    tx.run({"test/box", "update mailboxes set engine = 'engine zero' where organization_id = $1::uuid"},
           {organization});
    tx.commit();
    post(conversation, "message", {{"text", "hello"}, {"channel", "sms"}});
    EXPECT_EQ(
        number("select count(*) as n from mailboxes where engine_until > '" + toRfc3339(clock.now()) + "'"),
        1);
    clock.advanceTo(clock.now() + seconds(16));
    ASSERT_TRUE(becomes([&] { return row("reason") == "engine gone"; }));
    EXPECT_EQ(row("state"), "ended");
    EXPECT_FALSE(calls->place(one)) << "the same delivery is not placed again";
    EXPECT_TRUE(becomes([&] { return talker.turns > 0; })) << "its conversation is anybody's again";
    EXPECT_EQ(number("select count(*) as n from calls"), 1);
}

TEST_F(CallsTest, ACallThatNobodyAnswersIsATouchThatDidNotArrive) {
    const auto one = delivery();
    calls->place(one);
    calls->placed(one, {turn::SendResult::Kind::sent, "CA01", "queued", "", {}});
    auto tx = database->begin(organization);
    tx.commit();
    struct Carrier final : plugin::Instance {
        const std::string& plugin() const override { return name; }
        bool offers(std::string_view capability) const override { return capability == "carrier.call/1"; }
        plugin::Reply call(std::string_view, std::string_view, const Json& request, milliseconds) override {
            asked = request;
            return {plugin::Outcome::ok,
                    {{"events",
                      {{{"kind", "call"},
                        {"id", "CA01:ended:3"},
                        {"reference", "CA01"},
                        {"direction", "outward"},
                        {"status", "ended"},
                        {"reason", "no_answer"}}}},
                     {"response", {{"status", 200}}}},
                    {},
                    {},
                    {}};
        }
        std::string name = "carrier";
        Json asked;
    };
    const auto carrier = std::make_shared<Carrier>();
    Intake hooks(
        *database, [&](const OrganizationId&, const BindingId&) { return carrier; }, [] {}, {}, {},
        calls.get());
    EXPECT_EQ(
        hooks.receive({binding, "POST", "https://calls.example/hooks/x", Json::object(), "", clock.now()})
            .status,
        200);
    EXPECT_TRUE(
        carrier->asked["media"]["url"].get<std::string>().starts_with("wss://calls.example/v1/calls/media/"));
    EXPECT_EQ(row("state"), "ended");
    EXPECT_EQ(row("reason"), "no_answer");
    EXPECT_EQ(word("select payload ->> 'code' as w from events where kind = 'status'"), "no_answer");
    EXPECT_EQ(word("select payload ->> 'delivery_id' as w from events where kind = 'status'"), one.id.text());
    hooks.receive({binding, "POST", "https://calls.example/hooks/x", Json::object(), "", clock.now()});
    EXPECT_EQ(number("select count(*) as n from events where kind = 'status'"), 1) << "told twice";
}

TEST_F(CallsTest, WhoCallsBackIsInTheirConversation) {
    struct Carrier final : plugin::Instance {
        const std::string& plugin() const override { return name; }
        bool offers(std::string_view capability) const override { return capability == "carrier.call/1"; }
        plugin::Reply call(std::string_view, std::string_view, const Json& request, milliseconds) override {
            token = request["media"]["token"];
            return {plugin::Outcome::ok,
                    {{"events",
                      {{{"kind", "call"},
                        {"id", "CA09:ringing:"},
                        {"reference", "CA09"},
                        {"direction", "inbound"},
                        {"status", "ringing"},
                        {"from", "+16025550100"},
                        {"to", "+12025550100"}}}},
                     {"response", {{"status", 200}}}},
                    {},
                    {},
                    {}};
        }
        std::string name = "carrier", token;
    };
    const auto carrier = std::make_shared<Carrier>();
    Intake hooks(
        *database, [&](const OrganizationId&, const BindingId&) { return carrier; }, [] {}, {}, {},
        calls.get());
    hooks.receive({binding, "POST", "https://calls.example/hooks/x", Json::object(), "", clock.now()});
    EXPECT_EQ(row("conversation_id::text"), conversation.text());
    const auto first = carrier->token;
    clock.advanceTo(clock.now() + seconds(2));  // it did not hear our answer, and asks again
    hooks.receive({binding, "POST", "https://calls.example/hooks/x", Json::object(), "", clock.now()});
    EXPECT_NE(carrier->token, first);
    EXPECT_EQ(number("select count(*) as n from calls"), 1);
    talker.reply = {"Glad that you call."};
    phone = std::make_unique<MediaPhone>(server->port(), binding.text(), carrier->token, "CA09");
    ASSERT_TRUE(becomes([&] { return heardByThem().find("assistant of Bright Roof") != std::string::npos; }))
        << heardByThem();
    phone->says(soundOf("You called me."));
    EXPECT_TRUE(becomes([&] { return heardByThem().ends_with("Glad that you call."); })) << heardByThem();
}

}  // namespace
}  // namespace overture::service
