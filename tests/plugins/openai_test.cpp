#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contracts.hpp"
#include "mistakes.hpp"
#include "model_asks.hpp"
#include "openai/answer.hpp"
#include "openai/embedder.hpp"
#include "openai/model.hpp"
#include "openai/request.hpp"
#include "openapi.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::openai {
namespace {

using sdk::Outcome;
using testing::FakeHost;
using testing::headerOf;

using testing::chatRequest;

Json completion(const std::string& content, const std::string& finish = "stop") {
    return {{"id", "c1"},
            {"object", "chat.completion"},
            {"created", 1},
            {"model", "gpt-4.1-mini-2025-04-14"},
            {"choices",
             {{{"index", 0},
               {"finish_reason", finish},
               {"logprobs", nullptr},
               {"message", {{"role", "assistant"}, {"content", content}, {"refusal", nullptr}}}}}},
            {"usage", {{"prompt_tokens", 1000}, {"completion_tokens", 100}, {"total_tokens", 1100}}}};
}

struct Bench {
    FakeHost host;
    sdk::Answer ask(const Json& settings = Json::object(), const Json& request = chatRequest()) {
        ChatModel model(sdk::Host(host.table()), Settings::read(settings));
        return model.complete(request, {10000});
    }
    Json body(std::size_t index = 0) { return Json::parse(host.requests().at(index).body); }
};

TEST(OpenAi, AsksAsTheVendorDescribesIt) {
    OVERTURE_CONTRACT(description, "openai.json");
    Bench bench;
    bench.host.answer(200, completion(R"({"reply":"Hi"})").dump());
    ASSERT_EQ(bench.ask().outcome, Outcome::ok);
    const openapi::Judge judge(description);
    EXPECT_THAT(judge.faults(bench.body(), "CreateChatCompletionRequest"), ::testing::IsEmpty());
    EXPECT_THAT(judge.requestFaults("post", "/chat/completions", bench.body()), ::testing::IsEmpty());
    contracts::accepted("openai", "model.chat/1 complete: POST /chat/completions", "openai.json");
    EXPECT_THAT(openapi::unknownProperties(description, "CreateChatCompletionRequest", bench.body()),
                ::testing::IsEmpty());
    EXPECT_THAT(judge.faults(completion("x"), "CreateChatCompletionResponse"), ::testing::IsEmpty())
        << "the answers of these tests";
    auto wrong = bench.body();
    wrong["messages"][0].erase("role");
    wrong["temperature"] = 9;
    wrong["response_format"]["json_schema"]["unheard_of"] = 1;
    EXPECT_GE(judge.faults(wrong, "CreateChatCompletionRequest").size(), 2u)
        << "the judge must be able to say no";
}

TEST(OpenAi, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(description, "openai.json");
    const openapi::Judge judge(description);
    Bench bench;
    const auto asked = testing::longChatRequest();
    const auto faults = [&](const Json& body) {
        return judge.requestFaults("post", "/chat/completions", body);
    };
    contracts::refused(
        "openai",
        {"model.chat/1 complete: POST /chat/completions",
         "model.chat/1 complete, streamed: POST /chat/completions"},
        "openai.json",
        {bodyOf(Settings::read({}), asked, Structured::jsonSchema), asked, faults,
         [&](const Json& request) { return bench.ask({}, request); }, bench.host},
        {{"/messages", nullptr, "/messages", nullptr, "messages has to be a list"},
         {"/messages", Json::array(), "/messages", Json::array(), "messages has to be a list"},
         {"/messages/0/role", "bot", "/messages/0/role", "bot", "messages[0].role has to be system"},
         {"/messages/0/role", nullptr, "/messages/0/role", nullptr, "messages[0].role"},
         {"/messages/4/content", 7, "/messages/4/content", 7, "messages[4].content has to be a text"},
         {"/messages/6/tool_calls/0/function/name", nullptr, "/messages/6/tool_calls/0/name", nullptr,
          "messages[6].tool_calls[0].name"},
         {"/messages/6/tool_calls/0/id", nullptr, "/messages/6/tool_calls/0/id", nullptr,
          "messages[6].tool_calls[0].id"},
         {"/messages/7/tool_call_id", nullptr, "/messages/7/tool_call_id", nullptr,
          "messages[7].tool_call_id has to name a tool call"},
         {"/model", 7, "/model", 7, "model has to be the name"},
         {"/temperature", 2.5, "/temperature", 2.5, "temperature has to be a number from 0 to 2"},
         {"/temperature", -0.1, "/temperature", -0.1, "temperature"},
         {"/temperature", "warm", "/temperature", "warm", "temperature"},
         {"/max_completion_tokens", "many", "/max_tokens", "many", "max_tokens has to be a whole number"},
         {"/max_completion_tokens", 0.5, "/max_tokens", 0.5, "max_tokens"},
         {"/seed", "s", "/seed", "s", "seed has to be a whole number"},
         {"/tools", "none", "/tools", "none", "tools has to be a list"},
         {"/tools/0/function/name", nullptr, "/tools/0/name", nullptr, "tools[0].name has to be 1 to 64"},
         {"/tools/0/function/description", 7, "/tools/0/description", 7, "tools[0].description"},
         {"/tools/0/function/parameters", "none", "/tools/0/parameters", "none",
          "tools[0].parameters is no JSON schema"},
         {"/response_format/json_schema/name", 7, "/schema/name", 7, "schema.name has to be 1 to 64"},
         {"/response_format/json_schema/schema", "none", "/schema/schema", "none",
          "schema.schema is no JSON schema"}});
    auto patient = asked;
    patient["first_token_ms"] = 500;
    const auto left = contracts::jsonFaults(judge, "https://api.openai.com/v1");
    const auto ask = [&](const Json& request) { return bench.ask(Json::object(), request); };
    contracts::neverWrong("openai", {"model.chat/1 complete: POST /chat/completions"}, "openai.json",
                          {asked, ask, contracts::unwell, left, bench.host});
    contracts::neverWrong("openai", {"model.chat/1 complete, streamed: POST /chat/completions"},
                          "openai.json", {patient, ask, contracts::unwell, left, bench.host});
}

TEST(OpenAi, SendsWhatWasAskedAndNothingElse) {
    Bench bench;
    bench.host.secret("api_key", "k-1");
    bench.host.answer(200, completion(R"({"reply":"Hi"})").dump());
    const auto answer = bench.ask({{"base_url", "https://models.example/v1/"}, {"organization", "org-1"}});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    const auto sent = bench.host.requests().at(0);
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://models.example/v1/chat/completions");
    EXPECT_EQ(headerOf(sent, "Authorization"), "Bearer k-1");
    EXPECT_EQ(headerOf(sent, "OpenAI-Organization"), "org-1");
    EXPECT_EQ(sent.body.find("never sent to a vendor"), std::string::npos);
    const auto body = bench.body();
    EXPECT_EQ(body["model"], "gpt-4.1-mini");
    EXPECT_EQ(body["seed"], 7);
    EXPECT_EQ(body["max_completion_tokens"], 900);
    const auto& format = body["response_format"]["json_schema"];
    EXPECT_EQ(format["name"], "csr_draft");
    EXPECT_EQ(format["strict"], true);
    EXPECT_EQ(format["schema"]["additionalProperties"], false);
    EXPECT_EQ(format["schema"]["required"], (Json{"facts", "move", "reply"}));
    EXPECT_EQ(format["schema"]["properties"]["facts"]["items"]["additionalProperties"], false);
    EXPECT_EQ(body["tools"][0]["function"]["name"], "look_up");
}

TEST(OpenAi, ALocalServerNeedsNoKey) {
    Bench bench;
    bench.host.answer(200, completion("{}").dump());
    bench.ask({{"base_url", "http://127.0.0.1:11434/v1"},
               {"token_field", "max_tokens"},
               {"temperature", false},
               {"seed", false}});
    EXPECT_EQ(headerOf(bench.host.requests().at(0), "Authorization"), "");
    const auto body = bench.body();
    EXPECT_EQ(body["max_tokens"], 900);
    EXPECT_FALSE(body.contains("temperature"));
    EXPECT_FALSE(body.contains("seed"));
}

TEST(OpenAi, ReadsAnswerUsageAndCost) {
    Bench bench;
    bench.host.answer(200, completion(R"({"reply":"Hi"})").dump());
    const auto answer = bench.ask();
    EXPECT_EQ(answer.document["json"], (Json{{"reply", "Hi"}}));
    EXPECT_EQ(answer.document["finish"], "stop");
    EXPECT_EQ(answer.document["model"], "gpt-4.1-mini-2025-04-14");
    EXPECT_EQ(answer.document["usage"]["input_tokens"], 1000);
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 560) << "1000 * 0.4 + 100 * 1.6 micro-USD";
}

