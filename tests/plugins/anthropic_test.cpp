#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "anthropic/answer.hpp"
#include "anthropic/model.hpp"
#include "anthropic/request.hpp"
#include "anthropic/stream.hpp"
#include "contracts.hpp"
#include "mistakes.hpp"
#include "model_asks.hpp"
#include "openapi.hpp"

namespace overture::anthropic {
namespace {

using sdk::Outcome;
using testing::chatRequest;
using testing::FakeHost;
using testing::headerOf;
using testing::longChatRequest;

Json usage(int input, int output) {
    return {{"input_tokens", input},        {"output_tokens", output},
            {"cache_creation", nullptr},    {"cache_creation_input_tokens", 0},
            {"cache_read_input_tokens", 0}, {"inference_geo", nullptr},
            {"server_tool_use", nullptr},   {"service_tier", "standard"}};
}

Json textBlock(const std::string& text) {
    return {{"type", "text"}, {"text", text}, {"citations", nullptr}};
}

Json message(const Json& content, const Json& reason = "end_turn") {
    return {{"id", "msg_1"},
            {"type", "message"},
            {"role", "assistant"},
            {"model", "claude-haiku-4-5-20251001"},
            {"content", content},
            {"stop_reason", reason},
            {"stop_sequence", nullptr},
            {"stop_details", nullptr},
            {"container", nullptr},
            {"usage", usage(1000, 100)}};
}

Json saying(const std::string& text, const Json& reason = "end_turn") {
    return message(Json::array({textBlock(text)}), reason);
}

std::string errorOf(const std::string& type, const std::string& text = "no") {
    return Json{{"type", "error"}, {"error", {{"type", type}, {"message", text}}}, {"request_id", "req_1"}}
        .dump();
}

struct Bench {
    FakeHost host;
    sdk::Answer ask(const Json& settings = Json::object(), const Json& request = chatRequest()) {
        ChatModel model(sdk::Host(host.table()), settings);
        return model.complete(request, {10000, pieces ? &pieces : nullptr});
    }
    sdk::Pieces pieces = {};
    Json body(std::size_t index = 0) { return Json::parse(host.requests().at(index).body); }
};

TEST(Anthropic, AsksAsTheVendorDescribesIt) {
    OVERTURE_CONTRACT(description, "anthropic.json");
    const openapi::Judge judge(description);
    for (const auto& settings : {Json::object(), Json{{"prompt_cache", "1h"}}, Json{{"structured", "none"}},
                                 Json{{"prompt_cache", "5m"}, {"temperature", false}}})
        for (const auto& request : {chatRequest(), longChatRequest()}) {
            Bench bench;
            bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
            ASSERT_EQ(bench.ask(settings, request).outcome, Outcome::ok);
            EXPECT_THAT(judge.requestFaults("post", "/v1/messages", bench.body()), ::testing::IsEmpty())
                << bench.body();
        }
    contracts::accepted("anthropic", "model.chat/1 complete: POST /v1/messages", "anthropic.json");
    EXPECT_THAT(judge.faults(saying("x"), "Message"), ::testing::IsEmpty()) << "the answers of these tests";

    Bench bench;
    bench.host.answer(200, saying("{}").dump());
    bench.ask({{"prompt_cache", "1h"}}, longChatRequest());
    for (const auto& [at, value] : std::map<std::string, Json>{{"/messages/0/role", "system"},
                                                               {"/messages/0/content/0/text", ""},
                                                               {"/temperature", 1.2},
                                                               {"/max_tokens", "many"},
                                                               {"/seed", 7},
                                                               {"/tools/0/name", "look up"},
                                                               {"/system/0/cache_control/ttl", "2h"},
                                                               {"/output_config/format/type", "json"}}) {
        auto wrong = bench.body();
        wrong[Json::json_pointer(at)] = value;
        EXPECT_FALSE(judge.requestFaults("post", "/v1/messages", wrong).empty()) << at;
    }
}

/// The conversation as it leaves: user, assistant, user, assistant with the tool's call, user with its result.
TEST(Anthropic, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(description, "anthropic.json");
    const openapi::Judge judge(description);
    Bench bench;
    const auto asked = longChatRequest();
    contracts::refused(
        "anthropic",
        {"model.chat/1 complete: POST /v1/messages", "model.chat/1 complete, streamed: POST /v1/messages"},
        "anthropic.json",
        {bodyOf(Settings::read({}), asked), asked,
         [&](const Json& body) { return judge.requestFaults("post", "/v1/messages", body); },
         [&](const Json& request) { return bench.ask(Json::object(), request); }, bench.host},
        {{"/messages", nullptr, "/messages", nullptr, "messages has to be a list"},
         {"/messages/0/role", "bot", "/messages/2/role", "bot", "messages[2].role has to be system"},
         {"/messages/0/role", nullptr, "/messages/2/role", nullptr, "messages[2].role"},
         {"/messages/2/content/0/text", 7, "/messages/4/content", 7, "messages[4].content has to be a text"},
         {"/messages/3/content/0/name", nullptr, "/messages/6/tool_calls/0/name", nullptr,
          "messages[6].tool_calls[0].name"},
         {"/messages/3/content/0/id", nullptr, "/messages/6/tool_calls/0/id", nullptr,
          "messages[6].tool_calls[0].id"},
         {"/messages/4/content/0/tool_use_id", nullptr, "/messages/7/tool_call_id", nullptr,
          "messages[7].tool_call_id has to name a tool call"},
         {"/model", 7, "/model", 7, "model has to be the name"},
         {"/temperature", 2.5, "/temperature", 2.5, "temperature has to be a number from 0 to 2"},
         {"/temperature", -0.1, "/temperature", -0.1, "temperature"},
         {"/temperature", "warm", "/temperature", "warm", "temperature"},
         {"/max_tokens", -1, "/max_tokens", -1, "max_tokens has to be a whole number"},
         {"/max_tokens", "many", "/max_tokens", "many", "max_tokens"},
         {"/tools", "none", "/tools", "none", "tools has to be a list"},
         {"/tools/0/name", nullptr, "/tools/0/name", nullptr, "tools[0].name has to be 1 to 64"},
         {"/tools/0/name", "look up", "/tools/0/name", "look up", "tools[0].name"},
         {"/tools/0/input_schema", "none", "/tools/0/parameters", "none",
          "tools[0].parameters is no JSON schema"},
         {"/output_config/format/schema", "none", "/schema/schema", "none",
          "schema.schema is no JSON schema"}});
    auto patient = asked;
    patient["first_token_ms"] = 500;
    const auto left = contracts::jsonFaults(judge, "https://api.anthropic.com");
    const auto ask = [&](const Json& request) { return bench.ask({{"prompt_cache", "1h"}}, request); };
    contracts::neverWrong("anthropic", {"model.chat/1 complete: POST /v1/messages"}, "anthropic.json",
                          {asked, ask, contracts::unwell, left, bench.host});
    contracts::neverWrong("anthropic", {"model.chat/1 complete, streamed: POST /v1/messages"},
                          "anthropic.json", {patient, ask, contracts::unwell, left, bench.host});
}

TEST(Anthropic, SendsWhatWasAskedAndNothingElse) {
    Bench bench;
    bench.host.secret("api_key", "k-1");
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
    const auto answer = bench.ask({{"base_url", "https://models.example/"}});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    const auto sent = bench.host.requests().at(0);
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://models.example/v1/messages");
    EXPECT_EQ(headerOf(sent, "x-api-key"), "k-1");
    EXPECT_EQ(headerOf(sent, "anthropic-version"), "2023-06-01");
    EXPECT_EQ(sent.body.find("never sent to a vendor"), std::string::npos);
    const auto body = bench.body();
    EXPECT_EQ(body["model"], "claude-haiku-4-5");
    EXPECT_EQ(body["max_tokens"], 900);
    EXPECT_EQ(body["system"], (Json{{{"type", "text"}, {"text", "You write."}}}));
    EXPECT_EQ(body["messages"],
              (Json{{{"role", "user"}, {"content", {{{"type", "text"}, {"text", "Hello"}}}}}}));
    const auto& schema = body["output_config"]["format"]["schema"];
    EXPECT_EQ(schema["additionalProperties"], false);
    EXPECT_EQ(schema["required"], (Json{"facts", "move", "reply"}));
    EXPECT_EQ(body["tools"][0]["input_schema"]["type"], "object");
}

TEST(Anthropic, TurnsAlternateAndBeginWithTheLead) {
    const auto messages = bodyOf(Settings::read({}), longChatRequest())["messages"];
    ASSERT_EQ(messages.size(), 5u) << messages;
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(messages[i]["role"], i % 2 == 0 ? "user" : "assistant");
    EXPECT_EQ(messages[2]["content"].size(), 2u)
        << "two messages in a row are one turn, an empty one is none";
    EXPECT_EQ(messages[3]["content"][0]["input"], (Json{{"what", "roofs"}}));
    EXPECT_EQ(messages[4]["content"][0]["tool_use_id"], "call-1");
    EXPECT_EQ(messages[4]["content"][1]["text"], "Answer it.");
}

TEST(Anthropic, ASchemaLosesWhatTheVendorDoesNotTake) {
    auto request = chatRequest();
    request["schema"]["schema"]["properties"]["reply"]["maxLength"] = 300;
    request["schema"]["schema"]["properties"]["minimum"] = {{"type", "integer"}, {"minimum", 1}};
    const auto schema = bodyOf(Settings::read({}), request)["output_config"]["format"]["schema"];
    EXPECT_EQ(schema["properties"]["reply"], (Json{{"type", "string"}}));
    EXPECT_EQ(schema["properties"]["minimum"], (Json{{"type", "integer"}}))
        << "a property of that name stays";
}

TEST(Anthropic, RefusesWhatTheVendorWouldRefuse) {
    const auto settings = Settings::read({});
    auto named = chatRequest();
    named["tools"][0]["name"] = "look up";
    auto answerless = chatRequest();
    answerless["messages"] = {{{"role", "tool"}, {"tool_call_id", "nobody"}, {"content", "x"}}};
    for (const auto& request :
         {named, answerless, Json{{"messages", Json::array()}}, Json{{"messages", {{{"content", "x"}}}}},
          Json{{"messages", {{{"role", "user"}, {"content", ""}}}}}, Json::object()})
        EXPECT_THROW(bodyOf(settings, request), sdk::Refused) << request;
    EXPECT_THROW(Settings::read({{"base_url", "ftp://x"}}), sdk::Refused);
    auto warm = chatRequest();
    warm["temperature"] = 1.7;
    EXPECT_EQ(bodyOf(settings, warm)["temperature"], 1.0);
}

TEST(Anthropic, ReadsAnswerUsageAndCost) {
    Bench bench;
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
    auto answer = bench.ask();
    EXPECT_EQ(answer.document["json"], (Json{{"reply", "Hi"}}));
    EXPECT_EQ(answer.document["finish"], "stop");
    EXPECT_EQ(answer.document["model"], "claude-haiku-4-5-20251001");
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 1500) << "1000 * 1 + 100 * 5 micro-USD";

