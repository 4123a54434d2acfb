// Whole calls in words over real sockets: ConversationRelay as published, its hook signed as Twilio signs, turns on a pool, one database.
// The campaign has no speech bindings.
#include "base/digest.hpp"
#include "form.hpp"
#include "pg/calls_world.hpp"
#include "relay_phone.hpp"
#include "signature.hpp"

namespace overture::service {
namespace {

using overture::testing::RelayPhone;

const std::string kReference = "CA00000000000000000000000000000001";

class RelayCallsTest : public CallsWorld {
protected:
    void bind() override {
        instances.all[binding] = opened("twilio",
                                        {{"account_sid", kAccount},
                                         {"base_url", "http://127.0.0.1:9"},
                                         {"webhook_url", hook},
                                         {"voice_media", "conversation-relay"}},
                                        {{"auth_token", kAuthToken}});
    }
    void TearDown() override {
        phone.reset();
        CallsWorld::TearDown();
    }
    turn::Delivery placed() { return placedAs(kReference); }
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

    std::unique_ptr<RelayPhone> phone;
};

TEST_F(RelayCallsTest, AWholeCallInWords) {
    talker.reply = {"We can come on Tuesday.", "Is that good?"};
    talking();
    EXPECT_TRUE(phone->heard().starts_with("I am an automated assistant.")) << phone->heard();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Is that good?"); })) << phone->heard();
    ASSERT_TRUE(becomes([&] { return talker.turns == 1; }));
    EXPECT_EQ(talker.heard(), std::vector<std::string>{"No, go on."});
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
    talker.reply = {
        "First I would like to tell you all about our roofs, of which we have made more than a thousand in "
        "this town and the towns around it.",
        "They are red.", "Or green."};
    talking();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().find("about our roofs") != std::string::npos; }));
    phone->says("Wait, what does it cost?");
    ASSERT_TRUE(becomes([&] { return talker.turns == 2; }));
    EXPECT_EQ(talker.heard().back(), "Wait, what does it cost?");
    ASSERT_TRUE(becomes([&] {
        return word("select coalesce(details ->> 'heard', '-') as w from messages where number = 3") != "-";
    }));
    EXPECT_EQ(word("select details ->> 'heard' as w from messages where number = 3"), phone->lastInterrupt());
    EXPECT_LT(phone->lastInterrupt().size(), talker.reply[0].size());
}

TEST_F(RelayCallsTest, ABackchannelOrACoughLetsItGoOn) {
    talker.reply = {
        "First I would like to tell you all about our roofs, of which we have made more than a thousand in "
        "this town and the towns around it."};
    talking();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("like to tell"); }));
    phone->says("Mhm.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("all about our roofs,"); })) << phone->heard();
    phone->coughs();
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("around it."); })) << phone->heard();
    EXPECT_TRUE(phone->heard().ends_with(talker.reply[0])) << "every word of it, once: " << phone->heard();
    EXPECT_EQ(talker.turns, 1);
}