TEST(OpenAi, CachedInputHasItsOwnPrice) {
    Bench bench;
    auto document = completion("{}");
    document["usage"]["prompt_tokens_details"] = {{"cached_tokens", 800}};
    bench.host.answer(200, document.dump());
    const auto usage = bench.ask().document["usage"];
    EXPECT_EQ(usage["input_tokens"], 1000);
    EXPECT_EQ(usage["cost_micros"], 320) << "200 * 0.4 + 800 * 0.1 + 100 * 1.6 micro-USD";
}

TEST(OpenAi, PricesOfSettingsGoFirstAndUnknownModelsSaySo) {
    const auto settings = Settings::read(
        {{"prices", {{"gpt-4o", {{"input", 1}, {"output", 1}}}, {"mine", {{"input", 0.5}, {"output", 0}}}}}});
    const auto cost = [&](const std::string& model, std::int64_t input, std::int64_t output) {
        models::Tokens tokens;
        tokens.input = input;
        tokens.output = output;
        return settings.prices.costOf(model, tokens);
    };
    EXPECT_EQ(cost("gpt-4o", 10, 10), 20);
    EXPECT_EQ(cost("acme/mine", 3, 0), 2) << "rounded up";
    EXPECT_EQ(cost("gpt-4o-mini-2024-07-18", 100, 0), 15) << "not the price of gpt-4o";
    EXPECT_EQ(cost("gpt-4omega", 1, 1), std::nullopt);
    Bench bench;
    auto other = completion("{}");
    other["model"] = "llama";
    bench.host.answer(200, other.dump());
    const auto usage = bench.ask().document["usage"];
    EXPECT_EQ(usage["cost_micros"], 0);
    EXPECT_EQ(usage["unpriced"], true);
}

