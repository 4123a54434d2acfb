#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "call_webhook.hpp"
#include "calls.hpp"
#include "media.hpp"
#include "mistakes.hpp"
#include "overture/testing/fake_host.hpp"
#include "signature.hpp"
#include "twilio_judge.hpp"

namespace overture::twilio {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;

const std::string kAccount = "AC0123456789abcdef0123456789abcdef";
const std::string kToken = "0123456789abcdef0123456789abcdef";
const std::string kHook = "https://hooks.example.com/hooks/b1";
const std::string kCallSid = "CA00000000000000000000000000000001";
constexpr sdk::Call kDeadline{5000};

class TwilioCallsTest : public ::testing::Test {
protected:
    TwilioCallsTest() { host.secret("auth_token", kToken); }
    Calls calls() {
        const sdk::Host sdkHost(host.table());
        return {sdkHost, Settings::read(sdkHost, {{"account_sid", kAccount},
                                                  {"sender", "+15555550100"},
                                                  {"webhook_url", kHook}})};
    }
    static Json request() {
        return {{"delivery_id", "d1"},
                {"call_id", "c1"},
                {"from", "+15555550101"},
                {"to", "+15555550102"},
                {"media", {{"url", "wss://hooks.example.com/v1/calls/media/b1"}, {"token", "t&1"}}},
                {"machine_detection", true},
                {"ring_seconds", 25},
                {"most_seconds", 600}};
    }
    Answer told(const Form& form, const std::string& url = kHook + "?call=c1") {
        return calls().webhook(
            {{"method", "POST"},
             {"url", url},
             {"headers",
              {{"x-twilio-signature", signatureOf(kToken, url, form)},
               {"content-type", "application/x-www-form-urlencoded"}}},
             {"body_base64", toBase64(writeForm(form))},
             {"media", {{"url", "wss://hooks.example.com/v1/calls/media/b1"}, {"token", "t2"}}}},
            kDeadline);
    }
    static Form status(const std::string& word) {
        return {{"CallSid", kCallSid},
                {"From", "+15555550101"},
                {"To", "+15555550102"},
                {"CallStatus", word},
                {"Direction", "outbound-api"},
                {"SequenceNumber", "2"},
                {"CallbackSource", "call-progress-events"}};
    }
    FakeHost host;
};

TEST_F(TwilioCallsTest, ACallFitsTheDescription) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    host.answer(201, Json{{"sid", kCallSid}, {"status", "queued"}}.dump());
    const auto answer = calls().start(request(), kDeadline);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["reference"], kCallSid);
    EXPECT_EQ(judged(api, host.requests().back()).operation, "CreateCall");
    EXPECT_EQ(judged(api, host.requests().back()).faults, std::vector<std::string>{});
    const auto form = parseForm(host.requests().back().body);
    EXPECT_EQ(
        valueOf(form, "Twiml"),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Connect><Stream "
        "url=\"wss://hooks.example.com/v1/calls/media/b1\"><Parameter name=\"token\" value=\"t&amp;1\"/>"
        "<Parameter name=\"call_id\" value=\"c1\"/></Stream></Connect></Response>");
    EXPECT_EQ(valueOf(form, "StatusCallback"), kHook + "?call=c1");
    EXPECT_EQ(valueOf(form, "AsyncAmd"), "true");
    EXPECT_EQ(valueOf(form, "TimeLimit"), "600");
    contracts::accepted("twilio", "carrier.call/1 start: CreateCall", "twilio-api.json");
    contracts::neverWrong(
        "twilio", {"carrier.call/1 start: CreateCall"}, "twilio-api.json",
        {request(), [&](const Json& asked) { return calls().start(asked, kDeadline); }, contracts::unwell,
         [&](const sdk::HttpRequest& asked) { return judged(api, asked).faults; }, host});
}