    auto cached = saying("{}");
    cached["usage"]["cache_read_input_tokens"] = 2000;
    cached["usage"]["cache_creation_input_tokens"] = 300;
    cached["usage"]["cache_creation"] = {{"ephemeral_5m_input_tokens", 100},
                                         {"ephemeral_1h_input_tokens", 200}};
    bench.host.answer(200, cached.dump());
    answer = bench.ask();
    EXPECT_EQ(answer.document["usage"]["input_tokens"], 3300);
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 1500 + 200 + 125 + 400)
        << "read at 0.1, written at 1.25 and for an hour at 2";

    auto other = saying("{}");
    other["model"] = "claude-next";
    bench.host.answer(200, other.dump());
    EXPECT_EQ(bench.ask().document["usage"]["unpriced"], true);
    bench.host.answer(200, other.dump());
    answer = bench.ask({{"prices", {{"claude-next", {{"input", 1}, {"output", 2}}}}}});
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 1200);
}

TEST(Anthropic, AModelHasItsOwnPriceAndEditionsShareIt) {
    const auto settings = Settings::read({});
    models::Tokens tokens;
    tokens.input = 100;
    EXPECT_EQ(settings.prices.costOf("claude-opus-4-20250514", tokens), 1500);
    EXPECT_EQ(settings.prices.costOf("claude-opus-4-5-20251101", tokens), 500);
    EXPECT_EQ(settings.prices.costOf("claude-opus-4-5-latest", tokens), 500);
    EXPECT_EQ(settings.prices.costOf("anthropic/claude-opus-4-5", tokens), 500);
    for (const auto* model : {"claude-opus-4-8", "claude-opus-4-8-preview", "claude-opus-4-", "claude-opus",
                              "claude-opus-4-5x", ""})
        EXPECT_EQ(settings.prices.costOf(model, tokens), std::nullopt) << model;
}