TEST(OpenAi, EstimatesTheMostACallCanCost) {
    Bench bench;
    ChatModel model(sdk::Host(bench.host.table()), Settings::read({}));
    const auto estimate = model.estimate(chatRequest(), {1000});
    ASSERT_EQ(estimate.outcome, Outcome::ok);
    const auto most = estimate.document["cost_micros"].get<std::int64_t>();
    EXPECT_GE(most, 900 * 1.6) << "all of max_tokens";
    EXPECT_LT(most, 900 * 1.6 + 400);
    auto longer = chatRequest();
    longer["messages"].push_back({{"role", "user"}, {"content", std::string(3000, 'x')}});
    EXPECT_GE(model.estimate(longer, {1000}).document["cost_micros"].get<std::int64_t>(), most + 400);
    longer["messages"].push_back({{"role", "user"}, {"content", "नमस्ते"}});
    EXPECT_EQ(models::mostTokensOf("नमस्ते"), 19) << "18 bytes beyond ASCII, and the quotes";
    ChatModel unknown(sdk::Host(bench.host.table()), Settings::read({{"model", "llama"}}));
    EXPECT_EQ(unknown.estimate(chatRequest(), {1000}).outcome, Outcome::unsupported);
    EXPECT_TRUE(bench.host.requests().empty()) << "no server is asked";
}

std::string streamed(const std::vector<Json>& chunks, bool done = true) {
    std::string body = ": keep-alive\r\n\r\n";
    for (const auto& chunk : chunks) body += "data: " + chunk.dump() + "\n\n";
    return body + (done ? "data: [DONE]\n\n" : "");
}

Json chunk(const Json& delta, const Json& finish = nullptr) {
    return {{"model", "gpt-4.1-mini-2025-04-14"},
            {"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", finish}}}}};
}

struct StreamBench : Bench {
    sdk::Answer ask(const Json& settings = Json::object()) {
        auto asked = chatRequest();
        asked["first_token_ms"] = 500;
        ChatModel model(sdk::Host(host.table()), Settings::read(settings));
        return model.complete(asked, {10000});
    }
    void stream(const std::vector<Json>& chunks) {
        host.answer(200, streamed(chunks), {{"Content-Type", "text/event-stream; charset=utf-8"}});
    }
    const Json usage{{"choices", Json::array()},
                     {"usage", {{"prompt_tokens", 1000}, {"completion_tokens", 100}}}};
};

