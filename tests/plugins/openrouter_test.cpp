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
#include "openrouter/settings.hpp"

namespace overture::openrouter {
namespace {

using sdk::Json;
using sdk::Outcome;
using testing::chatRequest;
using testing::FakeHost;
using testing::headerOf;

Json completion(const std::string& content, const std::string& finish = "stop") {
    return {
        {"id", "gen-1"},
        {"object", "chat.completion"},
        {"created", 1},
        {"model", "openai/gpt-4.1-mini"},
        {"system_fingerprint", nullptr},
        {"choices",
         {{{"index", 0},
           {"finish_reason", finish},
           {"message", {{"role", "assistant"}, {"content", content}, {"refusal", nullptr}}}}}},
        {"usage",
         {{"prompt_tokens", 1000}, {"completion_tokens", 100}, {"total_tokens", 1100}, {"cost", 0.00043}}}};
}

struct Bench {
    FakeHost host;
    sdk::Answer ask(const Json& settings = Json::object(), const Json& request = chatRequest()) {
        openai::ChatModel model(sdk::Host(host.table()), readSettings(settings));
        return model.complete(request, {10000});
    }
    sdk::Answer askInPieces(const std::string& body, const Json& settings = Json::object()) {
        auto request = chatRequest();
        request["first_token_ms"] = 500;
        host.answer(200, body, {{"Content-Type", "text/event-stream"}});
        return ask(settings, request);
    }
    Json body(std::size_t index = 0) { return Json::parse(host.requests().at(index).body); }
};

const Json kEverything{{"provider",
                        {{"order", {"azure", "openai"}},
                         {"only", {"azure", "openai"}},
                         {"ignore", {"acme"}},
                         {"allow_fallbacks", false},
                         {"require_parameters", true},
                         {"zdr", true},
                         {"sort", "price"},
                         {"max_price", {{"prompt", 1}, {"completion", 2.5}}}}},
                       {"fallback_models", {"openai/gpt-4o-mini"}},
                       {"prompt_cache", "1h"},
                       {"max_tokens", 800}};

TEST(OpenRouter, AsksAsTheVendorDescribesIt) {
    OVERTURE_CONTRACT(description, "openrouter.json");
    const openapi::Judge judge(description);
    for (const auto& settings : {Json::object(), kEverything})
        for (const auto& request : {chatRequest(), testing::longChatRequest()}) {
            Bench bench;
            bench.host.answer(200, completion(R"({"reply":"Hi"})").dump());
            ASSERT_EQ(bench.ask(settings, request).outcome, Outcome::ok);
            EXPECT_THAT(judge.requestFaults("post", "/chat/completions", bench.body()), ::testing::IsEmpty());
        }
    contracts::accepted("openrouter", "model.chat/1 complete: POST /chat/completions", "openrouter.json");
    Bench streamed;
    streamed.askInPieces("data: {}\n\n", kEverything);
    EXPECT_EQ(streamed.body()["stream"], true);
    EXPECT_THAT(judge.requestFaults("post", "/chat/completions", streamed.body()), ::testing::IsEmpty());
    contracts::accepted("openrouter", "model.chat/1 complete, streamed: POST /chat/completions",
                        "openrouter.json");
    auto answer = completion("x");
    EXPECT_THAT(judge.faults(answer, "ChatResult"), ::testing::IsEmpty()) << "the answers of these tests";
    for (const auto& [at, value] : std::map<std::string, Json>{{"/messages", Json::array()},
                                                               {"/temperature", "warm"},
                                                               {"/provider/data_collection", "perhaps"},
                                                               {"/cache_control/type", "lasting"}}) {
        auto wrong = streamed.body();
        wrong[Json::json_pointer(at)] = value;
        EXPECT_FALSE(judge.requestFaults("post", "/chat/completions", wrong).empty()) << at;
    }
}

TEST(OpenRouter, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(description, "openrouter.json");
    const openapi::Judge judge(description);
    Bench bench;
    const auto asked = testing::longChatRequest();
    contracts::refused(
        "openrouter",
        {"model.chat/1 complete: POST /chat/completions",
         "model.chat/1 complete, streamed: POST /chat/completions"},
        "openrouter.json",
        {openai::bodyOf(readSettings(Json::object()), asked, openai::Structured::jsonSchema), asked,
         [&](const Json& body) { return judge.requestFaults("post", "/chat/completions", body); },
         [&](const Json& request) { return bench.ask(Json::object(), request); }, bench.host},
        {{"/messages", nullptr, "/messages", nullptr, "messages has to be a list"},
         {"/messages", Json::array(), "/messages", Json::array(), "messages has to be a list"},
         {"/messages/0/role", "bot", "/messages/0/role", "bot", "messages[0].role has to be system"},
         {"/messages/4/content", 7, "/messages/4/content", 7, "messages[4].content has to be a text"},
         {"/messages/6/tool_calls/0/function/name", nullptr, "/messages/6/tool_calls/0/name", nullptr,
          "messages[6].tool_calls[0].name"},
         {"/messages/6/tool_calls/0/id", nullptr, "/messages/6/tool_calls/0/id", nullptr,
          "messages[6].tool_calls[0].id"},
         {"/messages/7/tool_call_id", nullptr, "/messages/7/tool_call_id", nullptr,
          "messages[7].tool_call_id has to name a tool call"},
         {"/model", 7, "/model", 7, "model has to be the name"},
         {"/temperature", "warm", "/temperature", "warm", "temperature has to be a number from 0 to 2"},
         {"/max_completion_tokens", "many", "/max_tokens", "many", "max_tokens has to be a whole number"},
         {"/seed", 0.5, "/seed", 0.5, "seed has to be a whole number"},
         {"/tools", "none", "/tools", "none", "tools has to be a list"},
         {"/tools/0/function/name", nullptr, "/tools/0/name", nullptr, "tools[0].name has to be 1 to 64"},
         {"/tools/0/function/name", std::string(65, 'x'), "/tools/0/name", std::string(65, 'x'),
          "tools[0].name"},
         {"/tools/0/function/parameters", "none", "/tools/0/parameters", "none",
          "tools[0].parameters is no JSON schema"},
         {"/response_format/json_schema/name", 7, "/schema/name", 7, "schema.name has to be 1 to 64"},
         {"/response_format/json_schema/schema", "none", "/schema/schema", "none",
          "schema.schema is no JSON schema"}});
    auto patient = asked;
    patient["first_token_ms"] = 500;
    const auto left = contracts::jsonFaults(judge, "https://openrouter.ai/api/v1");
    const auto ask = [&](const Json& request) { return bench.ask(kEverything, request); };
    contracts::neverWrong("openrouter", {"model.chat/1 complete: POST /chat/completions"}, "openrouter.json",
                          {asked, ask, contracts::unwell, left, bench.host});
    contracts::neverWrong("openrouter", {"model.chat/1 complete, streamed: POST /chat/completions"},
                          "openrouter.json", {patient, ask, contracts::unwell, left, bench.host});
}

TEST(OpenRouter, SendsItsOwnHeadersAndRouting) {
    Bench bench;
    bench.host.secret("api_key", "k-1");
    bench.host.answer(200, completion("{}").dump());
    bench.ask({{"site_url", "https://brightroof.example"}, {"app_name", "Brightroof"}});
    const auto sent = bench.host.requests().at(0);
    EXPECT_EQ(sent.url, "https://openrouter.ai/api/v1/chat/completions");
    EXPECT_EQ(headerOf(sent, "Authorization"), "Bearer k-1");
    EXPECT_EQ(headerOf(sent, "HTTP-Referer"), "https://brightroof.example");
    EXPECT_EQ(headerOf(sent, "X-OpenRouter-Title"), "Brightroof");
    EXPECT_EQ(sent.body.find("never sent to a vendor"), std::string::npos);
    EXPECT_EQ(bench.body()["provider"], (Json{{"data_collection", "deny"}}));
    EXPECT_FALSE(bench.body().contains("models")) << "failover is the engine's";
    EXPECT_FALSE(bench.body().contains("cache_control"));
    EXPECT_EQ(bench.body()["model"], "openai/gpt-4.1-mini");
    Bench open;
    open.host.answer(200, completion("{}").dump());
    open.ask({{"provider", {{"data_collection", "allow"}}}});
    EXPECT_EQ(open.body()["provider"]["data_collection"], "allow");
}

TEST(OpenRouter, CostsWhatItReports) {
    Bench bench;
    bench.host.answer(200, completion("{}").dump());
    auto usage = bench.ask().document["usage"];
    EXPECT_EQ(usage["cost_micros"], 430) << "as reported, not 1000 * 0.4 + 100 * 1.6";
    EXPECT_FALSE(usage.contains("unpriced"));

    auto document = completion("{}");
    document["usage"]["is_byok"] = true;
    document["usage"]["cost_details"] = {{"upstream_inference_cost", 0.001}};
    bench.host.answer(200, document.dump());
    EXPECT_EQ(bench.ask().document["usage"]["cost_micros"], 1430)
        << "its fee, and what the own key is charged";

    document = completion("{}");
    document["usage"].erase("cost");
    bench.host.answer(200, document.dump());
    EXPECT_EQ(bench.ask().document["usage"]["cost_micros"], 560) << "by the table when it reports none";
    document["model"] = "acme/unheard-of";
    bench.host.answer(200, document.dump());
    EXPECT_EQ(bench.ask().document["usage"]["unpriced"], true);
}

TEST(OpenRouter, EstimatesByItsTable) {
    FakeHost host;
    const auto estimate = [&](const Json& settings) {
        openai::ChatModel model(sdk::Host(host.table()), readSettings(settings));
        return model.estimate(chatRequest(), {1000});
    };
    const auto plain = estimate({{"model", "anthropic/claude-sonnet-4.5"}});
    ASSERT_EQ(plain.outcome, Outcome::ok) << plain.message;
    const auto cached = estimate({{"model", "anthropic/claude-sonnet-4.5"}, {"prompt_cache", "5m"}});
    EXPECT_GE(plain.document["cost_micros"].get<int>(), 900 * 15);
    EXPECT_GT(cached.document["cost_micros"], plain.document["cost_micros"]) << "writing a cache costs more";
    EXPECT_EQ(estimate({{"model", "acme/unheard-of"}}).outcome, Outcome::unsupported);
    EXPECT_TRUE(host.requests().empty());
}

TEST(OpenRouter, EveryFailureHasItsOutcome) {
    struct Row {
        int status;
        const char* body;
        Outcome outcome;
    };
    const Row rows[] = {
        {401, R"({"error":{"code":401,"message":"No auth credentials found"}})", Outcome::auth},
        {402, R"({"error":{"code":402,"message":"Insufficient credits"}})", Outcome::auth},
        {403, R"({"error":{"code":403,"message":"Only management keys"}})", Outcome::auth},
        {403,
         R"({"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"],"flagged_input":"Asha"}}})",
         Outcome::rejected},
        {403, R"({"error":{"code":403,"message":"blocked","metadata":{"patterns":["ignore all"]}}})",
         Outcome::rejected},
        {404, R"({"error":{"code":404,"message":"No endpoints found"}})", Outcome::invalid},
        {408, R"({"error":{"code":408}})", Outcome::transient},
        {429, R"({"error":{"code":429,"metadata":{"error_type":"rate_limit_exceeded"}}})", Outcome::limited},
        {500, "oops", Outcome::transient},
        {502, R"({"error":{"code":502}})", Outcome::transient},
        {503, R"({"error":{"code":503}})", Outcome::transient},
        {524, "<html>edge</html>", Outcome::transient},
        {529, R"({"error":{"code":529}})", Outcome::transient},
        {400, R"({"error":{"code":400,"metadata":{"error_type":"context_length_exceeded"}}})",
         Outcome::invalid},
        {307, "", Outcome::transient},
        {200, R"({"error":{"code":429,"message":"upstream"}})", Outcome::limited},
        {200, R"({"error":{"code":502,"message":"upstream"}})", Outcome::transient},
        {200, R"({"error":{"code":"odd"}})", Outcome::transient},
        {200, R"({"choices":[{"finish_reason":"error","message":{"content":"half"}}]})", Outcome::transient},
        {200, "<html>busy</html>", Outcome::unknown},
        {200, "", Outcome::unknown}};
    for (const auto& row : rows) {
        Bench bench;
        bench.host.answer(row.status, row.body, {{"Retry-After", "7"}});
        const auto answer = bench.ask();
        EXPECT_EQ(answer.outcome, row.outcome) << row.status << " " << row.body << ": " << answer.message;
        EXPECT_FALSE(answer.message.empty());
        EXPECT_EQ(answer.message.find("Asha"), std::string::npos);
        if (row.outcome == Outcome::limited) {
            EXPECT_EQ(answer.retryAfterMs, 7000) << row.status;
        }
    }
    Bench lost;
    lost.host.failUnknown();
    EXPECT_EQ(lost.ask().outcome, Outcome::unknown);
}

std::string event(const Json& chunk) {
    return "data: " + chunk.dump() + "\n\n";
}

Json chunk(const Json& delta, const Json& finish = nullptr) {
    return {{"id", "gen-1"},
            {"object", "chat.completion.chunk"},
            {"created", 1},
            {"model", "openai/gpt-4.1-mini"},
            {"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", finish}}}}};
}

