// Whole calls over real sockets: Media Streams as published, speech that reads itself back, turns on a pool, one database.
#include "service/calls.hpp"

#include <future>

#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "media_phone.hpp"
#include "net/http_client.hpp"
#include "pg/turn_world.hpp"
#include "plugin/host.hpp"
#include "service/call_history.hpp"
#include "service/intake.hpp"
#include "service/server.hpp"
#include "turn/pool.hpp"

namespace overture::service {
namespace {

using overture::testing::MediaPhone;
using overture::testing::TurnWorld;

const std::string kAccount = "AC0123456789abcdef0123456789abcdef";

/// Says what it was told to say, while it "writes" it.
struct Talker final : turn::Handler {
    turn::Outcome handle(const turn::Opened& opened, turn::Journal&) override {
        turn::Outcome outcome;
        const auto speaker = calls == nullptr ? nullptr : calls->speaker(opened);
        for (const auto& event : opened.events) {
            if (event.kind != "message") continue;
            heard.push_back(textOf(event.payload, "text"));
            outcome.messages.push_back({"in", "lead", "voice", textOf(event.payload, "text"), "opening",
                                        opened.now, event.id, std::nullopt, Json::object()});
        }
        for (const auto& message : opened.messages)
            if (message.direction == "out") before.push_back(message.text);
        std::vector<std::string> said;
        if (speaker)
            for (const auto& sentence : reply)
                if (speaker->say(sentence)) said.push_back(sentence);
        if (!said.empty())
            outcome.messages.push_back({"out",
                                        "agent",
                                        "voice",
                                        join(said, " "),
                                        "opening",
                                        opened.now,
                                        std::nullopt,
                                        std::nullopt,
                                        {{"call", opened.events.back().payload["call"]}}});
        if (closes) {
            outcome.state = "closed";
            outcome.reason = "said goodbye";
        }
        ++turns;
        return outcome;
    }
    Calls* calls = nullptr;
    std::vector<std::string> reply, heard, before;
    bool closes = false;
    std::atomic<int> turns = 0;
};

class CallsTest : public TurnWorld {
protected:
    struct Bound final : agent::Instances {
        std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId& id) override {
            return all.at(id);
        }
        std::shared_ptr<plugin::Instance> channel(const std::string&) override { return voice; }
        std::map<BindingId, std::shared_ptr<plugin::Instance>> all;
        std::shared_ptr<plugin::Instance> voice;
    };

    void SetUp() override {
        const std::string folder = OVERTURE_BUILD_DIR "/plugins/";
        for (const char* name : {"twilio", "voice", "scripted-speech"}) {
            const auto listing = host.load(folder + name);
            ASSERT_EQ(listing.state, "loaded") << listing.reason;
        }
        auto owner = database->beginOwner();  // nothing here is about permits
        owner.run({"test/permits",
                   "alter table deliveries drop constraint deliveries_organization_id_permit_id_fkey"},
                  {});
        owner.commit();
        instances.voice = host.open("voice", Json::object(), {}).orThrow();
        instances.all[binding] =
            host.open("twilio", {{"account_sid", kAccount}, {"base_url", "http://127.0.0.1:9"}},
                      {{"auth_token", "0123456789abcdef"}})
                .orThrow();
        speech = BindingId(uuid7(clock.now(), "speech"));
        instances.all[speech] = host.open("scripted-speech", Json::object(), {}).orThrow();
        auto tx = database->begin(organization);
        tx.run({"test/speech",
                "update campaigns set bindings = bindings || jsonb_build_object('voice', $2::text, 'speech', "
                "$3::text), "
                "settings = settings || '{\"company\": \"Bright Roof\"}' where organization_id = $1::uuid"},
               {organization, binding.text(), speech.text()});
        tx.commit();
        conversation = addConversation();
        begin("engine one");
    }
    void begin(const std::string& engine) {
        server.reset();
        pool.reset();
        calls = std::make_unique<Calls>(*database, clock, instances,
                                        CallsOptions{.engine = engine, .publicUrl = "https://calls.example"},
                                        [this] {
                                            if (pool) pool->wake();
                                        });
        talker.calls = calls.get();
        pool = std::make_unique<turn::Pool>(
            *database, clock, talker,
            turn::PoolOptions{.name = engine, .threads = 4, .poll = milliseconds(50)});
        server = std::make_unique<Server>(ServerOptions{.port = 0, .calls = calls.get()}, *database, intake,
                                          api, clock);
    }
    void TearDown() override {
        phone.reset();
        server.reset();
        if (calls) calls->stop();
        pool.reset();
    }