TEST(OpenAiStream, APatientCallIsTheSameAnswerInPieces) {
    StreamBench bench;
    bench.stream({chunk({{"role", "assistant"}, {"content", ""}}), chunk({{"content", "{\"reply\":"}}),
                  chunk({{"content", "\"नमस्ते\"}"}}), chunk(Json::object(), "stop"), bench.usage});
    const auto answer = bench.ask();
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["json"], (Json{{"reply", "नमस्ते"}}));
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 560);
    EXPECT_EQ(answer.document["model"], "gpt-4.1-mini-2025-04-14");
    EXPECT_EQ(bench.body()["stream"], true);
    EXPECT_EQ(bench.body()["stream_options"], (Json{{"include_usage", true}}));
    EXPECT_FALSE(bench.body().contains("first_token_ms"));
    EXPECT_EQ(bench.host.requests()[0].patienceMs, 500);
}

TEST(OpenAiStream, AsksAsTheVendorDescribesIt) {
    OVERTURE_CONTRACT(description, "openai.json");
    StreamBench bench;
    bench.stream({chunk({{"content", "{}"}}, "stop")});
    ASSERT_EQ(bench.ask().outcome, Outcome::ok);
    EXPECT_THAT(openapi::Judge(description).requestFaults("post", "/chat/completions", bench.body()),
                ::testing::IsEmpty());
    contracts::accepted("openai", "model.chat/1 complete, streamed: POST /chat/completions", "openai.json");
}

TEST(OpenAiStream, WhoWaitsForPiecesGetsThemAndMayStopIt) {
    StreamBench bench;
    ChatModel model(sdk::Host(bench.host.table()), Settings::read(Json::object()));
    const std::vector<Json> chunks{chunk({{"role", "assistant"}, {"content", ""}}),
                                   chunk({{"content", "{\"reply\":"}}), chunk({{"content", "\"नमस्ते\"}"}}),
                                   chunk(Json::object(), "stop"), bench.usage};
    std::vector<std::string> got;
    sdk::Pieces all = [&](std::string_view piece) {
        got.emplace_back(piece);
        return true;
    };
    bench.stream(chunks);
    auto answer = model.complete(chatRequest(), {10000, &all});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    std::string whole;
    for (const auto& piece : got) whole += piece;
    EXPECT_EQ(whole, answer.document["content"]);
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 560);
    EXPECT_EQ(bench.body()["stream"], true) << "without a first_token_ms too";
    EXPECT_EQ(bench.host.requests()[0].patienceMs, 10000);

    sdk::Pieces none = [](std::string_view) { return false; };
    bench.stream(chunks);
    answer = model.complete(chatRequest(), {10000, &none});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["finish"], "stopped");
    EXPECT_EQ(answer.document["json"], nullptr);
    EXPECT_EQ(whole.find(answer.document["content"].get<std::string>()), 0U);
    EXPECT_EQ(answer.document["usage"]["unpriced"], true) << "what it cost is not known";
}

TEST(OpenAiStream, NothingUsefulInTimeIsLate) {
    StreamBench bench;
    bench.host.stall();
    auto answer = bench.ask();
    EXPECT_EQ(answer.outcome, Outcome::transient);
    EXPECT_EQ(answer.code, "late");
    bench.host.stall({": still here\n\n",
                      "data: " + chunk({{"role", "assistant"}, {"content", ""}}).dump() + "\n\n",
                      "data: " + chunk({{"reasoning_content", "hm"}}).dump() + "\n\n"});
    answer = bench.ask();
    EXPECT_EQ(answer.code, "late") << "signs of life are nothing to send";
    bench.host.stall({"data: " + chunk({{"content", "{"}}).dump() + "\n\n"});
    answer = bench.ask();
    EXPECT_EQ(answer.outcome, Outcome::unknown);
    EXPECT_NE(answer.code, "late") << "it had begun to answer";
}

