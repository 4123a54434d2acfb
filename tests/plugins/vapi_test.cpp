#include <gtest/gtest.h>

#include "asked.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "calls.hpp"
#include "mistakes.hpp"
#include "openapi.hpp"
#include "overture/testing/fake_host.hpp"
#include "webhook.hpp"

namespace overture::vapi {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;

const std::string kSecret = "a-long-secret-of-ours";
const std::string kCall = "00000000-0000-4000-8000-000000000002";
constexpr sdk::Call kDeadline{5000};

class VapiTest : public ::testing::Test {
protected:
    VapiTest() {
        host.secret("api_key", "key-1");
        host.secret("server_secret", kSecret);
    }
    Settings settings() {
        return Settings::read(sdk::Host(host.table()),
                              {{"phone_number_id", "00000000-0000-4000-8000-000000000001"},
                               {"webhook_url", "https://hooks.example.com/hooks/b1"},
                               {"assistant", {{"voice", {{"provider", "vapi"}, {"voiceId", "Elliot"}}}}}});
    }
    Calls calls() { return {sdk::Host(host.table()), settings()}; }
    static Json request() {
        return {{"delivery_id", "01a20200-0000-7000-8000-000000000001"},
                {"call_id", "01a20200-0000-7000-8000-000000000001"},
                {"from", "+15555550101"},
                {"to", "+15555550102"},
                {"media",
                 {{"url", "wss://hooks.example.com/v1/calls/media/b1"},
                  {"words_url", "https://hooks.example.com/v1/calls/words/b1"},
                  {"token", "t1"}}},
                {"say", {"I am an automated assistant.", "Hi Ann, is now a bad time?"}},
                {"transfer_to", "+15555550124"},
                {"machine_detection", true},
                {"most_seconds", 600}};
    }
    Answer told(const Json& message, const std::string& secret = kSecret,
                const std::string& url = "https://hooks.example.com/hooks/b1?call=c1",
                const Json& more = Json::object()) {
        Json asked{{"method", "POST"},
                   {"url", url},
                   {"headers", {{"x-vapi-secret", secret}}},
                   {"body_base64", toBase64(Json{{"message", message}}.dump())}};
        asked.update(more);
        return calls().webhook(asked, kDeadline);
    }
    static Json status(const std::string& word, const std::string& reason = "") {
        Json message{
            {"type", "status-update"},
            {"status", word},
            {"timestamp", 1760000000000},
            {"call",
             {{"id", kCall}, {"type", "outboundPhoneCall"}, {"customer", {{"number", "+15555550102"}}}}}};
        if (!reason.empty()) message["endedReason"] = reason;
        return message;
    }
    FakeHost host;
};

TEST_F(VapiTest, ACallFitsTheDescription) {
    OVERTURE_CONTRACT(api, "vapi.json");
    host.answer(201, Json{{"id", kCall}, {"status", "queued"}}.dump());
    const auto answer = calls().start(request(), kDeadline);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["reference"], kCall);
    const auto sent = host.requests().back();
    EXPECT_EQ(sent.url, "https://api.vapi.ai/call");
    const auto body = Json::parse(sent.body);
    // The description lists what may be in these messages as what they may be.
    EXPECT_EQ(openapi::Judge(api).requestFaults("post", "/call", body),
              std::vector<std::string>{"$.body.assistant.serverMessages is none of the allowed values"});
    const auto& known =
        api["components"]["schemas"]["CreateAssistantDTO"]["properties"]["serverMessages"]["enum"];
    for (const auto& one : body["assistant"]["serverMessages"])
        EXPECT_NE(std::find(known.begin(), known.end(), one), known.end()) << one;
    const auto& assistant = body["assistant"];
    EXPECT_EQ(assistant["firstMessage"], "I am an automated assistant. Hi Ann, is now a bad time?");
    EXPECT_EQ(assistant["firstMessageInterruptionsEnabled"], false);
    EXPECT_EQ(assistant["model"]["provider"], "custom-llm");
    EXPECT_EQ(assistant["model"]["url"], "https://hooks.example.com/v1/calls/words/b1");
    EXPECT_EQ(assistant["model"]["headers"]["X-Vapi-Secret"], kSecret);
    EXPECT_EQ(assistant["server"]["url"],
              "https://hooks.example.com/hooks/b1?call=01a20200-0000-7000-8000-000000000001");
    EXPECT_EQ(assistant["model"]["tools"][1], (Json{{"type", "transferCall"}}))
        << "the hook says where to, and why";
    EXPECT_EQ(assistant["voice"]["voiceId"], "Elliot");
    EXPECT_EQ(assistant["maxDurationSeconds"], 600);
    const std::string operation = "carrier.call/1 start: CallController_create";
    contracts::accepted("vapi", operation, "vapi.json");
    const openapi::Judge judge(api);
    const auto ofVapi = contracts::jsonFaults(judge, "https://api.vapi.ai");
    const auto faults = [&](const sdk::HttpRequest& asked) {
        auto all = ofVapi(asked);
        std::erase(all, "$.body.assistant.serverMessages is none of the allowed values");
        return all;
    };
    contracts::neverWrong("vapi", {operation}, "vapi.json",
                          {request(), [&](const Json& asked) { return calls().start(asked, kDeadline); },
                           contracts::unwell, faults, host});
}

