#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contracts.hpp"
#include "gemini/answer.hpp"
#include "gemini/embedder.hpp"
#include "gemini/model.hpp"
#include "gemini/request.hpp"
#include "gemini/stream.hpp"
#include "mistakes.hpp"
#include "model_asks.hpp"
#include "openapi.hpp"

namespace overture::gemini {
namespace {

using sdk::Outcome;
using testing::chatRequest;
using testing::FakeHost;
using testing::headerOf;
using testing::longChatRequest;

/// The vendor publishes no description of this kind: this one is by hand, from its reference.
const Json& description() {
    constexpr const char* kFile = OVERTURE_SOURCE_DIR "/tests/descriptions/gemini.json";
    static const Json document = parseJson(readFile(kFile), kFile).orThrow();
    return document;
}

Json toolless(Json request = chatRequest()) {
    request.erase("tools");
    return request;
}

Json candidates(const Json& parts, const Json& reason = "STOP") {
    Json candidate{{"index", 0}, {"content", {{"role", "model"}, {"parts", parts}}}};
    if (!reason.is_null()) candidate["finishReason"] = reason;
    return Json::array({candidate});
}

Json answer(const Json& parts, const Json& reason = "STOP") {
    return {{"candidates", candidates(parts, reason)},
            {"modelVersion", "gemini-2.5-flash"},
            {"responseId", "r1"},
            {"usageMetadata",
             {{"promptTokenCount", 1000},
              {"candidatesTokenCount", 80},
              {"thoughtsTokenCount", 20},
              {"totalTokenCount", 1100}}}};
}

Json saying(const std::string& text, const Json& reason = "STOP") {
    return answer(Json::array({{{"text", text}}}), reason);
}

std::string errorOf(int code, const std::string& status, const Json& details = Json::array(),
                    const std::string& message = "no") {
    return Json{{"error", {{"code", code}, {"message", message}, {"status", status}, {"details", details}}}}
        .dump();
}

Json errorInfo(const std::string& reason) {
    return Json::array({{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"}, {"reason", reason}}});
}

Json retryInfo(const std::string& delay) {
    return Json::array({{{"@type", "type.googleapis.com/google.rpc.RetryInfo"}, {"retryDelay", delay}}});
}

struct Bench {
    FakeHost host;
    sdk::Answer ask(const Json& settings = Json::object(), const Json& request = toolless()) {
        ChatModel model(sdk::Host(host.table()), settings);
        return model.complete(request, {10000, pieces ? &pieces : nullptr});
    }
    sdk::Pieces pieces = {};
    Json body(std::size_t index = 0) { return Json::parse(host.requests().at(index).body); }
};

/// The path of a request, without the address before it and the query.
std::string pathAfter(const std::string& base, const std::string& url) {
    EXPECT_TRUE(url.starts_with(base)) << url;
    return url.substr(base.size(), url.find('?') - base.size());
}

constexpr const char* kBase = "https://generativelanguage.googleapis.com/v1beta";

TEST(Gemini, AsksAsTheVendorDescribesIt) {
    const openapi::Judge judge(description());
    for (const auto& settings : {Json::object(), Json{{"structured", "none"}}, Json{{"thinking_budget", 512}},
                                 Json{{"temperature", false}, {"seed", false}}})
        for (const auto& request :
             {chatRequest(), toolless(), longChatRequest(), toolless(longChatRequest())}) {
            Bench bench;
            bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
            ASSERT_EQ(bench.ask(settings, request).outcome, Outcome::ok);
            EXPECT_THAT(
                judge.requestFaults("post", pathAfter(kBase, bench.host.requests()[0].url), bench.body()),
                ::testing::IsEmpty())
                << bench.body();
        }
    contracts::accepted("gemini", "model.chat/1 complete: POST /models/{model}:generateContent",
                        "tests/descriptions/gemini.json (by hand)");
    EXPECT_THAT(judge.faults(saying("x"), "GenerateContentResponse"), ::testing::IsEmpty());

    const auto good = bodyOf(Settings::read({}), toolless());
    for (const auto& [at, value] :
         std::map<std::string, Json>{{"/contents/0/role", "assistant"},
                                     {"/contents/0/parts", Json::array()},
                                     {"/generationConfig/temperature", 3},
                                     {"/generationConfig/max_tokens", 9},
                                     {"/generationConfig/seed", 1e12},
                                     {"/generationConfig/responseJsonSchema/pattern", "x"},
                                     {"/systemInstruction/parts/0/text", ""}}) {
        auto wrong = good;
        wrong[Json::json_pointer(at)] = value;
        EXPECT_FALSE(judge.requestFaults("post", "/models/gemini-2.5-flash:generateContent", wrong).empty())
            << at;
    }
}

/// The conversation as it leaves: user, model, user, model with the tool's call, user with its result.
TEST(Gemini, WhatTheDescriptionRefusesNeverLeaves) {
    const openapi::Judge judge(description());
    Bench bench;
    const auto both = [&](bool tools) {
        const auto asked = tools ? longChatRequest() : toolless(longChatRequest());
        return contracts::Sides{
            bodyOf(Settings::read({}), asked), asked,
            [&](const Json& body) {
                return judge.requestFaults("post", "/models/gemini-2.5-flash:generateContent", body);
            },
            [&](const Json& request) { return bench.ask(Json::object(), request); }, bench.host};
    };
    const std::vector<contracts::Mistake> mistakes{
        {"/contents", nullptr, "/messages", nullptr, "messages has to be a list"},
        {"/contents", Json::array(), "/messages", Json::array(), "messages has to be a list"},
        {"/contents/0/role", "bot", "/messages/2/role", "bot", "messages[2].role has to be system"},
        {"/contents/2/parts/0/text", 7, "/messages/4/content", 7, "messages[4].content has to be a text"},
        {"/contents/3/parts/0/functionCall/name", nullptr, "/messages/6/tool_calls/0/name", nullptr,
         "messages[6].tool_calls[0].name"},
        {"/contents/3/parts/0/functionCall/name", "7up", "/messages/6/tool_calls/0/name", "7up",
         "messages[6].tool_calls[0].name"},
        {"/contents/4/parts/0/functionResponse/name", nullptr, "/messages/7/tool_call_id", nullptr,
         "messages[7].tool_call_id has to name a tool call"},
        {"/generationConfig/temperature", 2.5, "/temperature", 2.5,
         "temperature has to be a number from 0 to 2"},
        {"/generationConfig/temperature", -0.1, "/temperature", -0.1, "temperature"},
        {"/generationConfig/temperature", "warm", "/temperature", "warm", "temperature"},
        {"/generationConfig/maxOutputTokens", -1, "/max_tokens", -1, "max_tokens has to be a whole number"},
        {"/generationConfig/maxOutputTokens", "many", "/max_tokens", "many", "max_tokens"},
        {"/generationConfig/seed", "s", "/seed", "s", "seed has to be a whole number"},
        {"/generationConfig/responseJsonSchema", "none", "/schema/schema", "none",
         "schema.schema is no JSON schema"},
        {"/generationConfig/responseJsonSchema/type", 7, "/schema/schema/type", 7, "schema.schema.type"},
        {"/generationConfig/responseJsonSchema/properties", 7, "/schema/schema/properties", 7,
         "schema.schema.properties"}};
    contracts::refused("gemini",
                       {"model.chat/1 complete: POST /models/{model}:generateContent",
                        "model.chat/1 complete, streamed: POST /models/{model}:streamGenerateContent"},
                       "tests/descriptions/gemini.json (by hand)", both(false), mistakes);
    contracts::refused(
        "gemini", {}, "", both(true),
        {{"/tools", "none", "/tools", "none", "tools has to be a list"},
         {"/tools/0/functionDeclarations/0/name", nullptr, "/tools/0/name", nullptr,
          "tools[0].name has to be 1 to 64"},
         {"/tools/0/functionDeclarations/0/name", "7up", "/tools/0/name", "7up", "tools[0].name"},
         {"/tools/0/functionDeclarations/0/description", 7, "/tools/0/description", 7,
          "tools[0].description"},
         {"/tools/0/functionDeclarations/0/parametersJsonSchema", "none", "/tools/0/parameters", "none",
          "tools[0].parameters is no JSON schema"}});
    const auto left = contracts::jsonFaults(judge, kBase);
    const auto ask = [&](const Json& request) { return bench.ask(Json::object(), request); };
    for (const bool tools : {false, true}) {
        auto patient = both(tools).asked;
        patient["first_token_ms"] = 500;
        contracts::neverWrong("gemini", {"model.chat/1 complete: POST /models/{model}:generateContent"},
                              "tests/descriptions/gemini.json (by hand)",
                              {both(tools).asked, ask, contracts::unwell, left, bench.host});
        contracts::neverWrong(
            "gemini", {"model.chat/1 complete, streamed: POST /models/{model}:streamGenerateContent"},
            "tests/descriptions/gemini.json (by hand)", {patient, ask, contracts::unwell, left, bench.host});
    }
}

TEST(Gemini, SendsWhatWasAskedAndNothingElse) {
    Bench bench;
    bench.host.secret("api_key", "k-1");
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
    ASSERT_EQ(bench.ask({{"base_url", "https://models.example/v1beta/"}}).outcome, Outcome::ok);
    const auto sent = bench.host.requests().at(0);
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://models.example/v1beta/models/gemini-2.5-flash:generateContent");
    EXPECT_EQ(headerOf(sent, "x-goog-api-key"), "k-1");
    EXPECT_EQ(sent.url.find("k-1"), std::string::npos) << "a key in an address ends up in logs";
    EXPECT_EQ(sent.body.find("never sent to a vendor"), std::string::npos);
    const auto body = bench.body();
    EXPECT_EQ(body["systemInstruction"]["parts"], (Json{{{"text", "You write."}}}));
    const auto& config = body["generationConfig"];
    EXPECT_EQ(config["maxOutputTokens"], 900);
    EXPECT_EQ(config["seed"], 7);
    EXPECT_EQ(config["thinkingConfig"], (Json{{"thinkingBudget", 0}}));
    EXPECT_EQ(config["responseMimeType"], "application/json");
    EXPECT_EQ(config["responseJsonSchema"]["properties"]["move"],
              (Json{{"anyOf", {{{"type", "string"}, {"enum", {"book"}}}, {{"type", "null"}}}}}))
        << "an enum has no null in it";
    EXPECT_EQ(bodyOf(Settings::read({{"thinking_budget", 512}}),
                     chatRequest())["generationConfig"]["maxOutputTokens"],
              1412)
        << "thoughts come out of the same tokens";
}

TEST(Gemini, ToolsAndASchemaDoNotGoTogether) {
    const auto body = bodyOf(Settings::read({}), chatRequest());
    EXPECT_FALSE(body["generationConfig"].contains("responseMimeType"));
    EXPECT_NE(body["systemInstruction"]["parts"].back()["text"].get<std::string>().find("\"reply\""),
              std::string::npos);
    EXPECT_EQ(body["tools"][0]["functionDeclarations"][0]["name"], "look_up");
}

TEST(Gemini, TurnsAlternateAndBeginWithTheLead) {
    const auto contents = bodyOf(Settings::read({}), longChatRequest())["contents"];
    ASSERT_EQ(contents.size(), 5u) << contents;
    for (std::size_t i = 0; i < contents.size(); ++i)
        EXPECT_EQ(contents[i]["role"], i % 2 == 0 ? "user" : "model");
    EXPECT_EQ(contents[3]["parts"][0]["functionCall"]["args"], (Json{{"what", "roofs"}}));
    EXPECT_EQ(contents[4]["parts"][0]["functionResponse"]["name"], "look_up");
}

TEST(Gemini, RefusesWhatTheVendorWouldRefuse) {
    Bench bench;
    EXPECT_THROW(bench.ask({{"model", "gemini?key=x"}}), sdk::Refused);
    EXPECT_THROW(bench.ask(Json::object(), {{"messages", Json::array()}}), sdk::Refused);
    EXPECT_TRUE(bench.host.requests().empty());
    EXPECT_THROW(Settings::read({{"base_url", "ftp://x"}}), sdk::Refused);
}

TEST(Gemini, ReadsAnswerUsageAndCost) {
    Bench bench;
    bench.host.answer(200, saying(R"({"reply":"Hi"})").dump());
    auto read = bench.ask();
    EXPECT_EQ(read.document["json"], (Json{{"reply", "Hi"}}));
    EXPECT_EQ(read.document["finish"], "stop");
    EXPECT_EQ(read.document["usage"]["output_tokens"], 100) << "thoughts are output";
    EXPECT_EQ(read.document["usage"]["cost_micros"], 550) << "1000 * 0.3 + 100 * 2.5 micro-USD";

    auto cached = saying("{}");
    cached["usageMetadata"]["cachedContentTokenCount"] = 900;
    cached["usageMetadata"]["toolUsePromptTokenCount"] = 100;
    bench.host.answer(200, cached.dump());
    read = bench.ask();
    EXPECT_EQ(read.document["usage"]["input_tokens"], 1100);
    EXPECT_EQ(read.document["usage"]["cost_micros"], 27 + 60 + 250) << "900 at 0.03, 200 at 0.3";

    auto longer = saying("{}");
    longer["modelVersion"] = "gemini-2.5-pro";
    longer["usageMetadata"]["promptTokenCount"] = 300000;
    bench.host.answer(200, longer.dump());
    EXPECT_EQ(bench.ask().document["usage"]["cost_micros"], 751500) << "above 200,000 tokens all cost more";
    longer["modelVersion"] = "gemini-9";
    bench.host.answer(200, longer.dump());
    EXPECT_EQ(bench.ask().document["usage"]["unpriced"], true);
}

TEST(Gemini, EstimatesTheMostACallCanCost) {
    FakeHost host;
    const auto most = [&](const Json& settings) {
        ChatModel model(sdk::Host(host.table()), settings);
        return model.estimate(chatRequest(), {1000});
    };
    const auto plain = most({}).document["cost_micros"].get<int>();
    EXPECT_GE(plain, 900 * 2.5);
    EXPECT_LT(plain, 900 * 2.5 + 300);
    EXPECT_GE(most({{"thinking_budget", 1000}}).document["cost_micros"].get<int>(), plain + 2500);
    EXPECT_EQ(most({{"model", "gemini-9"}}).outcome, Outcome::unsupported);
    EXPECT_TRUE(host.requests().empty());
}

TEST(Gemini, RefusalsCutAnswersAndToolCallsAreTold) {
    Bench bench;
    for (const char* reason :
         {"SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "LANGUAGE"}) {
        auto filtered = saying("half", reason);
        filtered["candidates"][0].erase("content");
        bench.host.answer(200, filtered.dump());
        const auto read = bench.ask();
        EXPECT_EQ(read.document["finish"], "refusal") << reason;
        EXPECT_NE(read.document["refusal"].get<std::string>().find(reason), std::string::npos);
    }
    bench.host.answer(200, Json{{"promptFeedback", {{"blockReason", "SAFETY"}}},
                                {"usageMetadata", {{"promptTokenCount", 10}}},
                                {"modelVersion", "gemini-2.5-flash"}}
                               .dump());
    auto read = bench.ask();
    EXPECT_EQ(read.document["finish"], "refusal") << "the request itself was stopped";
    EXPECT_EQ(read.document["usage"]["cost_micros"], 3);
    auto cut = saying("{\"reply\":\"Hel", "MAX_TOKENS");
    bench.host.answer(200, cut.dump());
    EXPECT_EQ(bench.ask().document["finish"], "length");
    cut["candidates"][0].erase("content");
    bench.host.answer(200, cut.dump());
    EXPECT_EQ(bench.ask().document["finish"], "length") << "thoughts took all the tokens";
    bench.host.answer(200, answer({{{"text", "hm"}, {"thought", true}},
                                   {{"functionCall", {{"name", "look_up"}, {"args", {{"a", 1}}}}}},
                                   {{"functionCall", {{"name", "look_up"}, {"id", "x9"}}}}})
                               .dump());
    read = bench.ask();
    EXPECT_EQ(read.document["finish"], "tool");
    EXPECT_EQ(read.document["content"], "") << "thoughts are no answer";
    EXPECT_EQ(read.document["tool_calls"],
              (Json{{{"id", "call-1"}, {"name", "look_up"}, {"arguments", {{"a", 1}}}},
                    {{"id", "x9"}, {"name", "look_up"}, {"arguments", Json::object()}}}));
}

TEST(Gemini, EveryFailureHasItsOutcome) {
    struct Row {
        int status;
        std::string body;
        Outcome outcome;
    };
    const Row rows[] = {
        {400, errorOf(400, "INVALID_ARGUMENT", errorInfo("API_KEY_INVALID")), Outcome::auth},
        {400, errorOf(400, "FAILED_PRECONDITION", Json::array(), "User location is not supported"),
         Outcome::auth},
        {400, errorOf(400, "INVALID_ARGUMENT", Json::array(), "The input token count (2000000) exceeds"),
         Outcome::invalid},
        {400, errorOf(400, "INVALID_ARGUMENT", Json::array(), "contents: Asha"), Outcome::invalid},
        {401, errorOf(401, "UNAUTHENTICATED"), Outcome::auth},
        {403, errorOf(403, "PERMISSION_DENIED", errorInfo("SERVICE_DISABLED")), Outcome::auth},
        {404, errorOf(404, "NOT_FOUND"), Outcome::invalid},
        {429, errorOf(429, "RESOURCE_EXHAUSTED", retryInfo("7s")), Outcome::limited},
        {500, errorOf(500, "INTERNAL"), Outcome::transient},
        {503, errorOf(503, "UNAVAILABLE", Json::array(), "The model is overloaded"), Outcome::transient},
        {504, errorOf(504, "DEADLINE_EXCEEDED"), Outcome::transient},
        {502, "<html>bad gateway</html>", Outcome::transient},
        {302, "", Outcome::transient},
        {200, "<html>busy</html>", Outcome::unknown},
        {200, R"({"candidates":[{"content":{"parts":[{"text":"tru)", Outcome::unknown},
        {200, "{}", Outcome::unknown},
        {200, R"({"candidates":[]})", Outcome::unknown},
        {200, R"({"candidates":[7]})", Outcome::unknown},
        {200, saying("").dump(), Outcome::unknown},
        {200, saying("x", "MALFORMED_FUNCTION_CALL").dump(), Outcome::unknown},
        {200, saying("x", "OTHER").dump(), Outcome::unknown},
        {200, errorOf(429, "RESOURCE_EXHAUSTED", retryInfo("7s")), Outcome::limited}};
    for (const auto& row : rows) {
        Bench bench;
        bench.host.answer(row.status, row.body);
        const auto read = bench.ask();
        EXPECT_EQ(read.outcome, row.outcome) << row.status << " " << row.body << ": " << read.message;
        EXPECT_FALSE(read.message.empty());
        EXPECT_EQ(read.message.find("Asha"), std::string::npos) << "what people wrote stays out";
        EXPECT_EQ(bench.host.requests().size(), 1u);
        if (row.outcome == Outcome::limited) {
            EXPECT_EQ(read.retryAfterMs, 7000) << "as the body says";
        }
    }
    Bench lost, refused, odd;
    lost.host.failUnknown();
    EXPECT_EQ(lost.ask().outcome, Outcome::unknown) << "it may have to be paid";
    refused.host.failNotSent();
    EXPECT_EQ(refused.ask().outcome, Outcome::transient);
    odd.host.answer(429, errorOf(429, "RESOURCE_EXHAUSTED", retryInfo("soon")), {{"Retry-After", "3"}});
    EXPECT_EQ(odd.ask().retryAfterMs, 3000);
}

TEST(Gemini, GivesWayToModelsThatRefuseASchemaThoughtsOrASeed) {
    FakeHost host;
    ChatModel model(sdk::Host(host.table()), {{"model", "gemini-2.5-pro"}});
    host.answer(400, errorOf(400, "INVALID_ARGUMENT", Json::array(),
                             "Budget 0 is invalid. This model only works in thinking mode."));
    host.answer(400, errorOf(400, "INVALID_ARGUMENT", Json::array(),
                             "Unknown name \"responseJsonSchema\" at 'generation_config'"));
    host.answer(400, errorOf(400, "INVALID_ARGUMENT", Json::array(), "seed is not supported"));
    host.answer(200, saying("```json\n{\"reply\":\"Hi\"}\n```").dump());
    const auto read = model.complete(toolless(), {10000});
    ASSERT_EQ(read.outcome, Outcome::ok) << read.message;
    EXPECT_EQ(read.document["json"], (Json{{"reply", "Hi"}}));
    const auto config = Json::parse(host.requests().at(3).body)["generationConfig"];
    EXPECT_EQ(config, (Json{{"maxOutputTokens", 4996}, {"temperature", 0.4}}))
        << "room for thoughts that cannot be helped";
    host.answer(200, saying("{}").dump());
    model.complete(toolless(), {10000});
    EXPECT_EQ(host.requests().size(), 5u) << "what the model refused is remembered";
}

struct StreamBench : Bench {
    sdk::Answer ask(const std::vector<Json>& all) {
        std::string body;
        for (const auto& piece : all) body += "data: " + piece.dump() + "\r\n\r\n";
        host.answer(200, body, {{"Content-Type", "text/event-stream"}});
        return ask();
    }
    sdk::Answer ask() {
        auto asked = toolless();
        asked["first_token_ms"] = 500;
        return Bench::ask(Json::object(), asked);
    }
};

Json piece(const std::string& text, const Json& reason = nullptr) {
    return {{"candidates", candidates(Json::array({{{"text", text}}}), reason)},
            {"modelVersion", "gemini-2.5-flash"}};
}

TEST(GeminiStream, APatientCallIsTheSameAnswerInPieces) {
    StreamBench bench;
    auto last = saying("");
    last["candidates"][0]["content"]["parts"] = Json::array({{{"text", ""}}});
    const auto read = bench.ask({piece("{\"reply\":"), piece("\"नमस्ते\"}"), last});
    ASSERT_EQ(read.outcome, Outcome::ok) << read.message;
    EXPECT_EQ(read.document["json"], (Json{{"reply", "नमस्ते"}}));
    EXPECT_EQ(read.document["usage"]["cost_micros"], 550);
    const auto sent = bench.host.requests()[0];
    EXPECT_EQ(sent.url, std::string(kBase) + "/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    EXPECT_EQ(sent.patienceMs, 500);
    EXPECT_THAT(openapi::Judge(description()).requestFaults("post", pathAfter(kBase, sent.url), bench.body()),
                ::testing::IsEmpty());
    contracts::accepted("gemini",
                        "model.chat/1 complete, streamed: POST /models/{model}:streamGenerateContent",
                        "tests/descriptions/gemini.json (by hand)");
}

TEST(GeminiStream, GivesItsTextInPieces) {
    StreamBench bench;
    std::string got;
    bench.pieces = [&](std::string_view piece) {
        got += piece;
        return true;
    };
    auto thought = piece("hm");
    thought["candidates"][0]["content"]["parts"][0]["thought"] = true;
    const auto whole = bench.ask({thought, piece("{\"reply\":"), piece("\"नमस्ते\"}"), saying("")});
    ASSERT_EQ(whole.outcome, Outcome::ok) << whole.message;
    EXPECT_EQ(got, "{\"reply\":\"नमस्ते\"}");
    EXPECT_EQ(got, whole.document["content"]);
}

TEST(GeminiStream, NothingUsefulInTimeIsLate) {
    StreamBench bench;
    bench.host.stall();
    EXPECT_EQ(bench.ask().code, "late");
    auto thought = piece("hm");
    thought["candidates"][0]["content"]["parts"][0]["thought"] = true;
    bench.host.stall({"data: " + thought.dump() + "\n\n", "data: " + piece("").dump() + "\n\n"});
    EXPECT_EQ(bench.ask().code, "late") << "thoughts are nothing to send";
    bench.host.stall({"data: " + piece("{").dump() + "\n\n"});
    const auto read = bench.ask();
    EXPECT_EQ(read.outcome, Outcome::unknown) << "it had begun to answer";
    EXPECT_NE(read.code, "late");
}

TEST(GeminiStream, RefusalsErrorsAndEndsArePutTogether) {
    StreamBench bench;
    EXPECT_EQ(bench.ask({piece("{\"rep"), piece("", "SAFETY")}).document["finish"], "refusal");
    EXPECT_EQ(bench.ask({piece("{\"rep"), piece("", "MAX_TOKENS")}).document["finish"], "length");
    EXPECT_EQ(bench.ask({{{"promptFeedback", {{"blockReason", "BLOCKLIST"}}}}}).document["finish"],
              "refusal");
    const auto overloaded = Json::parse(errorOf(503, "UNAVAILABLE", Json::array(), "Asha Example, 555-0100"));
    auto read = bench.ask({piece("{\"rep"), overloaded});
    EXPECT_EQ(read.outcome, Outcome::transient);
    EXPECT_EQ(read.code, "UNAVAILABLE");
    EXPECT_EQ(read.message.find("Asha"), std::string::npos);
    EXPECT_EQ(bench.ask({piece("{\"rep")}).outcome, Outcome::unknown) << "cut off: it may have to be paid";
    bench.host.answer(429, errorOf(429, "RESOURCE_EXHAUSTED", retryInfo("1.5s")));
    EXPECT_EQ(bench.ask().retryAfterMs, 1500);
}

Json vectors(std::size_t count, std::size_t length = 2) {
    Json out{{"embeddings", Json::array()}};
    for (std::size_t i = 0; i < count; ++i)
        out["embeddings"].push_back({{"values", std::vector<double>(length, 0.5 + static_cast<double>(i))}});
    return out;
}

struct EmbedBench {
    FakeHost host;
    sdk::Answer ask(Json texts, const char* purpose = "passage", const Json& settings = Json::object()) {
        TextEmbedder embedder(sdk::Host(host.table()), settings);
        return embedder.embed({{"texts", std::move(texts)}, {"purpose", purpose}}, {5000});
    }
};

TEST(GeminiEmbed, AsksAsTheVendorDescribesItAHundredAtATime) {
    EmbedBench bench;
    bench.host.secret("api_key", "k-1");
    auto counted = vectors(100);
    counted["usageMetadata"] = {{"promptTokenCount", 1000}};
    bench.host.answer(200, counted.dump());
    bench.host.answer(200, vectors(20).dump());
    const auto read = bench.ask(std::vector<std::string>(120, "a roof"), "question", {{"dimensions", 2}});
    ASSERT_EQ(read.outcome, Outcome::ok) << read.message;
    EXPECT_EQ(read.document["vectors"].size(), 120u);
    EXPECT_EQ(read.document["vectors"][101][0], 1.5) << "in the order of the texts";
    EXPECT_EQ(read.document["model"], "gemini-embedding-001");
    EXPECT_EQ(read.document["usage"]["cost_micros"], 150);
    const openapi::Judge judge(description());
    ASSERT_EQ(bench.host.requests().size(), 2u);
    for (const auto& sent : bench.host.requests()) {
        EXPECT_THAT(judge.requestFaults("post", pathAfter(kBase, sent.url), Json::parse(sent.body)),
                    ::testing::IsEmpty());
        EXPECT_EQ(headerOf(sent, "x-goog-api-key"), "k-1");
        EXPECT_EQ(Json::parse(sent.body)["requests"][0]["taskType"], "RETRIEVAL_QUERY");
    }
    contracts::accepted("gemini", "model.embed/1 embed: POST /models/{model}:batchEmbedContents",
                        "tests/descriptions/gemini.json (by hand)");
    EXPECT_THAT(judge.faults(vectors(2), "BatchEmbedContentsResponse"), ::testing::IsEmpty());
    const auto right = Json::parse(bench.host.requests()[0].body);
    EXPECT_FALSE(judge
                     .requestFaults("post", "/models/x:batchEmbedContents",
                                    contracts::spoiled(right, "/requests/0/taskType", "SEARCH"))
                     .empty());
    contracts::refused(
        "gemini", {"model.embed/1 embed: POST /models/{model}:batchEmbedContents"},
        "tests/descriptions/gemini.json (by hand)",
        {right,
         {{"texts", {"a roof", "a dog"}}},
         [&](const Json& body) { return judge.requestFaults("post", "/models/x:batchEmbedContents", body); },
         [&](const Json& request) { return bench.ask(request.value("texts", Json())); },
         bench.host},
        {{"/requests", nullptr, "/texts", nullptr, "texts has to be a list"},
         {"/requests", Json::array(), "/texts", Json::array(), "texts has to be a list"},
         {"/requests/1/content/parts/0/text", 7, "/texts/1", 7, "texts[1] has to be a text"},
         {"/requests/1/content/parts/0/text", "", "/texts/1", "", "texts[1] has to be a text"}});
    contracts::neverWrong("gemini", {"model.embed/1 embed: POST /models/{model}:batchEmbedContents"},
                          "tests/descriptions/gemini.json (by hand)",
                          {{{"texts", {"a roof", "a dog"}}},
                           [&](const Json& request) { return bench.ask(request.value("texts", Json())); },
                           contracts::unwell,
                           contracts::jsonFaults(judge, kBase),
                           bench.host});
}

TEST(GeminiEmbed, WhatIsNotOneVectorForEachTextIsRefused) {
    auto uneven = vectors(1);
    uneven["embeddings"].push_back({{"values", {1}}});
    auto wordy = vectors(2);
    wordy["embeddings"][1]["values"][0] = "x";
    for (const auto& document :
         {vectors(1), vectors(3), vectors(2, 0), uneven, wordy, Json{{"embeddings", 7}}, Json::array()}) {
        EmbedBench bench;
        bench.host.answer(200, document.dump());
        EXPECT_EQ(bench.ask({"a", "b"}).outcome, Outcome::transient) << document;
    }
    EmbedBench untold, refused;
    untold.host.answer(200, vectors(1).dump());
    EXPECT_EQ(untold.ask({"a"}).document["usage"]["unpriced"], true) << "the vendor told no tokens";
    refused.host.answer(400, errorOf(400, "INVALID_ARGUMENT", errorInfo("API_KEY_INVALID")));
    EXPECT_EQ(refused.ask({"a"}).outcome, Outcome::auth);
}

TEST(Gemini, GarbageNeverCrashesAndIsNeverAnAnswerWithoutText) {
    Random random(20261122);
    const auto settings = Settings::read({});
    const auto good = answer({{{"text", R"({"reply":"Hi"})"}},
                              {{"functionCall", {{"name", "look_up"}, {"args", {{"a", 1}}}}}}})
                          .dump();
    const auto error = errorOf(429, "RESOURCE_EXHAUSTED", retryInfo("7s"));
    const auto stream =
        "data: " + piece("{\"reply\":").dump() + "\n\ndata: " + saying("\"Hi\"}").dump() + "\n\n";
    for (int round = 0; round < 4000; ++round) {
        const auto status = random.chance(0.8) ? 200 : static_cast<int>(random.below(600));
        const auto body = testing::damaged(random.chance(0.8) ? good : error, random);
        EXPECT_TRUE(testing::isSound(readAnswer(settings, testing::answered(status, body)))) << body;
        StreamReader reader;
        const auto pieces = testing::damaged(stream, random);
        reader.take(pieces);
        EXPECT_TRUE(testing::isSound(readAnswer(settings, testing::answered(200, reader.body())))) << pieces;
    }
}

TEST(Gemini, DamagedAnswersNeverCrashTheReader) {
    testing::bearsDamagedAnswers(
        {answer({{{"text", R"({"reply":"Hi"})"}},
                 {{"functionCall", {{"name", "look_up"}, {"args", {{"a", 1}}}}}}})
             .dump(),
         errorOf(429, "RESOURCE_EXHAUSTED", retryInfo("7s")),
         "data: " + piece("{\"reply\":").dump() + "\n\ndata: " + saying("\"Hi\"}").dump() + "\n\n"},
        "text/event-stream", [](FakeHost& host, const Json& request) {
            return ChatModel(sdk::Host(host.table()), Json::object()).complete(request, {10000});
        });
}

}  // namespace
}  // namespace overture::gemini