TEST(OpenAiStream, ToolCallsRefusalsAndErrorsArePutTogether) {
    StreamBench bench;
    bench.stream(
        {chunk({{"tool_calls", {{{"index", 0}, {"id", "c1"}, {"function", {{"name", "look_up"}}}}}}}),
         chunk({{"tool_calls", {{{"index", 0}, {"function", {{"arguments", "{\"a\""}}}}}}}),
         chunk({{"tool_calls", {{{"index", 0}, {"function", {{"arguments", ":1}"}}}}}}}),
         chunk(Json::object(), "tool_calls")});
    auto answer = bench.ask();
    EXPECT_EQ(answer.document["tool_calls"],
              (Json{{{"id", "c1"}, {"name", "look_up"}, {"arguments", {{"a", 1}}}}}));
    EXPECT_EQ(answer.document["usage"]["unpriced"], true) << "no usage was told";
    bench.stream({chunk({{"refusal", "I can"}}), chunk({{"refusal", "not."}}, "stop")});
    EXPECT_EQ(bench.ask().document["refusal"], "I cannot.");
    bench.stream({{{"error", {{"code", "overloaded"}, {"message", "busy"}}}}});
    answer = bench.ask();
    EXPECT_EQ(answer.outcome, Outcome::transient);
    EXPECT_EQ(answer.code, "overloaded");
}

TEST(OpenAiStream, AServerThatDoesNotStreamIsRead) {
    StreamBench bench;
    bench.host.answer(200, completion(R"({"reply":"Hi"})").dump(), {{"Content-Type", "application/json"}});
    EXPECT_EQ(bench.ask().document["json"], (Json{{"reply", "Hi"}}));
    bench.host.answer(429, R"({"error":{"code":"rate_limit_exceeded"}})", {{"Retry-After", "2"}});
    const auto answer = bench.ask();
    EXPECT_EQ(answer.outcome, Outcome::limited);
    EXPECT_EQ(answer.retryAfterMs, 2000);
}

TEST(OpenAiStream, WhatAServerRefusesIsLeftOut) {
    StreamBench bench;
    bench.host.answer(400, R"({"error":{"message":"unknown field stream_options"}})");
    bench.stream({chunk({{"content", "{}"}}, "stop")});
    EXPECT_EQ(bench.ask().outcome, Outcome::ok);
    EXPECT_FALSE(bench.body(1).contains("stream_options"));
    EXPECT_EQ(bench.body(1)["stream"], true);
}

TEST(OpenAiStream, AnAnswerCutOffIsNone) {
    StreamBench bench;
    bench.host.answer(200, streamed({chunk({{"content", "{\"reply\":"}})}, false),
                      {{"Content-Type", "text/event-stream"}});
    EXPECT_EQ(bench.ask().outcome, Outcome::unknown) << "it may have to be paid";
}

TEST(OpenAi, EveryFailureHasItsOutcome) {
    struct Row {
        int status;
        const char* body;
        Outcome outcome;
    };
    const Row rows[] = {
        {401, R"({"error":{"code":"invalid_api_key","message":"wrong"}})", Outcome::auth},
        {403, "{}", Outcome::auth},
        {402, "{}", Outcome::auth},
        {429, R"({"error":{"code":"insufficient_quota"}})", Outcome::auth},
        {429, R"({"error":{"code":"rate_limit_exceeded"}})", Outcome::limited},
        {500, "oops", Outcome::transient},
        {503, "", Outcome::transient},
        {529, "", Outcome::transient},
        {408, "", Outcome::transient},
        {404, R"({"error":{"code":"model_not_found"}})", Outcome::invalid},
        {400, R"({"error":{"code":"context_length_exceeded"}})", Outcome::invalid},
        {400, R"({"error":{"code":"invalid_request_error"}})", Outcome::invalid},
        {302, "", Outcome::transient},
        {200, R"({"choices":[{"message":{"content":"tru)", Outcome::unknown},
        {200, "<html>busy</html>", Outcome::unknown},
        {200, R"({"choices":[]})", Outcome::unknown},
        {200, "[]", Outcome::unknown},
        {200, R"({"error":{"code":502,"message":"upstream"}})", Outcome::transient},
        {200, R"({"choices":[{"message":{"content":""},"finish_reason":"stop"}]})", Outcome::unknown}};
    for (const auto& row : rows) {
        Bench bench;
        bench.host.answer(row.status, row.body);
        const auto answer = bench.ask();
        EXPECT_EQ(answer.outcome, row.outcome) << row.status << " " << row.body;
        EXPECT_FALSE(answer.message.empty()) << row.status;
        EXPECT_EQ(bench.host.requests().size(), 1u) << row.status << " is not repeated here";
    }
}