TEST_F(VapiTest, WhatCannotBeACallNeverLeaves) {
    const auto refused = [&](const char* member, const Json& value, const std::string& says) {
        auto asked = request();
        asked[member] = value;
        const auto answer = calls().start(asked, kDeadline);
        EXPECT_EQ(answer.outcome, Outcome::invalid) << member;
        EXPECT_NE(answer.message.find(says), std::string::npos) << answer.message;
    };
    refused("to", "somebody", "no number");
    refused("media", Json::object(), "words_url");
    refused("say", Json::array(), "nothing to say first");
    EXPECT_EQ(calls().end({{"reference", "../assistant"}}, kDeadline).outcome, Outcome::invalid);
    EXPECT_EQ(calls().transfer({{"reference", kCall}, {"to", "x"}}, kDeadline).outcome, Outcome::invalid);
    EXPECT_EQ(host.requests().size(), 0u);
    FakeHost bare;
    EXPECT_THROW(
        Settings::read(sdk::Host(bare.table()), {{"phone_number_id", "p"}, {"webhook_url", "https://h"}}),
        sdk::Refused);
}

TEST_F(VapiTest, OnlyACallThatCertainlyDoesNotRingMayBePlacedAgain) {
    const std::vector<std::pair<int, Outcome>> all{{429, Outcome::limited}, {401, Outcome::auth},
                                                   {400, Outcome::invalid}, {500, Outcome::unknown},
                                                   {408, Outcome::unknown}, {302, Outcome::invalid}};
    for (const auto& [code, outcome] : all) {
        host.answer(code, "<html>oops</html>");
        EXPECT_EQ(calls().start(request(), kDeadline).outcome, outcome) << code;
    }
    host.answer(201, "not json");
    EXPECT_EQ(calls().start(request(), kDeadline).outcome, Outcome::unknown);
}

TEST_F(VapiTest, ACallIsLookedForByTheNameItWasGiven) {
    const Json question{{"delivery_id", "01a20200-0000-7000-8000-000000000001"},
                        {"to", "+15555550102"},
                        {"sent_after", "2026-03-01T16:00:00Z"}};
    host.answer(200, Json::array({{{"id", "other"}, {"name", "x"}},
                                  {{"id", kCall},
                                   {"name", "01a20200-0000-7000-8000-000000000001"},
                                   {"status", "ended"},
                                   {"endedReason", "customer-did-not-answer"}}})
                         .dump());
    EXPECT_EQ(calls().lookup(question, kDeadline).document, (Json{{"found", true},
                                                                  {"reference", kCall},
                                                                  {"status", "ended"},
                                                                  {"reason", "no_answer"},
                                                                  {"trusted", true}}));
    EXPECT_NE(host.requests().back().url.find("createdAtGe=2026-03-01T15%3A59%3A00"), std::string::npos)
        << host.requests().back().url;
    host.answer(200, "[]");
    EXPECT_EQ(calls().lookup(question, kDeadline).document["found"], false);
    host.answer(200, "<html>");
    EXPECT_EQ(calls().lookup(question, kDeadline).outcome, Outcome::transient);
    host.answer(404, "{}");
    EXPECT_EQ(calls().lookup({{"reference", kCall}}, kDeadline).document["found"], false);
}