TEST(Anthropic, TheLongestNameCounts) {
    const auto settings = Settings::read(
        {{"prices", {{"m", {{"input", 1}, {"output", 1}}}, {"m-2024", {{"input", 2}, {"output", 2}}}}}});
    models::Tokens tokens;
    tokens.input = 100;
    EXPECT_EQ(settings.prices.costOf("m-2024-001", tokens), 200);
    EXPECT_EQ(settings.prices.costOf("m-2025", tokens), 100);
}

TEST(Anthropic, EstimatesTheMostACallCanCost) {
    FakeHost host;
    const auto most = [&](const Json& settings) {
        ChatModel model(sdk::Host(host.table()), settings);
        return model.estimate(chatRequest(), {1000});
    };
    const auto cost = [&](const char* cache) {
        const auto answer = most({{"prompt_cache", cache}});
        EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
        return answer.document["cost_micros"].get<int>();
    };
    EXPECT_GE(cost("off"), 900 * 5);
    EXPECT_LT(cost("off"), 900 * 5 + 600);
    EXPECT_GT(cost("5m"), cost("off"));
    EXPECT_GT(cost("1h"), cost("5m"));
    EXPECT_EQ(most({{"model", "claude-next"}}).outcome, Outcome::unsupported);
    EXPECT_TRUE(host.requests().empty());
}