    turn::Delivery delivery(const std::string& text = "Hi Asha. Is now a bad time?") {
        turn::Delivery one;
        one.id = DeliveryId(uuid7(clock.now(), text));
        one.organization = organization;
        one.conversation = conversation;
        one.binding = binding;
        one.channel = "voice";
        one.sender = "+12025550100";
        one.recipient = "+16025550100";
        auto tx = database->begin(organization);
        tx.run({"test/delivery",
                "insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, "
                "turn_number, binding_id, channel, "
                "sender, recipient, text, parts, state, due_at, created_at, updated_at, takeover_fence, "
                "permit_id) "
                "select $1::uuid, $2::uuid, c.conversation_id, c.lead_id, 1, $4::uuid, 'voice', $5, $6, $7, "
                "$8::jsonb, 'sent', "
                "$9::timestamptz, $9::timestamptz, $9::timestamptz, 0, $2::uuid from conversations c where "
                "c.conversation_id = "
                "$3::uuid and c.organization_id = $1::uuid"},
               {organization, one.id, conversation, binding, one.sender, one.recipient, text,
                Json::array(
                    {{{"text", text}, {"notice", {"I am an automated assistant."}}, {"sentences", {text}}}}),
                clock.now()});
        tx.run({"test/opening",
                "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
                "text, stage, at, "
                "delivery_id) values ($1::uuid, $2::uuid, 1, 'out', 'agent', 'voice', $3, 'opening', "
                "$4::timestamptz, $5::uuid)"},
               {organization, conversation, text, clock.now(), one.id});
        tx.run({"test/count", "update conversations set message_count = 1 where organization_id = $1::uuid"},
               {organization});
        tx.commit();
        return one;
    }
    /// Placed, answered and connected.
    turn::Delivery connected(const std::string& text = "Hi Asha. Is now a bad time?") {
        const auto one = delivery(text);
        const auto asked = calls->place(one);
        token = (*asked)["media"]["token"];
        calls->placed(one, {turn::SendResult::Kind::sent, "CA01", "queued", "", {}});
        phone = std::make_unique<MediaPhone>(server->port(), binding.text(), token, "CA01");
        return one;
    }
    std::string soundOf(const std::string& text) {
        std::string sound;
        const auto reply = instances.all[speech]->speak(
            {{"text", text}, {"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}},
            [&](std::string_view piece) {
                sound += piece;
                return true;
            },
            seconds(5));
        EXPECT_TRUE(reply.ok()) << reply.message;
        return sound;
    }
    /// What somebody with ears heard of us.
    std::string heardByThem() {
        struct Ear final : plugin::Hearing {
            void words(const Json& document) override {
                if (document["kind"] == "final") text += (text.empty() ? "" : " ") + textOf(document, "text");
            }
            void ended(const plugin::Reply&) override { over.set_value(); }
            std::string text;
            std::promise<void> over;
        } ear;
        std::unique_ptr<plugin::Listening> listening;
        EXPECT_TRUE(instances.all[speech]
                        ->listen({{"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}}, ear, listening,
                                 seconds(5))
                        .ok());
        listening->audio(phone->played());
        listening->audio(call::silence(seconds(1)));
        listening->finish();
        ear.over.get_future().wait_for(seconds(5));
        return ear.text;
    }
    template <typename Condition>
    bool becomes(Condition condition, seconds patience = seconds(20)) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!condition() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(milliseconds(20));
        return condition();
    }
    std::string row(const std::string& what) { return word("select " + what + " as w from calls"); }

    net::HttpClient http;
    plugin::Host host{{http, clock}};
    Bound instances;
    Intake intake{*database,
                  [this](const OrganizationId&, const BindingId& id) { return instances.all.at(id); }, [] {}};
    api::Api api{*database, clock, [] {}, {1000000, 1000000}};
    Talker talker;
    std::unique_ptr<Calls> calls;
    std::unique_ptr<turn::Pool> pool;
    std::unique_ptr<Server> server;
    std::unique_ptr<MediaPhone> phone;
    BindingId speech;
    ConversationId conversation;
    std::string token;
};

TEST_F(CallsTest, ACallIsAConversationOnTheSameRoad) {
    talker.reply = {"We can come on Tuesday.", "Is that good?"};
    connected();
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    EXPECT_TRUE(heardByThem().starts_with("I am an automated assistant.")) << heardByThem();
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is that good?"); })) << heardByThem();
    ASSERT_TRUE(becomes([&] { return talker.turns == 1; }));
    EXPECT_EQ(talker.heard, std::vector<std::string>{"No, go on."});
    EXPECT_EQ(row("state"), "talking");
    EXPECT_EQ(row("engine"), "engine one");
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "hung_up");
    EXPECT_EQ(row("answered_by"), "person");
    EXPECT_EQ(word("select string_agg(who || ': ' || text, ' | ' order by number) as w from call_lines"),
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
    EXPECT_EQ(talker.heard.back(), "Wait, what does it cost?");
    ASSERT_TRUE(becomes([&] {
        return word("select coalesce(details ->> 'heard', '-') as w from messages where number = 3") != "-";
    }));
    const auto heard = word("select details ->> 'heard' as w from messages where number = 3");
    EXPECT_TRUE(heard.starts_with("First I")) << heard;
    EXPECT_LT(heard.size(), talker.reply[0].size());
    EXPECT_EQ(talker.before.back(), heard) << "the next turn knows what was heard, not what was written";
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
    EXPECT_EQ(talker.heard, std::vector<std::string>{"No, go on."});
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
    talker.closes = true;
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
    pool.reset();
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
    talker.reply = {"Glad that you call."};
    phone = std::make_unique<MediaPhone>(server->port(), binding.text(), carrier->token, "CA09");
    ASSERT_TRUE(becomes([&] { return heardByThem().find("assistant of Bright Roof") != std::string::npos; }))
        << heardByThem();
    phone->says(soundOf("You called me."));
    EXPECT_TRUE(becomes([&] { return heardByThem().ends_with("Glad that you call."); })) << heardByThem();
}

}  // namespace
}  // namespace overture::service