TEST_F(RelayCallsTest, KeysStopWhatIsSaidAndAreWords) {
    talker.reply = {
        "First I would like to tell you all about our roofs, of which we have made more than a thousand in "
        "this town and the towns around it."};
    talking();
    phone->says("No, go on.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("like to tell"); }));
    talker.reply = {"Five it is."};
    phone->presses("5");
    phone->presses("#");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Five it is."); })) << phone->heard();
    EXPECT_EQ(phone->heard().find("around it."), std::string::npos);
    EXPECT_EQ(talker.heard().back(), "[keys 5#]");
}

TEST_F(RelayCallsTest, WhatTheTurnClosesEndsAfterItsWords) {
    talker.reply = {"Then goodbye."};
    talker.becomes = "closed";
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
    set("settings", {{"voice_transfer_to", "+16025550124"}});
    talker.reply = {"I connect you with Sam."};
    talker.becomes = "held";
    talking();
    phone->says("I want to talk to a person.");
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(phone->heard().ends_with("I connect you with Sam.")) << phone->heard();
    const auto dial =
        hooked({{"CallStatus", "in-progress"}, {"SessionStatus", "ended"}, {"HandoffData", phone->handed()}});
    EXPECT_NE(dial.find(">+16025550124</Number></Dial>"), std::string::npos) << dial;
    ASSERT_TRUE(becomes([&] { return row("reason") == "transferred"; }));
    EXPECT_NE(hooked({{"CallStatus", "in-progress"}, {"DialCallStatus", "completed"}}).find("<Hangup/>"),
              std::string::npos);
    hooked({{"CallStatus", "completed"}, {"CallDuration", "240"}});
    EXPECT_EQ(row("state"), "ended");
    EXPECT_EQ(row("reason"), "transferred");
}

TEST_F(RelayCallsTest, WhomNobodyTookIsOursAgainAndSaysWhatTheyWant) {
    set("settings", {{"voice_transfer_to", "+16025550124"}});
    talker.reply = {"I connect you with Sam."};
    talker.becomes = "held";
    talking();
    phone->says("I want to talk to a person.");
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    ASSERT_TRUE(becomes([&] { return row("reason") == "transferred"; }));
    hooked({{"CallStatus", "in-progress"}, {"SessionStatus", "ended"}, {"HandoffData", phone->handed()}});
    talker.reply.clear();
    const auto back = hooked({{"CallStatus", "in-progress"}, {"DialCallStatus", "no-answer"}});
    ASSERT_NE(parameter(back, "token"), "") << back;
    phone = phoneWith(parameter(back, "token"));
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Shall somebody call you back?"); }))
        << phone->heard();
    EXPECT_EQ(row("state"), "talking");
    phone->says("Yes, tomorrow please.");
    ASSERT_TRUE(becomes([&] { return talker.heard().back() == "Yes, tomorrow please."; }))
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

TEST_F(RelayCallsTest, WhomTheCarrierWillNotConnectIsAskedWhetherSomebodyShallCall) {
    instances.all[binding] = host.open("twilio",
                                       {{"account_sid", kAccount},
                                        {"base_url", "http://127.0.0.1:9"},
                                        {"voice_media", "conversation-relay"}},
                                       {{"auth_token", kAuthToken}})
                                 .orThrow();  // without a hook it is asked over its API, which is away
    set("settings", {{"voice_transfer_to", "+16025550124"}});
    talker.reply = {"I connect you with Sam."};
    talker.becomes = "held";
    talking();
    phone->says("I want to talk to a person.");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Shall somebody call you back?"); }))
        << phone->heard();
    EXPECT_TRUE(becomes([&] { return row("transfer_outcome") == "failed"; }));
    talker.reply.clear();
    phone->says("Yes, tomorrow please.");
    ASSERT_TRUE(becomes([&] { return phone->over(); }));
    EXPECT_TRUE(phone->heard().ends_with("Goodbye.")) << phone->heard();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(row("reason"), "held");
}

TEST_F(RelayCallsTest, WhoRefusesToBeRecordedWhereNobodyRecordsIsNotRecordedLater) {
    talker.reply = {"Good."};
    talking();
    phone->says("मुझे रिकॉर्ड मत कीजिए।");
    ASSERT_TRUE(becomes([&] { return phone->heard().ends_with("Good."); })) << phone->heard();
    EXPECT_NE(phone->heard().find("All right, you are not being recorded."), std::string::npos)
        << phone->heard();
    EXPECT_TRUE(becomes([&] { return row("coalesce(recording, '')") == "refused"; }));
    EXPECT_EQ(number("select count(*) as n from leads where recording_refused_at is not null"), 1);
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
    talker.reply = {"Good."};
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
    talker.reply = {"Good."};
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
    EXPECT_TRUE(becomes([&] { return row("reason") == "machine"; }));
    EXPECT_TRUE(becomes([&] {
        return word("select coalesce(max(payload ->> 'code'), '') as w from events where kind = 'status'") ==
               "message_left";
    }));
    EXPECT_TRUE(talker.heard().empty()) << "nobody spoke";
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
    talker.reply = {"Glad that you call."};
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