TEST(Anthropic, RefusalsCutAnswersAndToolCallsAreTold) {
    Bench bench;
    auto refused = message(Json::array(), "refusal");
    refused["stop_details"] = {
        {"type", "refusal"}, {"category", nullptr}, {"explanation", "I can't help with that."}};
    bench.host.answer(200, refused.dump());
    auto answer = bench.ask();
    EXPECT_EQ(answer.document["finish"], "refusal");
    EXPECT_EQ(answer.document["refusal"], "I can't help with that.");
    for (const char* reason : {"max_tokens", "model_context_window_exceeded"}) {
        bench.host.answer(200, saying(R"({"reply":"Hel)", reason).dump());
        answer = bench.ask();
        EXPECT_EQ(answer.document["finish"], "length");
        EXPECT_TRUE(answer.document["json"].is_null());
    }
    const auto call = [](const Json& input) {
        return Json{{"type", "tool_use"}, {"id", "t1"}, {"name", "look_up"}, {"input", input}};
    };
    bench.host.answer(200, message({call({{"a", 1}}), call("broken")}, "tool_use").dump());
    answer = bench.ask();
    EXPECT_EQ(answer.document["finish"], "tool");
    EXPECT_EQ(answer.document["tool_calls"],
              (Json{{{"id", "t1"}, {"name", "look_up"}, {"arguments", {{"a", 1}}}}}));
    bench.host.answer(200, saying("Hi", "some_new_reason").dump());
    EXPECT_EQ(bench.ask().document["finish"], "stop") << "a reason that is not known yet";
}

TEST(Anthropic, EveryFailureHasItsOutcome) {
    struct Row {
        int status;
        std::string body;
        Outcome outcome;
    };
    const Row rows[] = {
        {401, errorOf("authentication_error", "invalid x-api-key: Asha"), Outcome::auth},
        {402, errorOf("billing_error"), Outcome::auth},
        {403, errorOf("permission_error"), Outcome::auth},
        {400, errorOf("invalid_request_error", "Your credit balance is too low to access the API"),
         Outcome::auth},
        {400, errorOf("invalid_request_error", "prompt is too long: 210000 tokens > 200000"),
         Outcome::invalid},
        {400, errorOf("invalid_request_error", "messages.0: Asha"), Outcome::invalid},
        {404, errorOf("not_found_error"), Outcome::invalid},
        {413, errorOf("request_too_large"), Outcome::invalid},
        {429, errorOf("rate_limit_error"), Outcome::limited},
        {500, errorOf("api_error"), Outcome::transient},
        {504, errorOf("timeout_error"), Outcome::transient},
        {529, errorOf("overloaded_error"), Outcome::transient},
        {502, "<html>bad gateway</html>", Outcome::transient},
        {301, "", Outcome::transient},
        {200, "<html>busy</html>", Outcome::unknown},
        {200, R"({"content":[{"type":"text","text":"tru)", Outcome::unknown},
        {200, "[]", Outcome::unknown},
        {200, R"({"content":"x"})", Outcome::unknown},
        {200, message(Json::array()).dump(), Outcome::unknown},
        {200, errorOf("overloaded_error"), Outcome::transient},
        {200, errorOf("rate_limit_error"), Outcome::limited}};
    for (const auto& row : rows) {
        Bench bench;
        bench.host.answer(row.status, row.body, {{"Retry-After", "7"}});
        const auto answer = bench.ask();
        EXPECT_EQ(answer.outcome, row.outcome) << row.status << " " << row.body << ": " << answer.message;
        EXPECT_FALSE(answer.message.empty());
        EXPECT_EQ(answer.message.find("Asha"), std::string::npos) << "what people wrote stays out";
        EXPECT_EQ(bench.host.requests().size(), 1u) << row.status << " is not repeated here";
        if (row.outcome == Outcome::limited || row.status == 529) {
            EXPECT_EQ(answer.retryAfterMs, 7000) << row.status;
        }
    }
    Bench lost, refused;
    lost.host.failUnknown();
    EXPECT_EQ(lost.ask().outcome, Outcome::unknown) << "it may have to be paid";
    refused.host.failNotSent();
    EXPECT_EQ(refused.ask().outcome, Outcome::transient);
}

TEST(Anthropic, GivesWayToModelsThatRefuseASchemaOrATemperature) {
    FakeHost host;
    ChatModel model(sdk::Host(host.table()), Json::object());
    host.answer(400, errorOf("invalid_request_error", "output_config.format: not supported by this model"));
    host.answer(400, errorOf("invalid_request_error", "`temperature` may only be 1 with this model"));
    host.answer(200, saying("```json\n{\"reply\":\"Hi\"}\n```").dump());
    const auto answer = model.complete(chatRequest(), {10000});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["json"], (Json{{"reply", "Hi"}}));
    const auto body = Json::parse(host.requests().at(2).body);
    EXPECT_FALSE(body.contains("output_config"));
    EXPECT_FALSE(body.contains("temperature"));
    EXPECT_NE(body["system"].back()["text"].get<std::string>().find("\"reply\""), std::string::npos)
        << "the schema stands in the instructions";
    host.answer(200, saying("{}").dump());
    model.complete(chatRequest(), {10000});
    EXPECT_EQ(host.requests().size(), 4u) << "what the model refused is remembered";
}

