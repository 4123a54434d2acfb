// ConversationRelay: what Twilio is told, what it says, what follows.
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "calls.hpp"
#include "mistakes.hpp"
#include "overture/testing/fake_host.hpp"
#include "relay.hpp"
#include "signature.hpp"
#include "twilio_judge.hpp"
#include "twiml.hpp"

namespace overture::twilio {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;

const std::string kToken = "0123456789abcdef0123456789abcdef";
const std::string kHook = "https://hooks.example.com/hooks/b1";
const std::string kCallSid = "CA00000000000000000000000000000001";
constexpr sdk::Call kDeadline{5000};

class TwilioRelayTest : public ::testing::Test {
protected:
    TwilioRelayTest() { host.secret("auth_token", kToken); }
    Settings settings(const Json& more = Json::object()) {
        Json all{{"account_sid", "AC0123456789abcdef0123456789abcdef"},
                 {"sender", "+15555550100"},
                 {"webhook_url", kHook},
                 {"voice_media", "conversation-relay"}};
        all.update(more);
        return Settings::read(sdk::Host(host.table()), all);
    }
    Answer told(const Form& form, const std::string& url = kHook + "?call=c1",
                const Json& more = Json::object()) {
        return Calls(sdk::Host(host.table()), settings(more))
            .webhook({{"method", "POST"},
                      {"url", url},
                      {"headers",
                       {{"x-twilio-signature", signatureOf(kToken, url, form)},
                        {"content-type", "application/x-www-form-urlencoded"}}},
                      {"body_base64", toBase64(writeForm(form))},
                      {"media", {{"url", "wss://hooks.example.com/v1/calls/media/b1"}, {"token", "t2"}}}},
                     kDeadline);
    }
    static Form over(const std::string& status, const std::string& handed = "") {
        Form form{{"CallSid", kCallSid},         {"From", "+15555550101"},      {"To", "+15555550102"},
                  {"CallStatus", "in-progress"}, {"Direction", "outbound-api"}, {"SessionId", "VX01"},
                  {"SessionStatus", status},     {"SessionDuration", "12"}};
        if (!handed.empty()) form.emplace_back("HandoffData", handed);
        return form;
    }
    static std::string body(const Answer& answer) { return answer.document["response"]["body"]; }
    FakeHost host;
};

TEST_F(TwilioRelayTest, ACallIsConnectedToARelay) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    host.answer(201, Json{{"sid", kCallSid}, {"status", "queued"}}.dump());
    Calls calls(sdk::Host(host.table()), settings({{"relay_tts_provider", "ElevenLabs"},
                                                   {"relay_voice", "a<b"},
                                                   {"relay_speech_model", "flux"},
                                                   {"relay_interrupt_sensitivity", "low"}}));
    const auto answer = calls.start(
        {{"delivery_id", "d1"},
         {"call_id", "c1"},
         {"to", "+15555550102"},
         {"media",
          {{"url", "wss://hooks.example.com/v1/calls/media/b1"}, {"token", "t&1"}, {"language", "es"}}}},
        kDeadline);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(judged(api, host.requests().back()).faults, std::vector<std::string>{});
    EXPECT_EQ(
        valueOf(parseForm(host.requests().back().body), "Twiml"),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Connect "
        "action=\"https://hooks.example.com/hooks/b1?call=c1\" method=\"POST\"><ConversationRelay "
        "url=\"wss://hooks.example.com/v1/calls/media/b1\" language=\"es-US\" interruptible=\"any\" "
        "reportInputDuringAgentSpeech=\"any\" ignoreBackchannel=\"true\" dtmfDetection=\"true\" "
        "events=\"speaker-events tokens-played\" ttsProvider=\"ElevenLabs\" voice=\"a&lt;b\" "
        "speechModel=\"flux\" "
        "partialPrompts=\"true\" interruptSensitivity=\"low\"><Parameter name=\"token\" value=\"t&amp;1\"/>"
        "<Parameter name=\"call_id\" value=\"c1\"/></ConversationRelay></Connect></Response>");
}