TEST(OpenRouterStream, SignsOfLifeAreNoAnswerAndCostComesLast) {
    Bench bench;
    auto last = chunk(Json::object(), "stop");
    last["usage"] = {
        {"prompt_tokens", 10}, {"completion_tokens", 2}, {"total_tokens", 12}, {"cost", 0.00001}};
    const auto answer =
        bench.askInPieces(": OPENROUTER PROCESSING\n\n" + event(chunk({{"content", "{\"reply\":"}})) +
                          event(chunk({{"content", "\"Hi\"}"}})) + event(last) + "data: [DONE]\n\n");
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["json"], (Json{{"reply", "Hi"}}));
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 10);
    auto asked = chatRequest();
    asked["first_token_ms"] = 500;
    bench.host.stall({": OPENROUTER PROCESSING\n\n"});
    EXPECT_EQ(bench.ask(Json::object(), asked).code, "late");
}

TEST(OpenRouterStream, AnErrorInTheMiddleIsNoAnswer) {
    Bench bench;
    auto broken = chunk({{"content", ""}}, "error");
    broken["error"] = {{"code", 529},
                       {"message", "Asha Example, 555-0100"},
                       {"metadata", {{"error_type", "provider_overloaded"}}}};
    auto answer = bench.askInPieces(event(chunk({{"content", "{\"rep"}})) + event(broken));
    EXPECT_EQ(answer.outcome, Outcome::transient);
    EXPECT_EQ(answer.code, "provider_overloaded");
    EXPECT_EQ(answer.message.find("Asha"), std::string::npos);
    answer = bench.askInPieces(event(chunk({{"content", "{\"rep"}})));
    EXPECT_EQ(answer.outcome, Outcome::unknown) << "cut off: it may have to be paid";
    answer =
        bench.askInPieces(event(chunk({{"content", "{\"rep"}})) + event(chunk(Json::object(), "length")));
    EXPECT_EQ(answer.document["finish"], "length");
    answer = bench.askInPieces(event(chunk({{"content", ""}}, "content_filter")));
    EXPECT_EQ(answer.document["finish"], "refusal");
}