std::string events(const std::vector<Json>& all) {
    std::string body;
    for (const auto& one : all)
        body += "event: " + one["type"].get<std::string>() + "\ndata: " + one.dump() + "\n\n";
    return body;
}

Json started() {
    auto begin = message(Json::array(), nullptr);
    begin["usage"] = usage(1000, 1);
    return {{"type", "message_start"}, {"message", begin}};
}

Json block(int index, const Json& content) {
    return {{"type", "content_block_start"}, {"index", index}, {"content_block", content}};
}

Json piece(int index, const Json& delta) {
    return {{"type", "content_block_delta"}, {"index", index}, {"delta", delta}};
}

Json text(int index, const std::string& said) {
    return piece(index, {{"type", "text_delta"}, {"text", said}});
}

Json ended(const std::string& reason, int output = 100) {
    return {{"type", "message_delta"},
            {"delta",
             {{"stop_reason", reason},
              {"stop_sequence", nullptr},
              {"stop_details", nullptr},
              {"container", nullptr}}},
            {"usage",
             {{"output_tokens", output},
              {"input_tokens", nullptr},
              {"cache_creation_input_tokens", nullptr},
              {"cache_read_input_tokens", 50},
              {"server_tool_use", nullptr}}}};
}

const Json kPing{{"type", "ping"}};
const Json kStop{{"type", "message_stop"}};