TEST_F(TwilioRelayTest, WhoCallsUsIsConnectedToOneToo) {
    const Form form{{"CallSid", kCallSid},
                    {"From", "+15555550102"},
                    {"To", "+15555550101"},
                    {"CallStatus", "ringing"},
                    {"Direction", "inbound"}};
    const auto answer = told(form, kHook);
    EXPECT_NE(body(answer).find("<Connect action=\"https://hooks.example.com/hooks/b1\" method=\"POST\">"
                                "<ConversationRelay url="),
              std::string::npos);
    EXPECT_NE(body(answer).find("<Parameter name=\"token\" value=\"t2\"/></ConversationRelay>"),
              std::string::npos);
    EXPECT_EQ(body(answer).find("welcomeGreeting"), std::string::npos) << "our notice comes first";
}

TEST_F(TwilioRelayTest, WhatWeHandOverIsDialled) {
    const auto transfer =
        Json{{"transfer", {{"to", "+15555550124"}, {"ring_seconds", 25}, {"call_id", "c1"}}}}.dump();
    const auto answer = told(over("ended", transfer));
    EXPECT_EQ(answer.document["events"], Json::array());
    EXPECT_NE(body(answer).find(
                  "<Dial answerOnBridge=\"true\" action=\"https://hooks.example.com/hooks/b1?call=c1\" "
                  "method=\"POST\" timeout=\"25\"><Number>+15555550124</Number></Dial>"),
              std::string::npos);
    // A call that somebody made to us has no id of ours in its hook.
    EXPECT_NE(body(told(over("ended", transfer), kHook)).find("hooks/b1?call=c1"), std::string::npos);
    for (const auto* handed : {R"({"reason":"done"})", R"({"transfer":{"to":"<Say>"}})", "no json", "[]", ""})
        EXPECT_NE(body(told(over("ended", handed))).find("<Response><Hangup/></Response>"), std::string::npos)
            << handed;
}

TEST_F(TwilioRelayTest, WhomNobodyTookComesBackToARelay) {
    auto form = over("ended");
    form.emplace_back("DialCallStatus", "no-answer");
    const auto answer = told(form);
    EXPECT_EQ(answer.document["events"][0]["status"], "not_transferred");
    EXPECT_NE(body(answer).find("<ConversationRelay"), std::string::npos);
    EXPECT_NE(body(answer).find("value=\"t2\""), std::string::npos);
}

TEST_F(TwilioRelayTest, ARelayThatBrokeIsTheEndOfItsCall) {
    auto form = over("failed");
    form.emplace_back("ErrorCode", "64105");
    const auto answer = told(form);
    ASSERT_EQ(answer.document["events"].size(), 1u);
    EXPECT_EQ(answer.document["events"][0]["status"], "ended");
    EXPECT_EQ(answer.document["events"][0]["reason"], "failed");
    EXPECT_EQ(answer.document["events"][0]["code"], "64105");
    EXPECT_NE(body(answer).find("<Hangup/>"), std::string::npos);
    EXPECT_EQ(told(over("completed")).document["events"], Json::array()) << "the status callback says it";
}

// --- the socket

