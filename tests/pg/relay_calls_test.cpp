// Whole calls in words over real sockets: ConversationRelay as published, its hook signed as Twilio signs, turns on a pool, one database.
// The campaign has no speech bindings.
#include "base/digest.hpp"
#include "base/text.hpp"
#include "form.hpp"
#include "net/http_client.hpp"
#include "pg/turn_world.hpp"
#include "plugin/host.hpp"
#include "relay_phone.hpp"
#include "service/calls.hpp"
#include "service/intake.hpp"
#include "service/server.hpp"
#include "signature.hpp"
#include "turn/pool.hpp"

namespace overture::service {
namespace {

using overture::testing::RelayPhone;
using overture::testing::TurnWorld;

const std::string kAccount = "AC0123456789abcdef0123456789abcdef";
const std::string kAuthToken = "0123456789abcdef0123456789abcdef";
const std::string kReference = "CA00000000000000000000000000000001";

/// Says what it was told to say, while it "writes" it.
struct Teller final : turn::Handler {
    turn::Outcome handle(const turn::Opened& opened, turn::Journal&) override {
        turn::Outcome outcome;
        const auto speaker = calls == nullptr ? nullptr : calls->speaker(opened);
        for (const auto& event : opened.events) {
            if (event.kind != "message") continue;
            note(textOf(event.payload, "text"));
            outcome.messages.push_back({"in", "lead", "voice", textOf(event.payload, "text"), "opening",
                                        opened.now, event.id, std::nullopt, Json::object()});
        }
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
        if (!becomes.empty()) {
            outcome.state = becomes;
            outcome.reason = "the test says so";
        }
        ++turns;
        return outcome;
    }
    Calls* calls = nullptr;
    std::vector<std::string> heard() const {
        const std::scoped_lock lock(mutex_);
        return heard_;
    }
    std::vector<std::string> reply;
    std::string becomes;
    std::atomic<int> turns = 0;

private:
    void note(std::string words) {
        const std::scoped_lock lock(mutex_);
        heard_.push_back(std::move(words));
    }
    mutable std::mutex mutex_;
    std::vector<std::string> heard_;
};

class RelayCallsTest : public TurnWorld {
protected:
    struct Bound final : agent::Instances {
        std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId& which) override {
            return all.at(which);
        }
        std::shared_ptr<plugin::Instance> channel(const std::string&) override { return voice; }
        std::map<BindingId, std::shared_ptr<plugin::Instance>> all;
        std::shared_ptr<plugin::Instance> voice;
    };

    void SetUp() override {
        const std::string folder = OVERTURE_BUILD_DIR "/plugins/";
        for (const char* name : {"twilio", "voice"}) {
            const auto listing = host.load(folder + name);
            ASSERT_EQ(listing.state, "loaded") << listing.reason;
        }
        auto owner = database->beginOwner();  // nothing here is about permits
        owner.run({"test/permits",
                   "alter table deliveries drop constraint deliveries_organization_id_permit_id_fkey"},
                  {});
        owner.commit();
        instances.voice = host.open("voice", Json::object(), {}).orThrow();
        hook = "https://calls.example/hooks/" + binding.text();
        instances.all[binding] = host.open("twilio",
                                           {{"account_sid", kAccount},
                                            {"base_url", "http://127.0.0.1:9"},
                                            {"webhook_url", hook},
                                            {"voice_media", "conversation-relay"}},
                                           {{"auth_token", kAuthToken}})
                                     .orThrow();
        conversation = addConversation();
        calls = std::make_unique<Calls>(
            *database, clock, instances,
            CallsOptions{.engine = "engine one", .publicUrl = "https://calls.example"}, [this] {
                if (pool) pool->wake();
            });
        teller.calls = calls.get();
        pool = std::make_unique<turn::Pool>(
            *database, clock, teller,
            turn::PoolOptions{.name = "engine one", .threads = 4, .poll = milliseconds(50)});
        intake = std::make_unique<Intake>(
            *database,
            [this](const OrganizationId&, const BindingId& which) { return instances.all.at(which); }, [] {},
            turn::Quiet{}, Intake::ChannelOf{}, calls.get());
        server = std::make_unique<Server>(ServerOptions{.port = 0, .calls = calls.get()}, *database, *intake,
                                          api, clock);
        set({{"company", "Bright Roof"}});
    }
    void TearDown() override {
        phone.reset();
        server.reset();
        if (calls) calls->stop();
        pool.reset();
    }