TEST_F(TwilioCallsTest, LookingUpEndingAndConnectingFitTheDescription) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    const auto fits = [&](const std::string& operation) {
        const auto one = judged(api, host.requests().back());
        EXPECT_EQ(one.operation, operation);
        EXPECT_EQ(one.faults, std::vector<std::string>{});
    };
    host.answer(200, R"({"calls":[],"next_page_uri":null})");
    ASSERT_EQ(
        calls()
            .lookup(
                {{"to", "+15555550102"}, {"from", "+15555550101"}, {"sent_after", "2026-03-01T16:00:00Z"}},
                kDeadline)
            .outcome,
        Outcome::ok);
    fits("ListCall");
    host.answer(200, Json{{"sid", kCallSid}, {"status", "in-progress"}}.dump());
    EXPECT_EQ(calls().lookup({{"reference", kCallSid}}, kDeadline).document["status"], "answered");
    fits("FetchCall");
    host.answer(200, Json{{"sid", kCallSid}, {"status", "completed"}}.dump());
    ASSERT_EQ(calls().end({{"reference", kCallSid}}, kDeadline).outcome, Outcome::ok);
    fits("UpdateCall");
    host.answer(200, Json{{"sid", kCallSid}, {"status", "in-progress"}}.dump());
    ASSERT_EQ(
        calls()
            .transfer(
                {{"reference", kCallSid}, {"call_id", "c1"}, {"to", "+15555550124"}, {"ring_seconds", 20}},
                kDeadline)
            .outcome,
        Outcome::ok);
    fits("UpdateCall");
    EXPECT_NE(valueOf(parseForm(host.requests().back().body), "Twiml")
                  .find("<Dial answerOnBridge=\"true\" "
                        "action=\"https://hooks.example.com/hooks/"
                        "b1?call=c1\" method=\"POST\" timeout=\"20\">"
                        "<Number>+15555550124</Number></Dial>"),
              std::string::npos);
    const std::string operations = "carrier.call/1 lookup, end, transfer: ListCall, FetchCall, UpdateCall";
    contracts::accepted("twilio", operations, "twilio-api.json");
    const Json all{{"lookup",
                    {{"reference", ""},
                     {"to", "+15555550102"},
                     {"from", "+15555550101"},
                     {"sent_after", "2026-03-01T16:00:00Z"}}},
                   {"fetch", {{"reference", kCallSid}}},
                   {"end", {{"reference", kCallSid}}},
                   {"transfer",
                    {{"reference", kCallSid},
                     {"to", "+15555550124"},
                     {"from", "+15555550101"},
                     {"ring_seconds", 20},
                     {"call_id", "c1"}}}};
    const auto askAll = [&](const Json& asked) {
        const auto part = [&](const char* name) {
            return asked.is_object() && asked.contains(name) && asked[name].is_object() ? asked[name]
                                                                                        : Json::object();
        };
        calls().lookup(part("lookup"), kDeadline);
        calls().lookup(part("fetch"), kDeadline);
        calls().end(part("end"), kDeadline);
        return calls().transfer(part("transfer"), kDeadline);
    };
    contracts::neverWrong("twilio", {operations}, "twilio-api.json",
                          {all, askAll, contracts::unwell,
                           [&](const sdk::HttpRequest& asked) { return judged(api, asked).faults; }, host});
}

TEST_F(TwilioCallsTest, EveryStatusOfTheDescriptionIsKnown) {
    OVERTURE_CONTRACT(api, "twilio-api.json");
    for (const auto& one : api["components"]["schemas"]["call_enum_status"]["enum"]) {
        const auto word = one.get<std::string>();
        const auto answer = told(status(word));
        ASSERT_EQ(answer.outcome, Outcome::ok) << word;
        const bool onTheWay = word == "queued";
        EXPECT_EQ(answer.document["events"].size(), onTheWay ? 0u : 1u) << word;
    }
}

TEST_F(TwilioCallsTest, WhatCannotBeACallNeverLeaves) {
    const auto refused = [&](const char* member, const Json& value, const std::string& says) {
        auto asked = request();
        asked[member] = value;
        if (std::string(member) == "from") asked[member] = value;
        const auto answer = calls().start(asked, kDeadline);
        EXPECT_EQ(answer.outcome, Outcome::invalid) << member;
        EXPECT_NE(answer.message.find(says), std::string::npos) << answer.message;
    };
    refused("to", "somebody", "the recipient is no number");
    refused("from", "Bright Roof", "no number to come from");
    refused("media", {{"url", "http://hooks.example.com"}}, "must begin with wss://");
    EXPECT_EQ(host.requests().size(), 0u);
    EXPECT_EQ(calls().end({{"reference", "../Messages"}}, kDeadline).outcome, Outcome::invalid);
    EXPECT_EQ(calls().transfer({{"reference", kCallSid}, {"to", "<Say>"}}, kDeadline).outcome,
              Outcome::invalid);
    EXPECT_EQ(host.requests().size(), 0u);
}