struct StreamBench : Bench {
    sdk::Answer ask(const std::vector<Json>& all) {
        host.answer(200, events(all), {{"Content-Type", "text/event-stream; charset=utf-8"}});
        return ask();
    }
    sdk::Answer ask() {
        auto asked = chatRequest();
        asked["first_token_ms"] = 500;
        return Bench::ask(Json::object(), asked);
    }
};

TEST(AnthropicStream, APatientCallIsTheSameAnswerInPieces) {
    StreamBench bench;
    const std::vector<Json> all{started(),
                                block(0, textBlock("")),
                                kPing,
                                text(0, "{\"reply\":"),
                                text(0, "\"नमस्ते\"}"),
                                {{"type", "content_block_stop"}, {"index", 0}},
                                ended("end_turn"),
                                kStop};
    const auto answer = bench.ask(all);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["json"], (Json{{"reply", "नमस्ते"}}));
    EXPECT_EQ(answer.document["usage"]["input_tokens"], 1050) << "of the beginning, and of the end";
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 1505);
    EXPECT_EQ(answer.document["model"], "claude-haiku-4-5-20251001");
    EXPECT_EQ(bench.body()["stream"], true);
    EXPECT_EQ(bench.host.requests()[0].patienceMs, 500);
    OVERTURE_CONTRACT(description, "anthropic.json");
    const openapi::Judge judge(description);
    EXPECT_THAT(judge.requestFaults("post", "/v1/messages", bench.body()), ::testing::IsEmpty());
    contracts::accepted("anthropic", "model.chat/1 complete, streamed: POST /v1/messages", "anthropic.json");
    for (const auto& one : all)
        EXPECT_THAT(judge.faults(one, "MessageStreamEvent"), ::testing::IsEmpty())
            << "the events of these tests";
}

TEST(AnthropicStream, GivesItsTextInPieces) {
    StreamBench bench;
    std::string got;
    bench.pieces = [&](std::string_view piece) {
        got += piece;
        return true;
    };
    const auto whole = bench.ask({started(), block(0, textBlock("")), text(0, "{\"reply\":"),
                                  text(0, "\"नमस्ते\"}"), ended("end_turn"), kStop});
    ASSERT_EQ(whole.outcome, Outcome::ok) << whole.message;
    EXPECT_EQ(got, "{\"reply\":\"नमस्ते\"}");
    EXPECT_EQ(got, whole.document["content"]);
}

TEST(AnthropicStream, NothingUsefulInTimeIsLate) {
    StreamBench bench;
    bench.host.stall();
    EXPECT_EQ(bench.ask().code, "late");
    bench.host.stall(
        {events({started(), kPing, block(0, {{"type", "thinking"}, {"thinking", ""}, {"signature", ""}}),
                 piece(0, {{"type", "thinking_delta"}, {"thinking", "hm"}}), block(1, textBlock(""))})});
    EXPECT_EQ(bench.ask().code, "late") << "thoughts and pings are nothing to send";
    bench.host.stall({events({started(), block(0, textBlock("")), text(0, "{")})});
    const auto answer = bench.ask();
    EXPECT_EQ(answer.outcome, Outcome::unknown) << "it had begun to answer";
    EXPECT_NE(answer.code, "late");
}