TEST_F(VapiTest, OrdersGoToTheCallsOwnAddress) {
    const Json live{{"id", kCall},
                    {"status", "in-progress"},
                    {"monitor", {{"controlUrl", "https://control.example.com/c1/control"}}}};
    host.answer(200, live.dump());
    host.answer(200, "{}");
    EXPECT_EQ(calls().end({{"reference", kCall}}, kDeadline).outcome, Outcome::ok);
    EXPECT_EQ(host.requests().back().url, "https://control.example.com/c1/control");
    EXPECT_EQ(Json::parse(host.requests().back().body)["type"], "end-call");
    host.answer(200, live.dump());
    host.answer(200, "{}");
    EXPECT_EQ(calls().transfer({{"reference", kCall}, {"to", "+15555550124"}}, kDeadline).outcome,
              Outcome::ok);
    EXPECT_EQ(Json::parse(host.requests().back().body)["destination"]["number"], "+15555550124");
    host.answer(200, Json{{"id", kCall}, {"status", "ended"}}.dump());
    EXPECT_EQ(calls().end({{"reference", kCall}}, kDeadline).document["status"], "over");
    host.answer(200, Json{{"id", kCall}, {"status", "ringing"}}.dump());
    EXPECT_EQ(calls().end({{"reference", kCall}}, kDeadline).outcome, Outcome::transient);
}

TEST_F(VapiTest, WhatItSaysOfACallIsRead) {
    OVERTURE_CONTRACT(api, "vapi-webhooks.json");
    const auto event = [&](const Json& message) { return told(message).document["events"][0]; };
    EXPECT_EQ(event(status("in-progress"))["status"], "answered");
    EXPECT_EQ(event(status("ringing"))["status"], "ringing");
    EXPECT_EQ(event(status("ended", "customer-busy")), (Json{{"kind", "call"},
                                                             {"id", kCall + ":ended"},
                                                             {"reference", kCall},
                                                             {"direction", "outward"},
                                                             {"to", "+15555550102"},
                                                             {"status", "ended"},
                                                             {"call_id", "c1"},
                                                             {"reason", "busy"},
                                                             {"code", "customer-busy"}}));
    EXPECT_EQ(event(status("ended", "voicemail"))["answered_by"], "machine");
    auto report = status("ended", "customer-ended-call");
    report["type"] = "end-of-call-report";
    report.erase("status");
    report["startedAt"] = "2026-03-01T16:00:00.000Z";
    report["endedAt"] = "2026-03-01T16:00:42.500Z";
    EXPECT_EQ(event(report)["seconds"], 42);
    EXPECT_EQ(event(report)["id"], kCall + ":ended") << "the end is told twice and is one";
    for (const auto& one :
         api["components"]["schemas"]["ServerMessageStatusUpdate"]["properties"]["status"]["enum"])
        EXPECT_EQ(told(status(one)).outcome, Outcome::ok) << one;
    for (const char* type : {"speech-update", "hang", "user-interrupted", "transcript", "something-new"})
        EXPECT_EQ(told({{"type", type}, {"call", {{"id", kCall}}}}).document["events"], Json::array())
            << type;
}

TEST_F(VapiTest, WhoAsksWhereToConnectIsAnsweredAsItIsDescribed) {
    OVERTURE_CONTRACT(api, "vapi-webhooks.json");
    const auto answered = [&](const Json& metadata) {
        const auto answer = told({{"type", "transfer-destination-request"},
                                  {"call", {{"id", kCall}, {"assistant", {{"metadata", metadata}}}}}});
        return Json::parse(answer.document["response"]["body"].get<std::string>());
    };
    const auto destination = answered({{"transfer_to", "+15555550124"}});
    EXPECT_EQ(openapi::Judge(api).faults(destination, "ServerMessageResponseTransferDestinationRequest"),
              std::vector<std::string>{});
    EXPECT_EQ(destination["destination"]["number"], "+15555550124");
    EXPECT_TRUE(answered(Json::object()).contains("error"));
}

TEST_F(VapiTest, WhoTakesACallIsToldFirst) {
    OVERTURE_CONTRACT(api, "vapi-webhooks.json");
    const Json message{
        {"type", "transfer-destination-request"},
        {"call", {{"id", kCall}, {"assistant", {{"metadata", {{"transfer_to", "+15555550124"}}}}}}}};
    EXPECT_EQ(told(message).document["asks"], (Json{{"call_id", "c1"}, {"reference", kCall}}));
    const auto answer = told(message, kSecret, "https://hooks.example.com/hooks/b1?call=c1",
                             {{"known", {{"summary", "Ann is on the line. She asks for a person."}}}});
    EXPECT_FALSE(answer.document.contains("asks")) << "once";
    const auto body = Json::parse(answer.document["response"]["body"].get<std::string>());
    EXPECT_EQ(openapi::Judge(api).faults(body, "ServerMessageResponseTransferDestinationRequest"),
              std::vector<std::string>{});
    EXPECT_EQ(body["destination"]["transferPlan"]["mode"], "warm-transfer-say-message");
    EXPECT_EQ(body["destination"]["transferPlan"]["message"], "Ann is on the line. She asks for a person.");
}