    void set(const Json& settings) {
        auto tx = database->begin(organization);
        tx.run({"test/settings",
                "update campaigns set settings = settings || $2::jsonb where organization_id = $1::uuid"},
               {organization, settings});
        tx.commit();
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
    turn::Delivery placed() {
        const auto one = delivery();
        const auto asked = calls->place(one);
        token = (*asked)["media"]["token"];
        calls->placed(one, {turn::SendResult::Kind::sent, kReference, "queued", "", {}});
        id = one.id.text();
        return one;
    }
    std::unique_ptr<RelayPhone> phoneWith(const std::string& with, RelayPhone::Manner manner = {}) {
        return std::make_unique<RelayPhone>(server->port(), binding.text(), with, kReference, manner);
    }
    void connect(RelayPhone::Manner manner = {}) {
        placed();
        phone = phoneWith(token, manner);
    }
    /// Connected, and through with the opening.
    void talking() {
        connect();
        ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Is now a bad time?"); }))
            << phone->heard();
    }
    /// What Twilio asks or tells the hook, and what it is to do.
    std::string hooked(twilio::Form form, bool outward = true) {
        form.emplace_back("CallSid", kReference);
        form.emplace_back("From", outward ? "+12025550100" : "+16025550100");
        form.emplace_back("To", outward ? "+16025550100" : "+12025550100");
        form.emplace_back("Direction", outward ? "outbound-api" : "inbound");
        const auto url = outward ? hook + "?call=" + id : hook;
        const auto answer =
            intake->receive({binding,
                             "POST",
                             url,
                             {{"X-Twilio-Signature", twilio::signatureOf(kAuthToken, url, form)},
                              {"Content-Type", "application/x-www-form-urlencoded"}},
                             twilio::writeForm(form),
                             clock.now()});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.body;
    }
    static std::string parameter(const std::string& twiml, const std::string& name) {
        const auto found = twiml.find("name=\"" + name + "\" value=\"");
        if (found == std::string::npos) return {};
        const auto from = twiml.find("value=\"", found) + 7;
        return twiml.substr(from, twiml.find('"', from) - from);
    }
    template <typename Condition>
    bool becomes(Condition condition, seconds patience = seconds(20)) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!condition() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(milliseconds(20));
        return condition();
    }
    std::string row(const std::string& what) { return word("select " + what + " as w from calls"); }
    std::string transcript() {
        return word("select string_agg(who || ': ' || text, ' | ' order by number) as w from call_lines");
    }