TEST(OpenAi, AVendorsSentenceNeverReachesTheMessage) {
    Bench bench;
    bench.host.answer(
        400, R"({"error":{"code":"bad stuff: Asha Example, 555-0100","message":"in 'Asha Example'"}})");
    EXPECT_EQ(bench.ask().message.find("Asha"), std::string::npos);
}

TEST(OpenAi, ObeysRetryAfter) {
    const std::pair<const char*, std::optional<std::int64_t>> rows[] = {
        {"20", 20000}, {"0.5", 500}, {"soon", std::nullopt}, {"-1", std::nullopt}, {"1e99", 86'400'000}};
    for (const auto& [header, expected] : rows) {
        Bench bench;
        bench.host.answer(429, "{}", {{"Retry-After", header}});
        EXPECT_EQ(bench.ask().retryAfterMs, expected) << header;
    }
    Bench bench;
    bench.host.answer(429, "{}", {{"Retry-After", "20"}, {"retry-after-ms", "1500"}});
    EXPECT_EQ(bench.ask().retryAfterMs, 1500);
}

Json embeddings(const std::vector<Json>& vectors) {
    Json document{{"object", "list"},
                  {"model", "text-embedding-3-small"},
                  {"data", Json::array()},
                  {"usage", {{"prompt_tokens", 100}, {"total_tokens", 100}}}};
    for (std::size_t i = vectors.size(); i-- > 0;)
        document["data"].push_back({{"object", "embedding"}, {"index", i}, {"embedding", vectors[i]}});
    return document;
}

struct EmbedBench {
    FakeHost host;
    sdk::Answer ask(const Json& settings = Json::object(), Json texts = {"a roof", "a dog"}) {
        TextEmbedder embedder(sdk::Host(host.table()), Settings::read(settings));
        return embedder.embed({{"texts", std::move(texts)}, {"purpose", "passage"}}, {5000});
    }
    Json body() { return Json::parse(host.requests().at(0).body); }
};

TEST(OpenAiEmbed, AsksAsTheVendorDescribesIt) {
    OVERTURE_CONTRACT(description, "openai.json");
    EmbedBench bench;
    const auto answered = embeddings({{0.5, 0.25}, {-0.5, 1.0}});
    bench.host.answer(200, answered.dump());
    const auto answer = bench.ask({{"dimensions", 2}});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    const openapi::Judge judge(description);
    EXPECT_THAT(judge.faults(bench.body(), "CreateEmbeddingRequest"), ::testing::IsEmpty());
    EXPECT_THAT(judge.requestFaults("post", "/embeddings", bench.body()), ::testing::IsEmpty());
    contracts::accepted("openai", "model.embed/1 embed: POST /embeddings", "openai.json");
    EXPECT_THAT(openapi::unknownProperties(description, "CreateEmbeddingRequest", bench.body()),
                ::testing::IsEmpty());
    EXPECT_THAT(judge.faults(answered, "CreateEmbeddingResponse"), ::testing::IsEmpty())
        << "the answers of these tests";
}

TEST(OpenAiEmbed, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(description, "openai.json");
    const openapi::Judge judge(description);
    EmbedBench bench;
    bench.host.answer(200, embeddings({{0.5, 0.25}, {-0.5, 1.0}}).dump());
    ASSERT_EQ(bench.ask().outcome, Outcome::ok);
    const Json many(2049, "a roof");
    contracts::refused("openai", {"model.embed/1 embed: POST /embeddings"}, "openai.json",
                       {bench.body(),
                        {{"texts", {"a roof", "a dog"}}},
                        [&](const Json& body) { return judge.requestFaults("post", "/embeddings", body); },
                        [&](const Json& request) { return bench.ask({}, request.value("texts", Json())); },
                        bench.host},
                       {{"/input", nullptr, "/texts", nullptr, "texts has to be a list"},
                        {"/input", Json::array(), "/texts", Json::array(), "texts has to be a list"},
                        {"/input", {"a roof", 7}, "/texts", {"a roof", 7}, "texts[1] has to be a text"},
                        {"/input", Json::object(), "/texts", Json::object(), "texts has to be a list"},
                        {"/input", many, "/texts", many, "texts has more than 2048"}});
    EXPECT_EQ(contracts::answerTo([&](const Json& texts) { return bench.ask({}, texts); }, {""}).outcome,
              Outcome::invalid)
        << "which it says in words only";
    contracts::neverWrong("openai", {"model.embed/1 embed: POST /embeddings"}, "openai.json",
                          {{{"texts", {"a roof", "a dog"}}},
                           [&](const Json& request) { return bench.ask({}, request.value("texts", Json())); },
                           contracts::unwell,
                           contracts::jsonFaults(judge, "https://api.openai.com/v1"),
                           bench.host});
}