TEST_F(VapiTest, WhatCameOfATransferIsToldWithTheEnd) {
    const std::vector<std::pair<std::string, std::string>> all{
        {"assistant-forwarded-call", "transferred answered"},
        {"call.forwarding.operator-busy", "not_transferred busy"},
        {"call.forwarding.no-answer", "not_transferred no_answer"},
        {"call.in-progress.error-transfer-failed", "not_transferred failed"},
        {"call.in-progress.error-warm-transfer-silence-timeout", "not_transferred failed"},
        {"customer-ended-call", ""},
        {"something-new", ""}};
    for (const auto& [reason, outcome] : all) {
        const auto events = told(status("ended", reason)).document["events"];
        ASSERT_EQ(events.size(), outcome.empty() ? 1U : 2U) << reason;
        EXPECT_EQ(events.back()["status"], "ended");
        const auto moved = textOf(events[0], "status") + " " + textOf(events[0], "reason");
        EXPECT_EQ(moved, outcome.empty() ? "ended completed" : outcome) << reason;
    }
}

TEST_F(VapiTest, WhoCallsIsGivenAnAssistantWhenTheEngineKnowsThem) {
    OVERTURE_CONTRACT(api, "vapi-webhooks.json");
    const Json message{
        {"type", "assistant-request"},
        {"call", {{"id", kCall}, {"type", "inboundPhoneCall"}, {"customer", {{"number", "+15555550102"}}}}},
        {"phoneNumber", {{"number", "+15555550101"}}}};
    const Json media{{"media", request()["media"]}};
    const std::string url = "https://hooks.example.com/hooks/b1";
    const auto first = told(message, kSecret, url, media);
    EXPECT_EQ(first.document["asks"], (Json{{"reference", kCall}}));
    const auto event = first.document["events"][0];
    EXPECT_EQ(event["direction"], "inbound");
    EXPECT_EQ(event["status"], "ringing");
    EXPECT_EQ(event["from"], "+15555550102");
    EXPECT_TRUE(Json::parse(first.document["response"]["body"].get<std::string>()).contains("error"))
        << "whom nobody knows hears that";
    auto more = media;
    more["known"] = {{"call_id", "c7"},
                     {"language", "en"},
                     {"say", {"This is an automated assistant of Bright Roof."}},
                     {"transfer_to", "+15555550124"},
                     {"summary", ""},
                     {"most_seconds", 600}};
    const auto body =
        Json::parse(told(message, kSecret, url, more).document["response"]["body"].get<std::string>());
    auto faults = openapi::Judge(api).faults(body, "ServerMessageResponseAssistantRequest");
    std::erase(faults,
               "ServerMessageResponseAssistantRequest.assistant.serverMessages is none of the allowed "
               "values");  // as of a call that is placed
    EXPECT_EQ(faults, std::vector<std::string>{});
    const auto& assistant = body["assistant"];
    EXPECT_EQ(assistant["firstMessage"], "This is an automated assistant of Bright Roof.");
    EXPECT_EQ(assistant["model"]["url"], "https://hooks.example.com/v1/calls/words/b1");
    EXPECT_EQ(assistant["server"]["url"], url + "?call=c7");
    EXPECT_EQ(assistant["metadata"]["call_id"], "c7");
    EXPECT_FALSE(assistant.contains("voicemailDetection"));
    for (const char* without : {"call", "number", "media"}) {
        auto odd = message;
        auto asked = more;
        if (std::string(without) == "call") odd["call"].erase("id");
        if (std::string(without) == "number") odd["call"].erase("customer");
        if (std::string(without) == "media") asked.erase("media");
        const auto answer = told(odd, kSecret, url, asked);
        EXPECT_TRUE(Json::parse(answer.document["response"]["body"].get<std::string>()).contains("error"))
            << without;
    }
    auto later = status("ringing");
    later["call"]["type"] = "inboundPhoneCall";
    EXPECT_EQ(told(later).document["events"], Json::array()) << "no second call";
}