TEST(AnthropicStream, ToolCallsRefusalsAndErrorsArePutTogether) {
    StreamBench bench;
    const Json call{{"type", "tool_use"}, {"id", "t1"}, {"name", "look_up"}, {"input", Json::object()}};
    const auto part = [](const char* json) {
        return piece(1, {{"type", "input_json_delta"}, {"partial_json", json}});
    };
    auto answer = bench.ask({started(), block(0, textBlock("")), text(0, "Let me see."), block(1, call),
                             part(""), part("{\"a\""), part(":1}"), ended("tool_use"), kStop});
    EXPECT_EQ(answer.document["tool_calls"],
              (Json{{{"id", "t1"}, {"name", "look_up"}, {"arguments", {{"a", 1}}}}}));
    answer = bench.ask({started(), ended("refusal")});
    EXPECT_EQ(answer.document["finish"], "refusal");
    answer = bench.ask({started(), block(0, textBlock("")), text(0, "{\"reply\":\"He"), ended("max_tokens")});
    EXPECT_EQ(answer.document["finish"], "length");
    const Json overloaded{{"type", "error"},
                          {"error", {{"type", "overloaded_error"}, {"message", "Asha Example, 555-0100"}}}};
    answer = bench.ask({started(), block(0, textBlock("")), text(0, "{\"reply\":\"He"), overloaded});
    EXPECT_EQ(answer.outcome, Outcome::transient);
    EXPECT_EQ(answer.code, "overloaded_error");
    EXPECT_EQ(answer.message.find("Asha"), std::string::npos);
    answer = bench.ask({overloaded});
    EXPECT_EQ(answer.outcome, Outcome::transient);
    answer = bench.ask({started(), block(0, textBlock("")), text(0, "{\"reply\":\"He")});
    EXPECT_EQ(answer.outcome, Outcome::unknown) << "cut off: it may have to be paid";
}

TEST(AnthropicStream, AServerThatDoesNotStreamIsRead) {
    StreamBench bench;
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump(), {{"Content-Type", "application/json"}});
    EXPECT_EQ(bench.ask().document["json"], (Json{{"reply", "Hi"}}));
    bench.host.answer(429, errorOf("rate_limit_error"), {{"Retry-After", "2"}});
    EXPECT_EQ(bench.ask().retryAfterMs, 2000);
}

TEST(Anthropic, GarbageNeverCrashesAndIsNeverAnAnswerWithoutText) {
    Random random(20261122);
    const auto settings = Settings::read({});
    const Json call{{"type", "tool_use"}, {"id", "t1"}, {"name", "look_up"}, {"input", {{"a", 1}}}};
    const auto good = message({textBlock(R"({"reply":"Hi"})"), call}).dump();
    const auto stream = events(
        {started(), block(0, textBlock("")), text(0, "{\"reply\":\"Hi\"}"), block(1, call),
         piece(1, {{"type", "input_json_delta"}, {"partial_json", "{\"a\":1}"}}), ended("tool_use"), kStop});
    for (int round = 0; round < 4000; ++round) {
        const auto status = random.chance(0.8) ? 200 : static_cast<int>(random.below(600));
        const auto body = testing::damaged(good, random);
        EXPECT_TRUE(testing::isSound(readAnswer(settings, testing::answered(status, body)))) << body;
        StreamReader reader;
        const auto pieces = testing::damaged(stream, random);
        reader.take(pieces);
        EXPECT_TRUE(testing::isSound(readAnswer(settings, testing::answered(200, reader.body())))) << pieces;
    }
}

TEST(Anthropic, DamagedAnswersNeverCrashTheReader) {
    const Json call{{"type", "tool_use"}, {"id", "t1"}, {"name", "look_up"}, {"input", {{"a", 1}}}};
    testing::bearsDamagedAnswers(
        {message({textBlock(R"({"reply":"Hi"})"), call}).dump(), errorOf("overloaded_error"),
         events({started(), block(0, textBlock("")), kPing, text(0, "{\"reply\":\"Hi\"}"), block(1, call),
                 piece(1, {{"type", "input_json_delta"}, {"partial_json", "{\"a\":1}"}}), ended("tool_use"),
                 kStop})},
        "text/event-stream", [](FakeHost& host, const Json& request) {
            return ChatModel(sdk::Host(host.table()), Json::object()).complete(request, {10000});
        });
}

}  // namespace
}  // namespace overture::anthropic