class RelaySocket {
public:
    explicit RelaySocket(const Settings& settings)
        : relay(settings),
          heard_{
              sizeof(overture_media_heard_t), this,
              [](const overture_media_heard_t* to, const overture_media_message_t* message) {
                  static_cast<RelaySocket*>(to->context)
                      ->got.emplace_back(message->kind, std::string(message->text.data, message->text.size));
              },
              [](const overture_media_heard_t* to, overture_text_t sentence) {
                  static_cast<RelaySocket*>(to->context)->problems.emplace_back(sentence.data, sentence.size);
              }},
          wire_{sizeof(overture_media_wire_t), this,
                [](const overture_media_wire_t* to, std::int32_t, overture_text_t message) {
                    static_cast<RelaySocket*>(to->context)
                        ->sent.push_back(Json::parse(std::string(message.data, message.size)));
                }} {}
    void read(const Json& message) { raw(message.dump()); }
    void raw(const std::string& message, bool binary = false) {
        relay.read(binary, message, sdk::MediaHeard(&heard_));
    }
    bool write(int kind, const std::string& text = {}) {
        return relay.write({.kind = kind, .text = text}, sdk::MediaWire(&wire_));
    }
    void start() {
        read({{"type", "setup"},
              {"sessionId", "VX01"},
              {"accountSid", "AC01"},
              {"callSid", kCallSid},
              {"from", "+15555550102"},
              {"to", "+15555550101"},
              {"direction", "outbound-api"},
              {"callStatus", "IN-PROGRESS"},
              {"customParameters", {{"token", "t1"}, {"call_id", "c1"}}}});
    }
    std::vector<std::pair<int, std::string>> got;
    std::vector<std::string> problems;
    std::vector<Json> sent;
    Relay relay;

private:
    overture_media_heard_t heard_;
    overture_media_wire_t wire_;
};

TEST_F(TwilioRelayTest, IsReadAsItIsPublished) {
    RelaySocket socket(settings());
    socket.start();
    socket.read({{"type", "prompt"}, {"voicePrompt", "Hi, can"}, {"lang", "en-US"}, {"last", false}});
    socket.read({{"type", "prompt"}, {"voicePrompt", "Hi, can you?"}, {"lang", "en-US"}, {"last", true}});
    socket.read({{"type", "interrupt"},
                 {"utteranceUntilInterrupt", "Life is a complex set of"},
                 {"durationUntilInterruptMs", "460"}});
    socket.read({{"type", "dtmf"}, {"digit", "1"}});
    socket.read({{"type", "info"}, {"name", "tokensPlayed"}, {"value", "Hi, this is"}});
    socket.read({{"type", "info"}, {"name", "clientSpeaking"}, {"value", "on"}, {"ts", 1752091234567}});
    socket.read({{"type", "info"}, {"name", "clientSpeaking"}, {"value", "off"}});
    socket.read({{"type", "info"}, {"name", "agentSpeaking"}, {"value", "on"}});
    socket.read({{"type", "info"}, {"name", "roundTripDelayMs"}, {"value", "80"}});
    ASSERT_EQ(socket.got.size(), 9u);
    EXPECT_EQ(Json::parse(socket.got[0].second), (Json{{"reference", kCallSid},
                                                       {"token", "t1"},
                                                       {"call_id", "c1"},
                                                       {"parameters", {{"token", "t1"}, {"call_id", "c1"}}},
                                                       {"words", true}}));
    EXPECT_EQ(Json::parse(socket.got[1].second), (Json{{"kind", "interim"}, {"text", "Hi, can"}}));
    EXPECT_EQ(Json::parse(socket.got[2].second), (Json{{"kind", "final"}, {"text", "Hi, can you?"}}));
    EXPECT_EQ(Json::parse(socket.got[3].second), (Json{{"kind", "ended_turn"}}));
    using Got = std::pair<int, std::string>;
    EXPECT_EQ(socket.got[4], Got(OVERTURE_MEDIA_INTERRUPTED, "Life is a complex set of"));
    EXPECT_EQ(socket.got[5], Got(OVERTURE_MEDIA_KEY, "1"));
    EXPECT_EQ(socket.got[6], Got(OVERTURE_MEDIA_PLAYED, "Hi, this is"));
    EXPECT_EQ(socket.got[7], Got(OVERTURE_MEDIA_VOICE, "started"));
    EXPECT_EQ(socket.got[8], Got(OVERTURE_MEDIA_VOICE, "stopped"));
    EXPECT_TRUE(socket.problems.empty());
}