TEST_F(TwilioCallsTest, OnlyACallThatCertainlyDoesNotRingMayBePlacedAgain) {
    const std::vector<std::pair<int, Outcome>> all{{429, Outcome::limited}, {401, Outcome::auth},
                                                   {400, Outcome::invalid}, {500, Outcome::unknown},
                                                   {503, Outcome::unknown}, {408, Outcome::unknown}};
    for (const auto& [code, outcome] : all) {
        host.answer(code, "<html>oops</html>");
        EXPECT_EQ(calls().start(request(), kDeadline).outcome, outcome) << code;
    }
    host.answer(201, "not json");
    EXPECT_EQ(calls().start(request(), kDeadline).outcome, Outcome::unknown);
    host.answer(400, R"({"code":21211,"status":400})");
    EXPECT_EQ(calls().start(request(), kDeadline).outcome, Outcome::rejected);
}

TEST_F(TwilioCallsTest, ACallIsLookedForBetweenTheTwoNumbers) {
    const Json question{
        {"to", "+15555550102"}, {"from", "+15555550101"}, {"sent_after", "2026-03-01T16:00:00Z"}};
    const auto listed = [&](const std::string& made, const std::string& direction) {
        host.answer(200, Json{{"calls",
                               {{{"sid", kCallSid},
                                 {"status", "no-answer"},
                                 {"date_created", made},
                                 {"direction", direction}}}},
                              {"next_page_uri", nullptr}}
                             .dump());
        return calls().lookup(question, kDeadline).document;
    };
    EXPECT_EQ(listed("Sun, 01 Mar 2026 16:00:01 +0000", "outbound-api"), (Json{{"found", true},
                                                                               {"reference", kCallSid},
                                                                               {"status", "ended"},
                                                                               {"reason", "no_answer"},
                                                                               {"trusted", true}}));
    EXPECT_EQ(listed("Sun, 01 Mar 2026 14:00:01 +0000", "outbound-api")["found"], false)
        << "of an earlier one";
    EXPECT_EQ(listed("Sun, 01 Mar 2026 16:00:01 +0000", "inbound")["found"], false) << "they called us";
    host.answer(400, R"({"code":21220,"message":"not in progress"})");
    EXPECT_EQ(calls().end({{"reference", kCallSid}}, kDeadline).document["status"], "over");
}

TEST_F(TwilioCallsTest, StatusesSayWhatBecameOfTheCall) {
    const auto event = [&](const Form& form) { return told(form).document["events"].at(0); };
    auto ended = status("completed");
    ended.emplace_back("CallDuration", "42");
    EXPECT_EQ(event(ended), (Json{{"kind", "call"},
                                  {"id", kCallSid + ":ended:2"},
                                  {"reference", kCallSid},
                                  {"call_id", "c1"},
                                  {"direction", "outward"},
                                  {"from", "+15555550101"},
                                  {"to", "+15555550102"},
                                  {"status", "ended"},
                                  {"reason", "completed"},
                                  {"seconds", 42}}));
    EXPECT_EQ(event(status("no-answer"))["reason"], "no_answer");
    EXPECT_EQ(event(status("busy"))["reason"], "busy");
    EXPECT_EQ(event(status("in-progress"))["status"], "answered");
    for (const auto& [theirs, ours] :
         std::vector<std::pair<std::string, std::string>>{{"human", "person"},
                                                          {"machine_start", "machine"},
                                                          {"machine_end_beep", "machine"},
                                                          {"fax", "fax"}}) {
        const auto one = event({{"CallSid", kCallSid}, {"AnsweredBy", theirs}});
        EXPECT_EQ(one["status"], "answered");
        EXPECT_EQ(one["answered_by"], ours);
    }
    EXPECT_FALSE(event({{"CallSid", kCallSid}, {"AnsweredBy", "unknown"}}).contains("answered_by"));
}