    net::HttpClient http;
    plugin::Host host{{http, clock}};
    Bound instances;
    api::Api api{*database, clock, [] {}, {1000000, 1000000}};
    Teller teller;
    std::unique_ptr<Calls> calls;
    std::unique_ptr<turn::Pool> pool;
    std::unique_ptr<Intake> intake;
    std::unique_ptr<Server> server;
    std::unique_ptr<RelayPhone> phone;
    ConversationId conversation;
    std::string hook, token, id;
};

TEST_F(RelayCallsTest, AWholeCallInWords) {
    teller.reply = {"We can come on Tuesday.", "Is that good?"};
    talking();
    EXPECT_TRUE(phone->heard().starts_with("I am an automated assistant.")) << phone->heard();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Is that good?"); })) << phone->heard();
    ASSERT_TRUE(becomes([&] { return teller.turns == 1; }));
    EXPECT_EQ(teller.heard(), std::vector<std::string>{"No, go on."});
    EXPECT_EQ(row("state"), "talking");
    ASSERT_TRUE(becomes([&] {
        return word("select coalesce(details ->> 'heard', '-') as w from messages where number = 3") ==
               "We can come on Tuesday. Is that good?";
    }));
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "hung_up");
    EXPECT_EQ(row("answered_by"), "person");
    EXPECT_EQ(transcript(),
              "agent: I am an automated assistant. | agent: Hi Asha. Is now a bad time? | lead: No, go on. | "
              "agent: We can come on Tuesday. | agent: Is that good?");
    EXPECT_EQ(word("select count(*)::text as w from call_lines where to_ms <= from_ms"), "0");
    EXPECT_EQ(phone->faults(), std::vector<std::string>{});
    EXPECT_EQ(phone->languages(), std::vector<std::string>{}) << "it speaks English already";
}

TEST_F(RelayCallsTest, WhoInterruptsHasHeardWhatTheCarrierSays) {
    teller.reply = {
        "First I would like to tell you all about our roofs, of which we have made more than a thousand in "
        "this town and the towns around it.",
        "They are red.", "Or green."};
    talking();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().find("about our roofs") != std::string::npos; }));
    phone->says("Wait, what does it cost?");
    ASSERT_TRUE(becomes([&] { return teller.turns == 2; }));
    EXPECT_EQ(teller.heard().back(), "Wait, what does it cost?");
    ASSERT_TRUE(becomes([&] {
        return word("select coalesce(details ->> 'heard', '-') as w from messages where number = 3") != "-";
    }));
    EXPECT_EQ(word("select details ->> 'heard' as w from messages where number = 3"), phone->lastInterrupt());
    EXPECT_LT(phone->lastInterrupt().size(), teller.reply[0].size());
}

TEST_F(RelayCallsTest, ABackchannelOrACoughLetsItGoOn) {
    teller.reply = {
        "First I would like to tell you all about our roofs, of which we have made more than a thousand in "
        "this town and the towns around it."};
    talking();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("like to tell"); }));
    phone->says("Mhm.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("all about our roofs,"); })) << phone->heard();
    phone->coughs();
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("around it."); })) << phone->heard();
    EXPECT_TRUE(phone->heard().ends_with(teller.reply[0])) << "every word of it, once: " << phone->heard();
    EXPECT_EQ(teller.turns, 1);
}

TEST_F(RelayCallsTest, KeysStopWhatIsSaidAndAreWords) {
    teller.reply = {
        "First I would like to tell you all about our roofs, of which we have made more than a thousand in "
        "this town and the towns around it."};
    talking();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("like to tell"); }));
    teller.reply = {"Five it is."};
    phone->presses("5");
    phone->presses("#");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Five it is."); })) << phone->heard();
    EXPECT_EQ(phone->heard().find("around it."), std::string::npos);
    EXPECT_EQ(teller.heard().back(), "[keys 5#]");
}

TEST_F(RelayCallsTest, WhatTheTurnClosesEndsAfterItsWords) {
    teller.reply = {"Then goodbye."};
    teller.becomes = "closed";
    talking();
    phone->says("Never call again.");
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(phone->heard().ends_with("Then goodbye.")) << phone->heard();
    EXPECT_EQ(phone->handed(), R"({"reason":"done"})");
    EXPECT_NE(
        hooked({{"CallStatus", "in-progress"}, {"SessionStatus", "ended"}, {"HandoffData", phone->handed()}})
            .find("<Response><Hangup/></Response>"),
        std::string::npos);
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "done");
}