TEST_F(TwilioRelayTest, IsWrittenAsItIsPublished) {
    RelaySocket socket(settings());
    EXPECT_FALSE(socket.write(OVERTURE_MEDIA_SAY, R"({"text":"Hi"})")) << "there is no relay yet";
    socket.start();
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_LANGUAGE, "en")) << "it hears and speaks that";
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_SAY, R"({"text":"Hello.","last":true,"interruptible":false})"));
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_SAY, R"({"text":"We come.","last":false,"interruptible":true})"));
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_SAY, R"({"text":"","last":true,"interruptible":true})"));
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_LANGUAGE, "es"));
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_LANGUAGE, "es"));
    EXPECT_FALSE(socket.write(OVERTURE_MEDIA_CLEAR));
    EXPECT_FALSE(socket.write(OVERTURE_MEDIA_AUDIO));
    EXPECT_FALSE(socket.write(OVERTURE_MEDIA_SAY, "no json"));
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_STOPPED, R"({"transfer":{"to":"+15555550124"}})"));
    EXPECT_EQ(socket.sent,
              (std::vector<Json>{
                  {{"type", "text"}, {"token", "Hello."}, {"last", true}, {"interruptible", false}},
                  {{"type", "text"}, {"token", "We come. "}, {"last", false}, {"interruptible", true}},
                  {{"type", "text"}, {"token", ""}, {"last", true}, {"interruptible", true}},
                  {{"type", "language"}, {"ttsLanguage", "es-US"}, {"transcriptionLanguage", "es-US"}},
                  {{"type", "end"}, {"handoffData", R"({"transfer":{"to":"+15555550124"}})"}}}));
}

TEST_F(TwilioRelayTest, WithoutAHookTheTransferGoesOverTheApi) {
    RelaySocket socket(settings({{"webhook_url", ""}}));
    socket.start();
    EXPECT_FALSE(socket.write(OVERTURE_MEDIA_STOPPED, R"({"transfer":{"to":"+15555550124"}})"));
    EXPECT_TRUE(socket.write(OVERTURE_MEDIA_STOPPED, R"({"reason":"done"})"));
}

TEST_F(TwilioRelayTest, WhatIsNotPublishedIsNamedAndGoesNowhere) {
    RelaySocket socket(settings());
    socket.read({{"type", "prompt"}, {"voicePrompt", "before"}, {"last", true}});
    socket.start();
    socket.start();
    socket.raw("{\"type\":");
    socket.raw("[]");
    socket.raw("\x01\x02", true);
    socket.raw(std::string(100000, '['));
    socket.read({{"type", "prompt"}, {"voicePrompt", 7}, {"last", true}});
    socket.read({{"type", "prompt"}});
    socket.read({{"type", "applause"}});
    socket.read({{"type", 7}});
    socket.read({{"type", "error"}, {"description", "Invalid message received: {\"token\":\"Hi Asha\"}"}});
    EXPECT_EQ(socket.got.size(), 1u) << "the setup only";
    EXPECT_EQ(socket.problems.size(), 11u);
    for (const auto& one : socket.problems) EXPECT_EQ(one.find("Asha"), std::string::npos) << one;
    socket.read({{"type", "interrupt"}, {"utteranceUntilInterrupt", nullptr}});
    socket.read({{"type", "info"}, {"name", "clientSpeaking"}, {"value", true}});
    ASSERT_EQ(socket.got.size(), 2u);
    EXPECT_EQ(socket.got[1].second, "");
}

TEST_F(TwilioRelayTest, LanguagesHaveACountry) {
    EXPECT_EQ(relayLanguage("en", "en-GB"), "en-GB");
    EXPECT_EQ(relayLanguage("hi", "en-US"), "hi-IN");
    EXPECT_EQ(relayLanguage("es-MX", "es-US"), "es-MX");
    EXPECT_EQ(relayLanguage("xx", "en-US"), "xx");
}

}  // namespace
}  // namespace overture::twilio