TEST(OpenRouterEmbed, AsksAsTheVendorDescribesIt) {
    OVERTURE_CONTRACT(description, "openrouter.json");
    FakeHost host;
    const Json document{{"object", "list"},
                        {"model", "openai/text-embedding-3-small"},
                        {"data",
                         {{{"object", "embedding"}, {"index", 0}, {"embedding", {0.5, 1}}},
                          {{"object", "embedding"}, {"index", 1}, {"embedding", {1, 0.5}}}}},
                        {"usage", {{"prompt_tokens", 100}, {"total_tokens", 100}, {"cost", 0.000005}}}};
    host.answer(200, document.dump());
    openai::TextEmbedder embedder(sdk::Host(host.table()), readSettings({{"dimensions", 2}}));
    const auto answer = embedder.embed({{"texts", {"a roof", "a dog"}}, {"purpose", "passage"}}, {5000});
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["vectors"], (Json{{0.5, 1}, {1, 0.5}}));
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 5);
    const openapi::Judge judge(description);
    const auto body = Json::parse(host.requests().at(0).body);
    EXPECT_THAT(judge.requestFaults("post", "/embeddings", body), ::testing::IsEmpty());
    contracts::accepted("openrouter", "model.embed/1 embed: POST /embeddings", "openrouter.json");
    contracts::refused("openrouter", {"model.embed/1 embed: POST /embeddings"}, "openrouter.json",
                       {body,
                        {{"texts", {"a roof", "a dog"}}},
                        [&](const Json& one) { return judge.requestFaults("post", "/embeddings", one); },
                        [&](const Json& request) { return embedder.embed(request, {5000}); },
                        host},
                       {{"/input", nullptr, "/texts", nullptr, "texts has to be a list"},
                        {"/input", {"a roof", 7}, "/texts", {"a roof", 7}, "texts[1] has to be a text"},
                        {"/input", {"a roof", ""}, "/texts", {"a roof", ""}, "texts[1] has to be a text"},
                        {"/input", 7, "/texts", 7, "texts has to be a list"}});
    contracts::neverWrong("openrouter", {"model.embed/1 embed: POST /embeddings"}, "openrouter.json",
                          {{{"texts", {"a roof", "a dog"}}},
                           [&](const Json& request) { return embedder.embed(request, {5000}); },
                           contracts::unwell,
                           contracts::jsonFaults(judge, "https://openrouter.ai/api/v1"),
                           host});
}