TEST_F(RelayCallsTest, ATransferIsHandedOverAndTaken) {
    set({{"voice_transfer_to", "+16025550124"}});
    teller.reply = {"I connect you with Sam."};
    teller.becomes = "held";
    talking();
    phone->says("I want to talk to a person.");
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(phone->heard().ends_with("I connect you with Sam.")) << phone->heard();
    const auto dial =
        hooked({{"CallStatus", "in-progress"}, {"SessionStatus", "ended"}, {"HandoffData", phone->handed()}});
    EXPECT_NE(dial.find("<Number>+16025550124</Number></Dial>"), std::string::npos) << dial;
    ASSERT_TRUE(becomes([&] { return row("reason") == "transferred"; }));
    EXPECT_NE(hooked({{"CallStatus", "in-progress"}, {"DialCallStatus", "completed"}}).find("<Hangup/>"),
              std::string::npos);
    hooked({{"CallStatus", "completed"}, {"CallDuration", "240"}});
    EXPECT_EQ(row("state"), "ended");
    EXPECT_EQ(row("reason"), "transferred");
}

TEST_F(RelayCallsTest, WhomNobodyTookIsOursAgainAndSaysWhatTheyWant) {
    set({{"voice_transfer_to", "+16025550124"}});
    teller.reply = {"I connect you with Sam."};
    teller.becomes = "held";
    talking();
    phone->says("I want to talk to a person.");
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    ASSERT_TRUE(becomes([&] { return row("reason") == "transferred"; }));
    hooked({{"CallStatus", "in-progress"}, {"SessionStatus", "ended"}, {"HandoffData", phone->handed()}});
    teller.reply.clear();
    const auto back = hooked({{"CallStatus", "in-progress"}, {"DialCallStatus", "no-answer"}});
    ASSERT_NE(parameter(back, "token"), "") << back;
    phone = phoneWith(parameter(back, "token"));
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Shall somebody call you back?"); }))
        << phone->heard();
    EXPECT_EQ(row("state"), "talking");
    phone->says("Yes, tomorrow please.");
    ASSERT_TRUE(becomes([&] { return teller.heard().back() == "Yes, tomorrow please."; }))
        << "its words are no repetition of the first ones";
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(phone->heard().ends_with("Goodbye.")) << phone->heard();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "held");
    EXPECT_EQ(number("select count(*) as n from calls"), 1);
    EXPECT_NE(transcript().find(
                  "lead: I want to talk to a person. | agent: I connect you with Sam. | agent: I could "
                  "not reach"),
              std::string::npos)
        << transcript();
    EXPECT_NE(transcript().find("lead: Yes, tomorrow please."), std::string::npos) << transcript();
}

TEST_F(RelayCallsTest, WhomTheCarrierWillNotConnectIsToldGoodbye) {
    instances.all[binding] = host.open("twilio",
                                       {{"account_sid", kAccount},
                                        {"base_url", "http://127.0.0.1:9"},
                                        {"voice_media", "conversation-relay"}},
                                       {{"auth_token", kAuthToken}})
                                 .orThrow();  // without a hook it is asked over its API, which is away
    set({{"voice_transfer_to", "+16025550124"}});
    teller.reply = {"I connect you with Sam."};
    teller.becomes = "held";
    talking();
    phone->says("I want to talk to a person.");
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(phone->heard().ends_with("Goodbye.")) << phone->heard();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "not_transferred");
}

TEST_F(RelayCallsTest, ATokenOpensOneCallOnce) {
    talking();
    const auto second = phoneWith(token);
    EXPECT_TRUE(becomes([&] { return second->over(); }, seconds(5)));
    const auto guess = phoneWith(std::string(48, '0'));
    EXPECT_TRUE(becomes([&] { return guess->over(); }, seconds(5)));
    EXPECT_EQ(calls->live(), 1);
    EXPECT_FALSE(phone->over());
}

TEST_F(RelayCallsTest, ASocketThatSaysNothingIsClosed) {
    placed();
    const auto silent = phoneWith(token, {.setup = false});
    EXPECT_TRUE(becomes([&] { return silent->over(); }, seconds(15)));
    EXPECT_EQ(calls->live(), 0);
    phone = phoneWith(token);  // the token is still good
    EXPECT_TRUE(becomes([&] { return phone->heard().ends_with("Is now a bad time?"); }));
}