TEST_F(VapiTest, OnlyWhoKnowsTheSecretIsHeard) {
    EXPECT_EQ(told(status("ringing"), "").outcome, Outcome::rejected);
    EXPECT_EQ(told(status("ringing"), kSecret + "x").outcome, Outcome::rejected);
    EXPECT_EQ(calls()
                  .webhook({{"method", "POST"},
                            {"url", "u"},
                            {"headers", {{"x-vapi-secret", kSecret}}},
                            {"body_base64", "***"}},
                           kDeadline)
                  .outcome,
              Outcome::invalid);
    EXPECT_EQ(told(Json(7)).outcome, Outcome::invalid);
}

// --- what it asks its custom model

class Request {
public:
    explicit Request(const Settings& settings)
        : asked(settings, 1772384400),
          heard_{sizeof(overture_media_heard_t), this,
                 [](const overture_media_heard_t* to, const overture_media_message_t* message) {
                     static_cast<Request*>(to->context)
                         ->got.emplace_back(message->kind,
                                            std::string(message->text.data, message->text.size));
                 },
                 [](const overture_media_heard_t* to, overture_text_t sentence) {
                     static_cast<Request*>(to->context)->problems.emplace_back(sentence.data, sentence.size);
                 }},
          wire_{sizeof(overture_media_wire_t), this,
                [](const overture_media_wire_t* to, std::int32_t, overture_text_t message) {
                    static_cast<Request*>(to->context)->sent.append(message.data, message.size);
                }} {}
    void read(const Json& body, const std::string& secret = kSecret) {
        raw(Json{{"method", "POST"},
                 {"url", "https://h/v1/calls/words/b1/chat/completions"},
                 {"headers", {{"X-Vapi-Secret", secret}}},
                 {"body_base64", toBase64(body.is_string() ? body.get<std::string>() : body.dump())}}
                .dump());
    }
    void raw(const std::string& text) { asked.read(false, text, sdk::MediaHeard(&heard_)); }
    bool write(int kind, const std::string& text) {
        return asked.write({.kind = kind, .text = text}, sdk::MediaWire(&wire_));
    }
    /// The chunks of the answer.
    std::vector<Json> chunks() const {
        std::vector<Json> all;
        for (std::size_t at = 0; at < sent.size();) {
            const auto end = sent.find("\n\n", at);
            const auto line = sent.substr(at + 6, end - at - 6);
            if (line != "[DONE]") all.push_back(Json::parse(line));
            at = end + 2;
        }
        return all;
    }
    std::vector<std::pair<int, std::string>> got;
    std::vector<std::string> problems;
    std::string sent;
    Asked asked;

private:
    overture_media_heard_t heard_;
    overture_media_wire_t wire_;
};

Json asking(Json messages) {
    return {{"model", "overture"},
            {"stream", true},
            {"messages", std::move(messages)},
            {"metadata", {{"call_id", "c1"}}},
            {"call", {{"id", kCall}, {"type", "outboundPhoneCall"}}}};
}

TEST_F(VapiTest, ItsQuestionIsReadAsWords) {
    const auto kept = settings();
    Request request(kept);
    request.read(asking(Json::array(
        {{{"role", "system"}, {"content", "x"}},
         {{"role", "assistant"}, {"content", "Hi Ann."}},
         {{"role", "user"}, {"content", "Yes?"}},
         {{"role", "assistant"}, {"content", "We can come"}},
         {{"role", "user"}, {"content", Json::array({{{"type", "text"}, {"text", "When?"}}})}}})));
    ASSERT_EQ(request.got.size(), 3u);
    const auto started = Json::parse(request.got[0].second);
    EXPECT_EQ(started["reference"], kCall);
    EXPECT_EQ(started["call_id"], "c1");
    EXPECT_EQ(request.got[1], std::pair(int(OVERTURE_MEDIA_PLAYED), std::string("We can come")));
    EXPECT_EQ(Json::parse(request.got[2].second),
              (Json{{"kind", "final"}, {"text", "When?"}, {"number", 2}}));
    EXPECT_TRUE(request.problems.empty());
    Request more(kept);  // they went on before anything was spoken
    more.read(asking(Json::array({{{"role", "assistant"}, {"content", "Hi Ann."}},
                                  {{"role", "user"}, {"content", "Yes"}},
                                  {{"role", "user"}, {"content", "Yes, when?"}}})));
    ASSERT_EQ(more.got.size(), 2u);
    EXPECT_EQ(Json::parse(more.got[1].second)["text"], "Yes, when?");
    Request none(kept);
    none.read(asking(Json::array({{{"role", "assistant"}, {"content", "Hi Ann."}}})));
    EXPECT_EQ(none.got.size(), 2u) << "nothing was said by them";
}