TEST_F(TwilioCallsTest, ATransferThatFailsBringsThePersonBack) {
    auto form = status("in-progress");
    form.emplace_back("DialCallStatus", "no-answer");
    const auto back = told(form).document;
    EXPECT_EQ(back["events"][0]["status"], "not_transferred");
    EXPECT_NE(back["response"]["body"].get<std::string>().find("<Parameter name=\"token\" value=\"t2\"/>"),
              std::string::npos);
    form.back().second = "completed";
    const auto gone = told(form).document;
    EXPECT_EQ(gone["events"][0]["status"], "transferred");
    EXPECT_NE(gone["response"]["body"].get<std::string>().find("<Hangup/>"), std::string::npos);
}

TEST_F(TwilioCallsTest, WhoCallsUsIsConnected) {
    const Form form{{"CallSid", kCallSid},
                    {"From", "+15555550102"},
                    {"To", "+15555550101"},
                    {"CallStatus", "ringing"},
                    {"Direction", "inbound"}};
    const auto answer = told(form, kHook).document;
    EXPECT_EQ(answer["events"][0]["direction"], "inbound");
    EXPECT_NE(answer["response"]["body"].get<std::string>().find("<Connect><Stream"), std::string::npos);
    auto forged = form;
    forged[1].second = "+15555550199";
    const auto url = kHook;
    EXPECT_EQ(calls()
                  .webhook({{"method", "POST"},
                            {"url", url},
                            {"headers", {{"x-twilio-signature", signatureOf(kToken, url, form)}}},
                            {"body_base64", toBase64(writeForm(forged))}},
                           kDeadline)
                  .outcome,
              Outcome::rejected);
}

// --- the socket

class Socket {
public:
    Socket()
        : heard_{sizeof(overture_media_heard_t), this,
                 [](const overture_media_heard_t* to, const overture_media_message_t* message) {
                     static_cast<Socket*>(to->context)
                         ->got.push_back({message->kind,
                                          message->at_ms,
                                          {message->text.data, message->text.size},
                                          {message->bytes.data, message->bytes.size}});
                 },
                 [](const overture_media_heard_t* to, overture_text_t sentence) {
                     static_cast<Socket*>(to->context)->problems.emplace_back(sentence.data, sentence.size);
                 }},
          wire_{sizeof(overture_media_wire_t), this,
                [](const overture_media_wire_t* to, std::int32_t, overture_text_t message) {
                    static_cast<Socket*>(to->context)
                        ->sent.push_back(Json::parse(std::string(message.data, message.size)));
                }} {}
    void read(const Json& message) { stream.read(false, message.dump(), sdk::MediaHeard(&heard_)); }
    void raw(const std::string& message, bool binary = false) {
        stream.read(binary, message, sdk::MediaHeard(&heard_));
    }
    bool write(const sdk::MediaMessage& message) { return stream.write(message, sdk::MediaWire(&wire_)); }
    void start(Json format = {{"encoding", "audio/x-mulaw"}, {"sampleRate", 8000}, {"channels", 1}}) {
        read({{"event", "connected"}, {"protocol", "Call"}, {"version", "1.0.0"}});
        read({{"event", "start"},
              {"sequenceNumber", "1"},
              {"streamSid", "MZ01"},
              {"start",
               {{"streamSid", "MZ01"},
                {"accountSid", kAccount},
                {"callSid", kCallSid},
                {"tracks", {"inbound"}},
                {"customParameters", {{"token", "t1"}, {"call_id", "c1"}}},
                {"mediaFormat", std::move(format)}}}});
    }
    struct Got {
        int kind;
        std::int64_t at;
        std::string text, bytes;
    };
    std::vector<Got> got;
    std::vector<std::string> problems;
    std::vector<Json> sent;
    Stream stream;

private:
    overture_media_heard_t heard_;
    overture_media_wire_t wire_;
};