TEST_F(RelayCallsTest, WhatIsNotPublishedDoesNotEndTheCall) {
    teller.reply = {"Good."};
    talking();
    for (const char* raw :
         {"{\"type\":", "[]", "null", R"({"type":"applause"})", R"({"type":"prompt"})",
          R"({"type":"prompt","voicePrompt":{},"last":true})", R"({"type":"setup"})",
          R"({"type":"interrupt","utteranceUntilInterrupt":7})", R"({"type":"dtmf","digit":"55"})",
          R"({"type":"info","name":"tokensPlayed"})", R"({"type":"error","description":"no"})"})
        phone->sends(raw);
    phone->sends(std::string(300, '['));
    phone->sends("\x01\x02", true);
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Good."); })) << phone->heard();
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(number("select (details ->> 'problems')::int as n from calls"), 10);
}

TEST_F(RelayCallsTest, WhereTheCarrierTellsNothingOfWhatItPlaysTheClockDoes) {
    teller.reply = {"Good."};
    connect({.events = false});
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Is now a bad time?"); }));
    ASSERT_TRUE(becomes([&] { return transcript().ends_with("Is now a bad time?"); }, seconds(10)))
        << transcript();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Good."); })) << phone->heard();
}

TEST_F(RelayCallsTest, TheRelayIsToldTheConversationsLanguage) {
    auto tx = database->begin(organization);
    tx.run({"test/language", "update conversations set language = 'es' where organization_id = $1::uuid"},
           {organization});
    tx.commit();
    connect();
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Is now a bad time?"); }));
    EXPECT_EQ(phone->languages(), std::vector<std::string>{"es-US"});
    EXPECT_EQ(phone->faults(), std::vector<std::string>{});
}

TEST_F(RelayCallsTest, WhatTheCarrierFindsToBeAMachineGetsAMessage) {
    connect();
    ASSERT_TRUE(becomes([&] { return row("state") == "talking"; }));
    hooked({{"AnsweredBy", "machine_start"}, {"CallStatus", "in-progress"}});
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(phone->heard().ends_with("We will get in touch again. Goodbye.")) << phone->heard();
    EXPECT_EQ(row("reason"), "machine");
    EXPECT_EQ(teller.turns, 0);
}

TEST_F(RelayCallsTest, ARelayThatBreaksEndsTheCall) {
    talking();
    phone->hangUp();
    hooked({{"CallStatus", "in-progress"}, {"SessionStatus", "failed"}, {"ErrorCode", "64105"}});
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(calls->live(), 0);
}

TEST_F(RelayCallsTest, ACallThatItsCarrierEndedIsOverThoughItsSocketIsOpen) {
    talking();
    hooked({{"CallStatus", "completed"}, {"CallDuration", "12"}});
    EXPECT_TRUE(becomes([&] { return calls->live() == 0; }, seconds(5)));
    EXPECT_EQ(row("reason"), "completed");
}

TEST_F(RelayCallsTest, WhoCallsUsIsHeardInWords) {
    teller.reply = {"Glad that you call."};
    const auto twiml = hooked({{"CallStatus", "ringing"}}, false);
    ASSERT_NE(parameter(twiml, "token"), "") << twiml;
    phone = phoneWith(parameter(twiml, "token"));
    ASSERT_TRUE(becomes([&] { return phone->heard().find("assistant of Bright Roof") != std::string::npos; }))
        << phone->heard();
    phone->says("You called me.");
    EXPECT_TRUE(becomes([&] { return phone->heard().ends_with("Glad that you call."); })) << phone->heard();
    EXPECT_EQ(row("conversation_id::text"), conversation.text());
}

}  // namespace
}  // namespace overture::service