TEST_F(VapiTest, ItsAnswerIsAStreamOfChunks) {
    OVERTURE_CONTRACT(openai, "openai.json");
    const auto kept = settings();
    Request request(kept);
    EXPECT_FALSE(request.write(OVERTURE_MEDIA_SAY, R"({"text":"Hi"})"));
    request.read(asking(Json::array({{{"role", "user"}, {"content", "When?"}}})));
    EXPECT_TRUE(request.write(OVERTURE_MEDIA_SAY, R"({"text":"On Tuesday.","last":false})"));
    EXPECT_TRUE(request.write(OVERTURE_MEDIA_SAY, R"({"text":"Is that good?","last":false})"));
    EXPECT_TRUE(request.write(OVERTURE_MEDIA_SAY, R"({"text":"","last":true})"));
    EXPECT_FALSE(request.write(OVERTURE_MEDIA_SAY, R"({"text":"more"})"));
    EXPECT_FALSE(request.write(OVERTURE_MEDIA_AUDIO, ""));
    const auto chunks = request.chunks();
    ASSERT_EQ(chunks.size(), 3u);
    for (const auto& chunk : chunks)
        EXPECT_EQ(openapi::Judge(openai).faults(chunk, "CreateChatCompletionStreamResponse"),
                  std::vector<std::string>{});
    EXPECT_EQ(chunks[0]["choices"][0]["delta"], (Json{{"role", "assistant"}, {"content", "On Tuesday. "}}));
    EXPECT_EQ(chunks[1]["choices"][0]["delta"], (Json{{"content", "Is that good? "}}));
    EXPECT_EQ(chunks[2]["choices"][0]["finish_reason"], "stop");
    EXPECT_TRUE(request.sent.ends_with("data: [DONE]\n\n"));
}

TEST_F(VapiTest, TheEndAndATransferAreToolsThatItCalls) {
    OVERTURE_CONTRACT(openai, "openai.json");
    const auto kept = settings();
    const auto called = [&](const std::string& why) {
        Request request(kept);
        request.read(asking(Json::array({{{"role", "user"}, {"content", "Bye"}}})));
        request.write(OVERTURE_MEDIA_SAY, R"({"text":"Goodbye.","last":false})");
        EXPECT_TRUE(request.write(OVERTURE_MEDIA_STOPPED, why));
        for (const auto& chunk : request.chunks())
            EXPECT_EQ(openapi::Judge(openai).faults(chunk, "CreateChatCompletionStreamResponse"),
                      std::vector<std::string>{});
        EXPECT_TRUE(request.sent.ends_with("data: [DONE]\n\n"));
        return request.chunks().back()["choices"][0];
    };
    const auto end = called(R"({"reason":"done"})");
    EXPECT_EQ(end["delta"]["tool_calls"][0]["function"]["name"], "endCall");
    EXPECT_EQ(end["finish_reason"], "tool_calls");
    const auto moved = called(R"({"transfer":{"to":"+15555550124"}})");
    EXPECT_EQ(moved["delta"]["tool_calls"][0]["function"],
              (Json{{"name", "transferCall"}, {"arguments", R"({"destination":"+15555550124"})"}}));
}

TEST_F(VapiTest, WhatIsNoQuestionOfItsIsNotStarted) {
    const auto kept = settings();
    const auto refused = [&](const Json& body, const std::string& secret = kSecret) {
        Request request(kept);
        request.read(body, secret);
        EXPECT_TRUE(request.got.empty()) << body;
        EXPECT_EQ(request.problems.size(), 1u) << body;
    };
    const auto good = asking(Json::array({{{"role", "user"}, {"content", "When?"}}}));
    refused(good, "");
    refused(good, "another-long-secret-o");
    refused("{\"messages\":");
    refused(Json::array());
    refused({{"messages", Json::array({1})}});
    refused({{"call", {{"id", kCall}}}});
    refused({{"call", {{"id", kCall}}}, {"messages", "text"}});
    Request request(kept);
    request.raw("no json");
    EXPECT_EQ(request.problems.size(), 1u);
    Request odd(kept);
    odd.read({{"call", {{"id", kCall}}},
              {"messages", {1, "x", {{"role", 7}}, {{"role", "user"}, {"content", nullptr}}}}});
    EXPECT_EQ(odd.got.size(), 1u) << "started, and nothing was said";
}

}  // namespace
}  // namespace overture::vapi