TEST(TwilioStream, IsReadAsItIsPublished) {
    Socket socket;
    socket.start();
    socket.read(
        {{"event", "media"},
         {"sequenceNumber", "3"},
         {"streamSid", "MZ01"},
         {"media",
          {{"track", "inbound"}, {"chunk", "1"}, {"timestamp", "40"}, {"payload", toBase64("sound")}}}});
    socket.read(
        {{"event", "dtmf"}, {"streamSid", "MZ01"}, {"dtmf", {{"track", "inbound_track"}, {"digit", "1"}}}});
    socket.read({{"event", "mark"}, {"streamSid", "MZ01"}, {"mark", {{"name", "p10"}}}});
    socket.read({{"event", "stop"}, {"streamSid", "MZ01"}, {"stop", {{"callSid", kCallSid}}}});
    ASSERT_EQ(socket.got.size(), 5u);
    EXPECT_EQ(socket.got[0].kind, OVERTURE_MEDIA_STARTED);
    const auto started = Json::parse(socket.got[0].text);
    EXPECT_EQ(started["reference"], kCallSid);
    EXPECT_EQ(started["token"], "t1");
    EXPECT_EQ(socket.got[1].bytes, "sound");
    EXPECT_EQ(socket.got[1].at, 40);
    EXPECT_EQ(socket.got[2].text, "1");
    EXPECT_EQ(socket.got[3].text, "p10");
    EXPECT_EQ(socket.got[4].kind, OVERTURE_MEDIA_STOPPED);
    EXPECT_TRUE(socket.problems.empty());
}

TEST(TwilioStream, IsWrittenAsItIsPublished) {
    Socket socket;
    EXPECT_FALSE(socket.write({.kind = OVERTURE_MEDIA_CLEAR})) << "there is no stream yet";
    socket.start();
    EXPECT_TRUE(socket.write({.kind = OVERTURE_MEDIA_AUDIO, .bytes = "sound"}));
    EXPECT_TRUE(socket.write({.kind = OVERTURE_MEDIA_MARK, .text = "p10"}));
    EXPECT_TRUE(socket.write({.kind = OVERTURE_MEDIA_CLEAR}));
    EXPECT_FALSE(socket.write({.kind = OVERTURE_MEDIA_SAY, .text = "Hello"}));
    EXPECT_FALSE(socket.write({.kind = OVERTURE_MEDIA_MARK, .text = "\"}"}));
    EXPECT_EQ(socket.sent,
              (std::vector<Json>{
                  {{"event", "media"}, {"streamSid", "MZ01"}, {"media", {{"payload", toBase64("sound")}}}},
                  {{"event", "mark"}, {"streamSid", "MZ01"}, {"mark", {{"name", "p10"}}}},
                  {{"event", "clear"}, {"streamSid", "MZ01"}}}));
}

TEST(TwilioStream, WhatIsNotPublishedIsNamedAndGoesNowhere) {
    Socket socket;
    socket.read({{"event", "media"}, {"media", {{"payload", "c291bmQ="}}}});
    socket.start({{"encoding", "audio/x-l16"}, {"sampleRate", 16000}, {"channels", 1}});
    EXPECT_EQ(socket.got.size(), 0u);
    socket.start();
    socket.start();
    socket.raw("{\"event\":");
    socket.raw("[]");
    socket.raw("\x01\x02", true);
    socket.raw(std::string(100000, '['));
    socket.read({{"event", "media"}, {"media", {{"track", "inbound"}, {"payload", "***"}}}});
    socket.read({{"event", "media"}, {"media", 7}});
    socket.read({{"event", "media"},
                 {"media", {{"track", "outbound"}, {"payload", "c291bmQ="}}}});  // our own, not asked for
    socket.read({{"event", "applause"}});
    EXPECT_EQ(socket.got.size(), 1u) << "the start only";
    EXPECT_EQ(socket.problems.size(), 10u);
    socket.read(
        {{"event", "media"}, {"media", {{"timestamp", "99999999999999999999"}, {"payload", "c291bmQ="}}}});
    ASSERT_EQ(socket.got.size(), 2u);
    EXPECT_EQ(socket.got[1].at, -1);
}

}  // namespace
}  // namespace overture::twilio