TEST(OpenAiEmbed, GivesOneVectorForEachTextInTheirOrder) {
    EmbedBench bench;
    bench.host.secret("api_key", "k-1");
    bench.host.answer(200, embeddings({{0.5, 0.25}, {-0.5, 1.0}}).dump());
    const auto answer = bench.ask({{"base_url", "https://models.example/v1/"}, {"embedding_model", "mine"}});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["vectors"], (Json{{0.5, 0.25}, {-0.5, 1.0}})) << "whatever the server's order";
    EXPECT_EQ(answer.document["model"], "text-embedding-3-small");
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 2) << "100 * 0.02 micro-USD";
    const auto sent = bench.host.requests().at(0);
    EXPECT_EQ(sent.url, "https://models.example/v1/embeddings");
    EXPECT_EQ(headerOf(sent, "Authorization"), "Bearer k-1");
    EXPECT_EQ(sent.deadlineMs, 5000);
    EXPECT_EQ(bench.body(),
              (Json{{"model", "mine"}, {"input", {"a roof", "a dog"}}, {"encoding_format", "float"}}));
}

TEST(OpenAiEmbed, WhatIsNotOneVectorForEachTextIsRefused) {
    auto twice = embeddings({{1}, {2}});
    twice["data"][1]["index"] = 1;
    auto far = embeddings({{1}, {2}});
    far["data"][0]["index"] = 7;
    auto nameless = embeddings({{1}, {2}});
    nameless["data"][0].erase("index");
    for (const auto& document : {embeddings({{1}}), embeddings({{1}, {2}, {3}}), embeddings({{1}, {1, 2}}),
                                 embeddings({{1}, {"x"}}), embeddings({{1}, Json::array()}), twice, far,
                                 nameless, Json{{"data", 7}}, Json::array(), Json("x")}) {
        EmbedBench bench;
        bench.host.answer(200, document.dump());
        EXPECT_EQ(bench.ask().outcome, Outcome::transient) << document;
    }
    EmbedBench refused, limited;
    refused.host.answer(401, R"({"error":{"code":"invalid_api_key"}})");
    EXPECT_EQ(refused.ask().outcome, Outcome::auth);
    limited.host.answer(429, "{}", {{"Retry-After", "20"}});
    EXPECT_EQ(limited.ask().retryAfterMs, 20000);
}

TEST(OpenAi, AnAnswerThatWasLostMayHaveToBePaid) {
    Bench lost, refused;
    lost.host.failUnknown();
    EXPECT_EQ(lost.ask().outcome, Outcome::unknown);
    refused.host.failNotSent();
    EXPECT_EQ(refused.ask().outcome, Outcome::transient);
}

