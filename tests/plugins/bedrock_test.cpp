#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/event_stream.hpp"
#include "bedrock/answer.hpp"
#include "bedrock/embedder.hpp"
#include "bedrock/model.hpp"
#include "bedrock/request.hpp"
#include "bedrock/stream.hpp"
#include "contracts.hpp"
#include "mistakes.hpp"
#include "model_asks.hpp"
#include "openapi.hpp"

namespace overture::bedrock {
namespace {

using sdk::Outcome;
using testing::chatRequest;
using testing::FakeHost;
using testing::headerOf;
using testing::longChatRequest;

constexpr const char* kDescription = "aws-bedrock-runtime.json";
constexpr const char* kBase = "https://bedrock-runtime.us-east-1.amazonaws.com";

Json answer(const Json& content, const Json& reason = "end_turn") {
    return {{"output", {{"message", {{"role", "assistant"}, {"content", content}}}}},
            {"stopReason", reason},
            {"metrics", {{"latencyMs", 420}}},
            {"usage", {{"inputTokens", 1000}, {"outputTokens", 100}, {"totalTokens", 1100}}}};
}

Json saying(const std::string& text, const Json& reason = "end_turn") {
    return answer(Json::array({{{"text", text}}}), reason);
}

struct Bench {
    FakeHost host;
    Bench() {
        host.secret("access_key_id", "AKIDEXAMPLE");
        host.secret("secret_access_key", "s3cret/key");
    }
    sdk::Answer ask(const Json& settings = Json::object(), const Json& request = chatRequest()) {
        ChatModel model(sdk::Host(host.table()), settings);
        return model.complete(request, {10000, pieces ? &pieces : nullptr});
    }
    sdk::Pieces pieces = {};
    Json body(std::size_t index = 0) { return Json::parse(host.requests().at(index).body); }
};

std::string pathAfter(const std::string& base, const std::string& url) {
    EXPECT_TRUE(url.starts_with(base)) << url;
    return url.substr(base.size());
}

const Json kGuarded{{"guardrail", {{"id", "gr1abc"}, {"version", "3"}}}, {"prompt_cache", "1h"}};

TEST(Bedrock, AsksAsTheVendorDescribesIt) {
    OVERTURE_CONTRACT(description, kDescription);
    const openapi::Judge judge(description);
    for (const auto& settings :
         {Json::object(), kGuarded, Json{{"structured", "none"}, {"temperature", false}},
          Json{{"prompt_cache", "5m"},
               {"model", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x.y-v1:0"}}})
        for (const auto& request : {chatRequest(), longChatRequest()}) {
            Bench bench;
            bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
            ASSERT_EQ(bench.ask(settings, request).outcome, Outcome::ok);
            const auto path = pathAfter(kBase, bench.host.requests()[0].url);
            EXPECT_TRUE(path.ends_with("/converse")) << path;
            EXPECT_THAT(judge.requestFaults("post", path, bench.body()), ::testing::IsEmpty())
                << bench.body();
        }
    contracts::accepted("bedrock", "model.chat/1 complete: POST /model/{modelId}/converse", kDescription);
    EXPECT_THAT(judge.faults(saying("x"), "ConverseResponse"), ::testing::IsEmpty())
        << "the answers of these tests";

    const auto good = bodyOf(Settings::read(kGuarded), longChatRequest());
    for (const auto& [at, value] : std::map<std::string, Json>{
             {"/messages/0/role", "tool"},
             {"/messages/0/content/0/type", "text"},
             {"/inferenceConfig/temperature", 1.2},
             {"/inferenceConfig/maxTokens", 0},
             {"/inferenceConfig/seed", 7},
             {"/system/0/text", ""},
             {"/system/2/cachePoint/ttl", "2h"},
             {"/toolConfig/tools/0/toolSpec/name", std::string(65, 'x')},
             {"/outputConfig/textFormat/structure/jsonSchema/schema", Json::object()}}) {
        auto wrong = good;
        ASSERT_NO_THROW(wrong[Json::json_pointer(at)] = value) << at;
        EXPECT_FALSE(judge.requestFaults("post", "/model/x/converse", wrong).empty()) << at;
    }
}

/// The conversation as it leaves: user, assistant, user, assistant with the tool's call, user with its result.
TEST(Bedrock, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(description, kDescription);
    const openapi::Judge judge(description);
    Bench bench;
    const auto asked = longChatRequest();
    contracts::refused(
        "bedrock",
        {"model.chat/1 complete: POST /model/{modelId}/converse",
         "model.chat/1 complete, streamed: POST /model/{modelId}/converse-stream"},
        kDescription,
        {bodyOf(Settings::read({}), asked), asked,
         [&](const Json& body) {
             auto faults = judge.requestFaults("post", "/model/x/converse", body);
             if (judge.requestFaults("post", "/model/x/converse-stream", body).empty()) faults.clear();
             return faults;
         },
         [&](const Json& request) { return bench.ask(Json::object(), request); }, bench.host},
        {{"/messages", 7, "/messages", 7, "messages has to be a list"},
         {"/messages/0/role", "bot", "/messages/2/role", "bot", "messages[2].role has to be system"},
         {"/messages/0/role", nullptr, "/messages/2/role", nullptr, "messages[2].role"},
         {"/messages/2/content/0/text", 7, "/messages/4/content", 7, "messages[4].content has to be a text"},
         {"/messages/3/content/0/toolUse/name", nullptr, "/messages/6/tool_calls/0/name", nullptr,
          "messages[6].tool_calls[0].name"},
         {"/messages/3/content/0/toolUse/toolUseId", nullptr, "/messages/6/tool_calls/0/id", nullptr,
          "messages[6].tool_calls[0].id"},
         {"/messages/4/content/0/toolResult/toolUseId", nullptr, "/messages/7/tool_call_id", nullptr,
          "messages[7].tool_call_id has to name a tool call"},
         {"/inferenceConfig/temperature", 2.5, "/temperature", 2.5,
          "temperature has to be a number from 0 to 2"},
         {"/inferenceConfig/temperature", -0.1, "/temperature", -0.1, "temperature"},
         {"/inferenceConfig/temperature", "warm", "/temperature", "warm", "temperature"},
         {"/inferenceConfig/maxTokens", 0, "/max_tokens", 0, "max_tokens has to be a whole number"},
         {"/inferenceConfig/maxTokens", "many", "/max_tokens", "many", "max_tokens"},
         {"/toolConfig/tools", "none", "/tools", "none", "tools has to be a list"},
         {"/toolConfig/tools/0/toolSpec/name", nullptr, "/tools/0/name", nullptr,
          "tools[0].name has to be 1 to 64"},
         {"/toolConfig/tools/0/toolSpec/name", std::string(65, 'x'), "/tools/0/name", std::string(65, 'x'),
          "tools[0].name"},
         {"/toolConfig/tools/0/toolSpec/description", 7, "/tools/0/description", 7, "tools[0].description"},
         {"/outputConfig/textFormat/structure/jsonSchema/schema", Json::object(), "/schema/schema", "none",
          "schema.schema is no JSON schema"},
         {"/outputConfig/textFormat/structure/jsonSchema/name", 7, "/schema/name", 7, "schema.name"}});
    auto patient = asked;
    patient["first_token_ms"] = 500;
    const auto left = contracts::jsonFaults(judge, kBase);
    const auto ask = [&](const Json& request) { return bench.ask(kGuarded, request); };
    contracts::neverWrong("bedrock", {"model.chat/1 complete: POST /model/{modelId}/converse"}, kDescription,
                          {asked, ask, contracts::unwell, left, bench.host});
    contracts::neverWrong("bedrock",
                          {"model.chat/1 complete, streamed: POST /model/{modelId}/converse-stream"},
                          kDescription, {patient, ask, contracts::unwell, left, bench.host});
}

TEST(Bedrock, SignsAsTheVendorsOwnClientDoes) {
    Bench bench;
    bench.host.secret("session_token", "tok/en+1=");
    const auto settings = Settings::read({{"region", "eu-central-1"}});
    const auto sent = postTo(sdk::Host(bench.host.table()), settings, "us.amazon.nova-lite-v1:0", "converse",
                             {{"a", 1}}, 1000);
    EXPECT_EQ(sent.url,
              "https://bedrock-runtime.eu-central-1.amazonaws.com/model/us.amazon.nova-lite-v1%3A0/converse");
    EXPECT_EQ(headerOf(sent, "X-Amz-Date"), "20260301T170000Z");
    EXPECT_EQ(headerOf(sent, "X-Amz-Security-Token"), "tok/en+1=");
    EXPECT_EQ(headerOf(sent, "Authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/eu-central-1/bedrock/aws4_request, "
              "SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token, "
              "Signature=655b2b67d668fdc5923225e8b1a9b101257fb90a9f2371a486ba56d6632822db")
        << "known from botocore 1.43.11";
}

TEST(Bedrock, AnApiKeyGoesInsteadOfASignature) {
    FakeHost host;
    EXPECT_THROW(requireCredentials(sdk::Host(host.table())), sdk::Refused);
    host.secret("access_key_id", "AKIDEXAMPLE");
    EXPECT_THROW(requireCredentials(sdk::Host(host.table())), sdk::Refused) << "half a pair";
    host.secret("api_key", "k-1");
    EXPECT_NO_THROW(requireCredentials(sdk::Host(host.table())));
    const auto sent =
        postTo(sdk::Host(host.table()), Settings::read({}), "m", "converse", Json::object(), 1000);
    EXPECT_EQ(headerOf(sent, "Authorization"), "Bearer k-1");
    EXPECT_EQ(headerOf(sent, "X-Amz-Date"), "");
}

TEST(Bedrock, SendsWhatWasAskedAndNothingElse) {
    Bench bench;
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
    ASSERT_EQ(bench.ask({{"base_url", "https://models.example/"}}).outcome, Outcome::ok);
    const auto sent = bench.host.requests().at(0);
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://models.example/model/amazon.nova-lite-v1%3A0/converse");
    EXPECT_EQ(sent.body.find("never sent to a vendor"), std::string::npos);
    const auto body = bench.body();
    EXPECT_EQ(body["system"], (Json{{{"text", "You write."}}}));
    EXPECT_EQ(body["messages"], (Json{{{"role", "user"}, {"content", {{{"text", "Hello"}}}}}}));
    EXPECT_EQ(body["inferenceConfig"], (Json{{"maxTokens", 900}, {"temperature", 0.4}}));
    const auto& told = body["outputConfig"]["textFormat"]["structure"]["jsonSchema"];
    EXPECT_EQ(told["name"], "csr_draft");
    EXPECT_EQ(Json::parse(told["schema"].get<std::string>())["additionalProperties"], false)
        << "a text that is JSON";
    EXPECT_EQ(body["toolConfig"]["tools"][0]["toolSpec"]["name"], "look_up");
}

TEST(Bedrock, TurnsAlternateAndBeginWithTheLead) {
    const auto messages = bodyOf(Settings::read({}), longChatRequest())["messages"];
    ASSERT_EQ(messages.size(), 5u) << messages;
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(messages[i]["role"], i % 2 == 0 ? "user" : "assistant");
    EXPECT_EQ(messages[3]["content"][0]["toolUse"]["input"], (Json{{"what", "roofs"}}));
    EXPECT_EQ(messages[4]["content"][0]["toolResult"]["toolUseId"], "call-1");
}

TEST(Bedrock, RefusesWhatTheVendorWouldRefuse) {
    Bench bench;
    for (const auto* model : {"nova lite", "nova?x", "nova#x", "nova\n"})
        EXPECT_THROW(bench.ask({{"model", model}}), sdk::Refused) << model;
    EXPECT_THROW(bench.ask({{"model", std::string(2049, 'x')}}), sdk::Refused);
    EXPECT_THROW(bench.ask(Json::object(), {{"messages", Json::array()}}), sdk::Refused);
    EXPECT_TRUE(bench.host.requests().empty());
    EXPECT_THROW(Settings::read({{"region", "us-east-1.evil.example/"}}), sdk::Refused);
    EXPECT_THROW(Settings::read({{"base_url", "ftp://x"}}), sdk::Refused);
}

TEST(Bedrock, ReadsAnswerUsageAndCost) {
    Bench bench;
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
    auto read = bench.ask();
    EXPECT_EQ(read.document["json"], (Json{{"reply", "Hi"}}));
    EXPECT_EQ(read.document["finish"], "stop");
    EXPECT_EQ(read.document["model"], "amazon.nova-lite-v1:0");
    EXPECT_EQ(read.document["usage"]["cost_micros"], 84) << "1000 * 0.06 + 100 * 0.24 micro-USD";

    auto cached = saying("{}");
    cached["usage"]["cacheReadInputTokens"] = 2000;
    cached["usage"]["cacheWriteInputTokens"] = 300;
    cached["usage"]["cacheDetails"] = {{{"ttl", "5m"}, {"inputTokens", 100}},
                                       {{"ttl", "1h"}, {"inputTokens", 200}}};
    const Json profile{{"model", "us.anthropic.claude-haiku-4-5-20251001-v1:0"}};
    bench.host.answer(200, cached.dump());
    read = bench.ask(profile);
    EXPECT_EQ(read.document["usage"]["input_tokens"], 3300);
    EXPECT_EQ(read.document["usage"]["cost_micros"], 1500 + 200 + 125 + 400)
        << "the model's price for its profile; read at 0.1, written at 1.25 and for an hour at 2";
    for (const auto* model :
         {"us.acme.unheard-of-v1:0", "arn:aws:bedrock:us-east-1:123456789012:custom-model/x"}) {
        bench.host.answer(200, cached.dump());
        EXPECT_EQ(bench.ask({{"model", model}}).document["usage"]["unpriced"], true);
    }
}

TEST(Bedrock, EstimatesTheMostACallCanCost) {
    FakeHost host;
    const auto most = [&](const Json& settings) {
        ChatModel model(sdk::Host(host.table()), settings);
        return model.estimate(chatRequest(), {1000});
    };
    const auto cost = [&](const char* cache) {
        const auto read =
            most({{"prompt_cache", cache}, {"model", "anthropic.claude-haiku-4-5-20251001-v1:0"}});
        EXPECT_EQ(read.outcome, Outcome::ok) << read.message;
        return read.document["cost_micros"].get<int>();
    };
    EXPECT_GE(cost("off"), 900 * 5);
    EXPECT_LT(cost("off"), 900 * 5 + 700);
    EXPECT_GT(cost("5m"), cost("off"));
    EXPECT_GT(cost("1h"), cost("5m"));
    EXPECT_EQ(most({{"model", "acme.x"}}).outcome, Outcome::unsupported);
    EXPECT_TRUE(host.requests().empty());
}

TEST(Bedrock, RefusalsCutAnswersAndToolCallsAreTold) {
    Bench bench;
    for (const char* reason : {"guardrail_intervened", "content_filtered"}) {
        bench.host.answer(200, saying("Sorry.", reason).dump());
        const auto read = bench.ask();
        EXPECT_EQ(read.document["finish"], "refusal") << reason;
        EXPECT_FALSE(read.document["refusal"].get<std::string>().empty());
    }
    for (const char* reason : {"max_tokens", "model_context_window_exceeded"}) {
        bench.host.answer(200, saying("{\"reply\":\"Hel", reason).dump());
        EXPECT_EQ(bench.ask().document["finish"], "length") << reason;
    }
    const auto call = [](const Json& input) {
        return Json{{"toolUse", {{"toolUseId", "t1"}, {"name", "look_up"}, {"input", input}}}};
    };
    bench.host.answer(200, answer({call({{"a", 1}}), call("broken")}, "tool_use").dump());
    const auto read = bench.ask();
    EXPECT_EQ(read.document["finish"], "tool");
    EXPECT_EQ(read.document["tool_calls"],
              (Json{{{"id", "t1"}, {"name", "look_up"}, {"arguments", {{"a", 1}}}}}));
}

TEST(Bedrock, EveryFailureHasItsOutcome) {
    struct Row {
        int status;
        const char* type;
        std::string body;
        Outcome outcome;
    };
    const Row rows[] = {
        {403, "AccessDeniedException:http://internal.amazon.com/",
         R"({"message":"You don't have access to the model"})", Outcome::auth},
        {403, "UnrecognizedClientException", R"({"message":"The security token is invalid"})", Outcome::auth},
        {400, "ExpiredTokenException", R"({"message":"Asha"})", Outcome::auth},
        {400, "ValidationException", R"({"message":"Input is too long for requested model."})",
         Outcome::invalid},
        {400, "ValidationException", R"({"message":"Invocation with on-demand throughput isn't supported"})",
         Outcome::invalid},
        {400, "ServiceQuotaExceededException", "{}", Outcome::limited},
        {404, "ResourceNotFoundException", "{}", Outcome::invalid},
        {408, "ModelTimeoutException", "{}", Outcome::transient},
        {424, "ModelErrorException",
         R"({"message":"The system encountered an error","originalStatusCode":500})", Outcome::transient},
        {429, "ThrottlingException:", R"({"message":"Too many requests"})", Outcome::limited},
        {429, "ModelNotReadyException", "{}", Outcome::transient},
        {500, "InternalServerException", "{}", Outcome::transient},
        {503, "ServiceUnavailableException", "{}", Outcome::transient},
        {502, "", "<html>bad gateway</html>", Outcome::transient},
        {307, "", "", Outcome::transient},
        {200, "", "<html>busy</html>", Outcome::unknown},
        {200, "", R"({"output":{"message":{"content":[{"text":"tru)", Outcome::unknown},
        {200, "", "{}", Outcome::unknown},
        {200, "", R"({"output":{"message":{"content":7}}})", Outcome::unknown},
        {200, "", saying("").dump(), Outcome::unknown},
        {200, "", saying("x", "malformed_model_output").dump(), Outcome::unknown}};
    for (const auto& row : rows) {
        Bench bench;
        bench.host.answer(row.status, row.body, {{"x-amzn-ErrorType", row.type}, {"Retry-After", "7"}});
        const auto read = bench.ask();
        EXPECT_EQ(read.outcome, row.outcome)
            << row.status << " " << row.type << row.body << ": " << read.message;
        EXPECT_FALSE(read.message.empty());
        EXPECT_EQ(read.message.find("Asha"), std::string::npos) << "what people wrote stays out";
        EXPECT_EQ(bench.host.requests().size(), 1u);
        if (row.status == 429 && row.outcome == Outcome::limited) {
            EXPECT_EQ(read.code, "ThrottlingException");
            EXPECT_EQ(read.retryAfterMs, 7000);
        }
    }
    Bench lost, refused, typed;
    lost.host.failUnknown();
    EXPECT_EQ(lost.ask().outcome, Outcome::unknown) << "it may have to be paid";
    refused.host.failNotSent();
    EXPECT_EQ(refused.ask().outcome, Outcome::transient);
    typed.host.answer(429, R"({"__type":"com.amazon.coral.availability#ThrottlingException"})");
    EXPECT_EQ(typed.ask().code, "ThrottlingException") << "the type may stand in the body";
}

TEST(Bedrock, GivesWayToModelsThatRefuseASchemaATemperatureOrACache) {
    Bench bench;
    ChatModel model(sdk::Host(bench.host.table()), {{"prompt_cache", "5m"}});
    const auto no = [&](const char* text) {
        bench.host.answer(400, Json{{"message", text}}.dump(), {{"x-amzn-ErrorType", "ValidationException"}});
    };
    no("This model doesn't support the outputConfig.textFormat field");
    no("`temperature` is deprecated for this model");
    no("You invoked an unsupported model or your request did not allow prompt caching");
    bench.host.answer(200, saying("```json\n{\"reply\":\"Hi\"}\n```").dump());
    const auto read = model.complete(chatRequest(), {10000});
    ASSERT_EQ(read.outcome, Outcome::ok) << read.message;
    EXPECT_EQ(read.document["json"], (Json{{"reply", "Hi"}}));
    const auto body = bench.body(3);
    EXPECT_FALSE(body.contains("outputConfig"));
    EXPECT_EQ(body["inferenceConfig"], (Json{{"maxTokens", 900}}));
    EXPECT_NE(body["system"].back()["text"].get<std::string>().find("\"reply\""), std::string::npos)
        << "the schema stands in the instructions, and no cache point after it";
    bench.host.answer(200, saying("{}").dump());
    model.complete(chatRequest(), {10000});
    EXPECT_EQ(bench.host.requests().size(), 5u) << "what the model refused is remembered";
}

std::string event(const std::string& type, const Json& payload) {
    return aws::frameOf(
        {{":event-type", type}, {":content-type", "application/json"}, {":message-type", "event"}},
        payload.dump());
}

std::string text(const std::string& said, int index = 0) {
    return event("contentBlockDelta",
                 {{"contentBlockIndex", index}, {"delta", {{"text", said}}}, {"p", "abcdefgh"}});
}

std::string ended(const std::string& reason = "end_turn") {
    return event("contentBlockStop", {{"contentBlockIndex", 0}}) +
           event("messageStop", {{"stopReason", reason}});
}

const std::string kStart = event("messageStart", {{"role", "assistant"}});
const std::string kCounts =
    event("metadata", {{"usage", {{"inputTokens", 1000}, {"outputTokens", 100}, {"totalTokens", 1100}}},
                       {"metrics", {{"latencyMs", 420}}}});

std::string exception(const std::string& type) {
    return aws::frameOf(
        {{":exception-type", type}, {":content-type", "application/json"}, {":message-type", "exception"}},
        R"({"message":"Asha Example, 555-0100"})");
}

constexpr const char* kStreamed = "application/vnd.amazon.eventstream";

struct StreamBench : Bench {
    sdk::Answer ask(const std::string& body) {
        host.answer(200, body, {{"Content-Type", kStreamed}});
        return ask();
    }
    sdk::Answer ask() {
        auto asked = chatRequest();
        asked["first_token_ms"] = 500;
        return Bench::ask(Json::object(), asked);
    }
};

TEST(BedrockStream, APatientCallIsTheSameAnswerInPieces) {
    StreamBench bench;
    const auto read = bench.ask(kStart + text("{\"reply\":") + text("\"नमस्ते\"}") + ended() + kCounts);
    ASSERT_EQ(read.outcome, Outcome::ok) << read.message;
    EXPECT_EQ(read.document["json"], (Json{{"reply", "नमस्ते"}}));
    EXPECT_EQ(read.document["usage"]["cost_micros"], 84);
    const auto sent = bench.host.requests()[0];
    EXPECT_EQ(sent.url, std::string(kBase) + "/model/amazon.nova-lite-v1%3A0/converse-stream");
    EXPECT_EQ(sent.patienceMs, 500);
    EXPECT_EQ(headerOf(sent, "Accept"), kStreamed);
    OVERTURE_CONTRACT(description, kDescription);
    EXPECT_THAT(openapi::Judge(description).requestFaults("post", pathAfter(kBase, sent.url), bench.body()),
                ::testing::IsEmpty());
    contracts::accepted("bedrock", "model.chat/1 complete, streamed: POST /model/{modelId}/converse-stream",
                        kDescription);
}

TEST(BedrockStream, GivesItsTextInPieces) {
    StreamBench bench;
    std::string got;
    bench.pieces = [&](std::string_view piece) {
        got += piece;
        return true;
    };
    const auto whole = bench.ask(kStart + text("{\"reply\":") + text("\"नमस्ते\"}") + ended() + kCounts);
    ASSERT_EQ(whole.outcome, Outcome::ok) << whole.message;
    EXPECT_EQ(got, "{\"reply\":\"नमस्ते\"}");
    EXPECT_EQ(got, whole.document["content"]);
}

TEST(BedrockStream, NothingUsefulInTimeIsLate) {
    StreamBench bench;
    bench.host.stall();
    EXPECT_EQ(bench.ask().code, "late");
    bench.host.stall(
        {kStart, event("contentBlockDelta",
                       {{"contentBlockIndex", 0}, {"delta", {{"reasoningContent", {{"text", "hm"}}}}}})},
        kStreamed);
    EXPECT_EQ(bench.ask().code, "late") << "thoughts are nothing to send";
    bench.host.stall({kStart, text("{")}, kStreamed);
    const auto read = bench.ask();
    EXPECT_EQ(read.outcome, Outcome::unknown) << "it had begun to answer";
    EXPECT_NE(read.code, "late");
}

TEST(BedrockStream, ToolCallsRefusalsAndErrorsArePutTogether) {
    StreamBench bench;
    const auto input = [](const char* json) {
        return event("contentBlockDelta",
                     {{"contentBlockIndex", 1}, {"delta", {{"toolUse", {{"input", json}}}}}});
    };
    const auto start = event(
        "contentBlockStart",
        {{"contentBlockIndex", 1}, {"start", {{"toolUse", {{"toolUseId", "t1"}, {"name", "look_up"}}}}}});
    auto read = bench.ask(kStart + text("Let me see.") + start + input("{\"a\"") + input(":1}") +
                          ended("tool_use") + kCounts);
    EXPECT_EQ(read.document["tool_calls"],
              (Json{{{"id", "t1"}, {"name", "look_up"}, {"arguments", {{"a", 1}}}}}));
    EXPECT_EQ(bench.ask(kStart + text("Sorry.") + ended("guardrail_intervened") + kCounts).document["finish"],
              "refusal");
    EXPECT_EQ(bench.ask(kStart + text("{\"re") + ended("max_tokens") + kCounts).document["finish"], "length");
    read = bench.ask(kStart + text("{}") + ended());
    EXPECT_EQ(read.outcome, Outcome::ok) << "whole, though the counts are lost";
    EXPECT_EQ(read.document["usage"]["unpriced"], true);

    const std::pair<const char*, Outcome> exceptions[] = {{"throttlingException", Outcome::limited},
                                                          {"serviceUnavailableException", Outcome::transient},
                                                          {"modelStreamErrorException", Outcome::transient},
                                                          {"internalServerException", Outcome::transient},
                                                          {"validationException", Outcome::invalid},
                                                          {"somethingNew", Outcome::transient}};
    for (const auto& [type, outcome] : exceptions) {
        read = bench.ask(kStart + text("{\"re") + exception(type));
        EXPECT_EQ(read.outcome, outcome) << type;
        EXPECT_EQ(read.code, type);
        EXPECT_EQ(read.message.find("Asha"), std::string::npos);
    }
    EXPECT_EQ(bench.ask(kStart + text("{\"re")).outcome, Outcome::unknown)
        << "cut off: it may have to be paid";
    auto broken = kStart + text("{}");
    broken[broken.size() - 20] ^= 1;
    EXPECT_EQ(bench.ask(broken + ended()).outcome, Outcome::unknown)
        << "a frame that does not fit its checksum";
}

TEST(BedrockStream, AServerThatDoesNotStreamIsRead) {
    StreamBench bench;
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump(), {{"Content-Type", "application/json"}});
    EXPECT_EQ(bench.ask().document["json"], (Json{{"reply", "Hi"}}));
    bench.host.answer(429, "{}", {{"x-amzn-ErrorType", "ThrottlingException"}, {"Retry-After", "2"}});
    EXPECT_EQ(bench.ask().retryAfterMs, 2000);
    bench.host.answer(400, R"({"message":"The model is unsupported in streaming mode"})",
                      {{"x-amzn-ErrorType", "ValidationException"}});
    bench.host.answer(200, saying("{}").dump());
    EXPECT_EQ(bench.ask().outcome, Outcome::ok);
    EXPECT_TRUE(bench.host.requests().back().url.ends_with("/converse"));
}

struct EmbedBench : Bench {
    sdk::Answer ask(Json texts, const Json& settings = Json::object(), const char* purpose = "passage") {
        TextEmbedder embedder(sdk::Host(host.table()), settings);
        return embedder.embed({{"texts", std::move(texts)}, {"purpose", purpose}}, {5000});
    }
};

TEST(BedrockEmbed, EachMakerIsAskedInItsOwnWords) {
    OVERTURE_CONTRACT(description, kDescription);
    const openapi::Judge judge(description);
    EmbedBench titan;
    titan.host.answer(200, R"({"embedding":[0.5,1],"inputTextTokenCount":40})");
    titan.host.answer(200, R"({"embedding":[1,0.5],"inputTextTokenCount":60})");
    auto read = titan.ask({"a roof", "a dog"}, {{"dimensions", 2}});
    ASSERT_EQ(read.outcome, Outcome::ok) << read.message;
    EXPECT_EQ(read.document["vectors"], (Json{{0.5, 1}, {1, 0.5}}));
    EXPECT_EQ(read.document["usage"]["cost_micros"], 2) << "100 * 0.02 micro-USD";
    EXPECT_EQ(titan.body(1), (Json{{"inputText", "a dog"}, {"dimensions", 2}}));

    EmbedBench cohere;
    const Json settings{{"embedding_model", "cohere.embed-multilingual-v3"}};
    cohere.host.answer(200, Json{{"embeddings", std::vector<std::vector<double>>(96, {1, 2})}}.dump(),
                       {{"X-Amzn-Bedrock-Input-Token-Count", "100"}});
    cohere.host.answer(200, R"({"embeddings":{"float":[[3,4]]}})");
    read = cohere.ask(std::vector<std::string>(97, "a roof"), settings, "question");
    ASSERT_EQ(read.outcome, Outcome::ok) << read.message;
    EXPECT_EQ(read.document["vectors"].size(), 97u);
    EXPECT_EQ(read.document["vectors"][96], (Json{3, 4}));
    EXPECT_EQ(read.document["usage"]["cost_micros"], 10);
    EXPECT_EQ(cohere.body(1),
              (Json{{"texts", {"a roof"}}, {"input_type", "search_query"}, {"truncate", "END"}}));
    for (const auto& sent : {titan.host.requests()[0], cohere.host.requests()[0]}) {
        EXPECT_THAT(judge.requestFaults("post", pathAfter(kBase, sent.url), Json::parse(sent.body)),
                    ::testing::IsEmpty());
        EXPECT_NE(headerOf(sent, "Authorization").find("/bedrock/aws4_request"), std::string::npos);
    }
    contracts::accepted("bedrock",
                        "model.embed/1 embed: POST /model/{modelId}/invoke (the body is the maker's own)",
                        kDescription);
}

/// The body is the maker's own, which the description leaves open: it refuses an address without a model.
TEST(BedrockEmbed, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(description, kDescription);
    const openapi::Judge judge(description);
    EmbedBench bench;
    contracts::refused(
        "bedrock", {"model.embed/1 embed: POST /model/{modelId}/invoke (the body is the maker's own)"},
        kDescription,
        {{{"path", "/model/amazon.titan-embed-text-v2%3A0/invoke"}},
         {{"model", "amazon.titan-embed-text-v2:0"}},
         [&](const Json& sent) { return judge.requestFaults("post", sent["path"], Json::object()); },
         [&](const Json& asked) {
             return bench.ask({"a"}, {{"embedding_model", asked["model"]}});
         },
         bench.host},
        {{"/path", "/model//invoke", "/model", "", "gives no vectors"},
         {"/path", "/model/a/b/invoke", "/model", "a/b", "gives no vectors"}});
    for (const auto& texts : {Json(), Json::array(), Json{7}, Json{""}})
        EXPECT_EQ(contracts::answerTo([&](const Json& given) { return bench.ask(given); }, texts).outcome,
                  Outcome::invalid)
            << texts;
    EXPECT_TRUE(bench.host.requests().empty());
    contracts::neverWrong("bedrock",
                          {"model.embed/1 embed: POST /model/{modelId}/invoke (the body is the maker's own)"},
                          kDescription,
                          {{{"texts", {"a roof", "a dog"}}},
                           [&](const Json& request) { return bench.ask(request.value("texts", Json())); },
                           contracts::unwell,
                           contracts::jsonFaults(judge, kBase),
                           bench.host});
}

TEST(BedrockEmbed, WhatIsNotOneVectorForEachTextIsRefused) {
    for (const auto* document :
         {"{}", "[]", R"({"embedding":[]})", R"({"embedding":["x"]})", R"({"embedding":7})"}) {
        EmbedBench bench;
        bench.host.answer(200, document);
        EXPECT_EQ(bench.ask({"a"}).outcome, Outcome::transient) << document;
    }
    EmbedBench uneven, refused, nothing;
    uneven.host.answer(200, R"({"embedding":[1,2]})");
    uneven.host.answer(200, R"({"embedding":[1]})");
    EXPECT_EQ(uneven.ask({"a", "b"}).outcome, Outcome::transient);
    refused.host.answer(403, "{}", {{"x-amzn-ErrorType", "AccessDeniedException"}});
    EXPECT_EQ(refused.ask({"a"}).outcome, Outcome::auth);
    EXPECT_THROW(nothing.ask({"a"}, {{"embedding_model", "amazon.nova-lite-v1:0"}}), sdk::Refused);
}

TEST(Bedrock, GarbageNeverCrashesAndIsNeverAnAnswerWithoutText) {
    Random random(20261122);
    const auto settings = Settings::read({});
    const auto good =
        answer({{{"text", R"({"reply":"Hi"})"}},
                {{"toolUse", {{"toolUseId", "t1"}, {"name", "look_up"}, {"input", {{"a", 1}}}}}}})
            .dump();
    const std::vector<std::string> payloads{
        R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"n"}}})",
        R"({"contentBlockIndex":1,"delta":{"text":"Hi"}})",
        R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}})", R"({"stopReason":"end_turn"})",
        R"({"usage":{"inputTokens":10}})"};
    const std::vector<std::string> types{"contentBlockStart", "contentBlockDelta", "contentBlockDelta",
                                         "messageStop", "metadata"};
    for (int round = 0; round < 4000; ++round) {
        const auto status = random.chance(0.8) ? 200 : static_cast<int>(random.below(600));
        const auto body = testing::damaged(good, random);
        EXPECT_TRUE(testing::isSound(readAnswer(settings, "m", testing::answered(status, body)))) << body;
        StreamReader reader;
        for (std::size_t i = 0; i < types.size(); ++i) {
            const auto payload = random.chance(0.5) ? testing::damaged(payloads[i], random) : payloads[i];
            reader.take(aws::frameOf({{":event-type", types[i]}, {":message-type", "event"}}, payload));
        }
        EXPECT_TRUE(testing::isSound(readAnswer(settings, "m", testing::answered(200, reader.body()))));
    }
}

/// Frames have a checksum: what is damaged within them is framed anew, unless the damage is to the frames.
TEST(Bedrock, DamagedAnswersNeverCrashTheReader) {
    const std::string whole =
        answer({{{"text", R"({"reply":"Hi"})"}},
                {{"toolUse", {{"toolUseId", "t1"}, {"name", "look_up"}, {"input", {{"a", 1}}}}}}})
            .dump();
    const std::string payloads =
        "messageStart\n{\"role\":\"assistant\"}\ncontentBlockStart\n"
        R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"n"}}})"
        "\ncontentBlockDelta\n"
        R"({"contentBlockIndex":1,"delta":{"text":"Hi"}})"
        "\ncontentBlockDelta\n"
        R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}})"
        "\nmessageStop\n{\"stopReason\":\"end_turn\"}\nmetadata\n{\"usage\":{\"inputTokens\":10}}\n";
    const auto framed = [](const std::string& lines) {
        std::string body;
        std::istringstream read(lines);
        for (std::string type, payload; std::getline(read, type) && std::getline(read, payload);)
            body += aws::frameOf({{":event-type", type}, {":message-type", "event"}}, payload);
        return body;
    };
    testing::bearsDamagedAnswers(
        {whole, kStart + text("{\"reply\":\"Hi\"}") + ended() + kCounts, payloads}, kStreamed,
        [](FakeHost& host, const Json& request) {
            host.secret("access_key_id", "AKIDEXAMPLE");
            host.secret("secret_access_key", "s3cret/key");
            return ChatModel(sdk::Host(host.table()), Json::object()).complete(request, {10000});
        },
        [&](const std::string& bytes) {
            return bytes.find("\n{") == std::string::npos ? bytes : framed(bytes);
        });
}

}  // namespace
}  // namespace overture::bedrock