TEST(OpenRouter, RefusesSettingsItCannotUse) {
    EXPECT_THROW(readSettings({{"base_url", "openrouter.ai"}}), sdk::Refused);
}

TEST(OpenRouter, GarbageNeverCrashesAndIsNeverAnAnswerWithoutText) {
    Random random(20261122);
    const auto good = completion(R"({"reply":"Hi"})").dump();
    const auto settings = readSettings({});
    for (int round = 0; round < 4000; ++round) {
        const auto status = random.chance(0.8) ? 200 : static_cast<int>(random.below(600));
        const auto body = testing::damaged(good, random);
        EXPECT_TRUE(testing::isSound(openai::readAnswer(settings, testing::answered(status, body)))) << body;
    }
}

TEST(OpenRouter, DamagedAnswersNeverCrashTheReader) {
    testing::bearsDamagedAnswers(
        {completion(R"({"reply":"Hi"})").dump(), R"({"error":{"code":502,"message":"upstream"}})",
         event(chunk({{"content", "{\"reply\":\"Hi\"}"}})) + ": OPENROUTER PROCESSING\n\n" +
             event(chunk(Json::object(), "stop"))},
        "text/event-stream", [](FakeHost& host, const Json& request) {
            return openai::ChatModel(sdk::Host(host.table()), readSettings(Json::object()))
                .complete(request, {10000});
        });
}

}  // namespace
}  // namespace overture::openrouter