TEST(OpenAi, RefusalsAndCutAnswersAreTold) {
    Bench refusal, filter, cut;
    auto refused = completion("");
    refused["choices"][0]["message"]["refusal"] = "I can't help with that.";
    refusal.host.answer(200, refused.dump());
    const auto answer = refusal.ask();
    EXPECT_EQ(answer.document["finish"], "refusal");
    EXPECT_EQ(answer.document["refusal"], "I can't help with that.");
    filter.host.answer(200, completion("", "content_filter").dump());
    EXPECT_EQ(filter.ask().document["finish"], "refusal");
    cut.host.answer(200, completion(R"({"reply":"Hel)", "length").dump());
    const auto half = cut.ask();
    EXPECT_EQ(half.document["finish"], "length");
    EXPECT_TRUE(half.document["json"].is_null());
}

TEST(OpenAi, ReadsToolCallsAndDropsBrokenOnes) {
    Bench bench;
    auto document = completion("", "tool_calls");
    document["choices"][0]["message"]["tool_calls"] = {
        {{"id", "t1"},
         {"type", "function"},
         {"function", {{"name", "look_up"}, {"arguments", R"({"a":1})"}}}},
        {{"id", "t2"}, {"type", "function"}, {"function", {{"name", "look_up"}, {"arguments", "{broken"}}}}};
    bench.host.answer(200, document.dump());
    const auto answer = bench.ask().document;
    EXPECT_EQ(answer["finish"], "tool");
    EXPECT_EQ(answer["tool_calls"], (Json{{{"id", "t1"}, {"name", "look_up"}, {"arguments", {{"a", 1}}}}}));
}

TEST(OpenAi, GivesWayToServersWithoutStructuredOutput) {
    FakeHost host;
    ChatModel model(sdk::Host(host.table()), Settings::read({{"base_url", "http://127.0.0.1:8000/v1"}}));
    host.answer(400, R"({"error":{"message":"response_format json_schema is not supported"}})");
    host.answer(400, R"({"error":{"message":"unknown field response_format"}})");
    host.answer(200, completion("```json\n{\"reply\":\"Hi\"}\n```").dump());
    const auto answer = model.complete(chatRequest(), {10000});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["json"], (Json{{"reply", "Hi"}}));
    const auto bodyAt = [&](std::size_t index) { return Json::parse(host.requests().at(index).body); };
    EXPECT_EQ(bodyAt(0)["response_format"]["type"], "json_schema");
    EXPECT_EQ(bodyAt(1)["response_format"]["type"], "json_object");
    EXPECT_FALSE(bodyAt(2).contains("response_format"));
    EXPECT_NE(bodyAt(2)["messages"][0]["content"].get<std::string>().find("\"reply\""), std::string::npos)
        << "the schema stands in the prompt";
    host.answer(200, completion("{}").dump());
    model.complete(chatRequest(), {10000});
    EXPECT_EQ(host.requests().size(), 4u) << "what the server refused is remembered";
    EXPECT_FALSE(bodyAt(3).contains("response_format"));
}

TEST(OpenAi, GivesWayToServersWithOlderFields) {
    FakeHost host;
    ChatModel model(sdk::Host(host.table()), Settings::read({}));
    host.answer(400, R"({"error":{"message":"Unrecognized request argument: max_completion_tokens"}})");
    host.answer(400, R"({"error":{"message":"'temperature' does not support 0.4 with this model"}})");
    host.answer(200, completion("{}").dump());
    ASSERT_EQ(model.complete(chatRequest(), {10000}).outcome, Outcome::ok);
    const auto body = Json::parse(host.requests().at(2).body);
    EXPECT_EQ(body["max_tokens"], 900);
    EXPECT_FALSE(body.contains("max_completion_tokens"));
    EXPECT_FALSE(body.contains("temperature"));
}

TEST(OpenAi, RefusesSettingsAndRequestsItCannotUse) {
    EXPECT_THROW(Settings::read({{"base_url", "ftp://x"}}), sdk::Refused);
    EXPECT_THROW(bodyOf(Settings::read({}), {{"messages", Json::array()}}, Structured::none), sdk::Refused);
}

TEST(OpenAi, GarbageNeverCrashesAndIsNeverAnAnswerWithoutText) {
    Random random(20260301);
    const auto good = completion(R"({"reply":"Hi"})").dump();
    const auto settings = Settings::read({});
    for (int round = 0; round < 4000; ++round) {
        const auto status = random.chance(0.8) ? 200 : static_cast<int>(random.below(600));
        const auto body = testing::damaged(good, random);
        EXPECT_TRUE(testing::isSound(readAnswer(settings, testing::answered(status, body)))) << body;
    }
}

TEST(OpenAi, DamagedAnswersNeverCrashTheReader) {
    const Json call{{"index", 0},
                    {"id", "t1"},
                    {"type", "function"},
                    {"function", {{"name", "look_up"}, {"arguments", R"({"a":1})"}}}};
    testing::bearsDamagedAnswers(
        {completion(R"({"reply":"Hi"})").dump(), R"({"error":{"code":"overloaded","message":"busy"}})",
         streamed({chunk({{"role", "assistant"}, {"content", ""}}),
                   chunk({{"content", "{\"reply\":\"Hi\"}"}}), chunk({{"tool_calls", {call}}}),
                   chunk({{"refusal", "no"}}), chunk(Json::object(), "stop")})},
        "text/event-stream", [](FakeHost& host, const Json& request) {
            return ChatModel(sdk::Host(host.table()), Settings::read({})).complete(request, {10000});
        });
}

}  // namespace
}  // namespace overture::openai
