// OpenAI's realtime conversation, with its other end played by the test.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "contracts.hpp"
#include "damage.hpp"
#include "openai-speech/converser.hpp"
#include "openapi.hpp"
#include "overture/bytes.hpp"
#include "speech.hpp"

namespace overture::testing {
namespace {

using Strings = std::vector<std::string>;

const Json kAsked{{"language", "en-US"}, {"encoding", "mulaw"}, {"rate", 8000},
                  {"patience_ms", 700},  {"voice", "marin"},    {"speed", 1.1}};
const Json kSchema{{"name", "answer"},
                   {"schema",
                    {{"type", "object"},
                     {"properties",
                      {{"move", {{"type", "string"}}},
                       {"sentiment", {{"type", "string"}}},
                       {"the_reply", {{"type", "string"}}}}},
                     {"required", {"move", "sentiment", "the_reply"}},
                     {"additionalProperties", false}}}};
const Json kQuestion{{"purpose", "csr"},
                     {"messages",
                      {{{"role", "system"}, {"content", "You sell roofs."}},
                       {{"role", "assistant"}, {"content", "Hi Asha."}},
                       {{"role", "user"}, {"content", "The lead wrote: how much?"}}}},
                     {"schema", kSchema},
                     {"max_tokens", 700},
                     {"aloud", "the_reply"}};

std::string event(const std::string& type, Json more) {
    more.update({{"type", type}, {"event_id", "event_1"}});
    return more.dump();
}
Json usage(int text, int sound, int textOut, int soundOut, int cached = 0) {
    return {{"total_tokens", text + sound + textOut + soundOut},
            {"input_tokens", text + sound},
            {"output_tokens", textOut + soundOut},
            {"input_token_details",
             {{"text_tokens", text},
              {"audio_tokens", sound},
              {"cached_tokens", cached},
              {"cached_tokens_details", {{"text_tokens", cached}, {"audio_tokens", 0}}}}},
            {"output_token_details", {{"text_tokens", textOut}, {"audio_tokens", soundOut}}}};
}
std::string created(const std::string& id, const std::string& tag) {
    return event("response.created", {{"response",
                                       {{"id", id},
                                        {"object", "realtime.response"},
                                        {"status", "in_progress"},
                                        {"output", Json::array()},
                                        {"metadata", {{"answer", tag}}}}}});
}
std::string done(const std::string& id, const std::string& status, Json counted, Json details = nullptr) {
    Json response{{"id", id}, {"object", "realtime.response"}, {"status", status}, {"output", Json::array()}};
    if (!counted.is_null()) response["usage"] = std::move(counted);
    if (!details.is_null()) response["status_details"] = std::move(details);
    return event("response.done", {{"response", std::move(response)}});
}
std::string part(const std::string& type, const std::string& id, Json more) {
    more.update({{"response_id", id}, {"item_id", "item_" + id}, {"output_index", 0}});
    return event("response." + type, std::move(more));
}
std::string words(const std::string& id, const std::string& delta) {
    return part("output_audio_transcript.delta", id, {{"content_index", 0}, {"delta", delta}});
}
std::string sound(const std::string& id, const std::string& bytes) {
    return part("output_audio.delta", id, {{"content_index", 0}, {"delta", sdk::toBase64(bytes)}});
}
std::string meaning(const std::string& id, const std::string& arguments) {
    return part("function_call_arguments.done", id,
                {{"call_id", "call_1"}, {"name", "understood"}, {"arguments", arguments}});
}

class OpenAiConverseTest : public ::testing::Test {
protected:
    OpenAiConverseTest() {
        host.secret("api_key", "k3y");
        plugin.emplace(speechEntry(made), host, Json::object());
    }
    static sdk::Opened made(sdk::Host host, const Json& settings) {
        sdk::Opened opened;
        opened.converser = std::make_shared<openai_speech::RealtimeConverser>(host, settings);
        return opened;
    }
    void listen(const Json& asked = kAsked) {
        listening.reset();
        const auto answer = plugin->converse(asked, listening);
        ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
        socket().open();
    }
    FakeSocket& socket() { return *host.sockets().back(); }
    /// They said something, and it was understood.
    void hear(const std::string& item, const std::string& text) {
        socket().say(event("input_audio_buffer.speech_started", {{"item_id", item}, {"audio_start_ms", 0}}));
        socket().say(event("input_audio_buffer.speech_stopped", {{"item_id", item}, {"audio_end_ms", 900}}));
        socket().say(
            event("input_audio_buffer.committed", {{"item_id", item}, {"previous_item_id", nullptr}}));
        socket().say(event("conversation.item.input_audio_transcription.completed",
                           {{"item_id", item}, {"content_index", 0}, {"transcript", text}}));
    }
    /// The answer is asked for elsewhere; returns the two requests for responses, the meaning's first.
    std::vector<Json> ask(const Json& question = kQuestion, std::int64_t deadlineMs = 10000) {
        content.clear(), heard.clear();
        answering = std::async(std::launch::async, [this, question, deadlineMs] {
            return plugin->answer(
                *listening, question,
                [this](std::string_view piece) {
                    content += piece;
                    return content.find(enough) == std::string::npos;
                },
                [this](std::string_view bytes) {
                    heard += bytes;
                    return true;
                },
                deadlineMs);
        });
        return take("response.create", 2);
    }
    /// The next so many messages of this type; others are dropped.
    std::vector<Json> take(const std::string& type, std::size_t count) {
        std::vector<Json> found;
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (found.size() < count && std::chrono::steady_clock::now() < until) {
            for (const auto& message : socket().sent()) {
                auto document = Json::parse(message.bytes);
                if (document["type"] == type) found.push_back(std::move(document));
            }
            std::this_thread::yield();
        }
        EXPECT_EQ(found.size(), count) << type;
        found.resize(count, Json::object());
        return found;
    }
    /// Both responses have begun.
    void begin(const std::vector<Json>& asked) {
        socket().say(created("r1", asked[0]["response"]["metadata"]["answer"]));
        socket().say(created("r2", asked[1]["response"]["metadata"]["answer"]));
    }
    void understand() {
        socket().say(meaning("r1", R"({"move":"price","sentiment":"positive"})"));
        socket().say(done("r1", "completed", usage(1000, 50, 20, 0, 900)));
    }

    FakeHost host;
    std::optional<Plugin> plugin;
    std::unique_ptr<FakeListening> listening;
    std::future<Answer> answering;
    std::string content, heard, enough = "\x01";
};

TEST_F(OpenAiConverseTest, ASessionHearsAndSaysNothingByItself) {
    listen();
    EXPECT_EQ(socket().url, "wss://api.openai.com/v1/realtime?model=gpt-realtime");
    const auto session = take("session.update", 1)[0]["session"];
    EXPECT_EQ(session["type"], "realtime");
    EXPECT_EQ(session["audio"]["output"],
              (Json{{"format", {{"type", "audio/pcmu"}}}, {"voice", "marin"}, {"speed", 1.1}}));
    const auto detection = session["audio"]["input"]["turn_detection"];
    EXPECT_EQ(detection["create_response"], false);
    EXPECT_EQ(detection["interrupt_response"], false);
    EXPECT_EQ(detection["silence_duration_ms"], 700);
    hear("i1", "How much?");
    EXPECT_EQ(listening->finals(), "How much?");
    for (const auto& message : socket().sent())
        EXPECT_EQ(message.bytes.find("response.create"), std::string::npos) << "it is not asked to answer";
}

TEST_F(OpenAiConverseTest, AnAnswerIsWhatWasUnderstoodThenWhatIsSaid) {
    listen();
    hear("i1", "How much?");
    const auto asked = ask();
    const auto &first = asked[0]["response"], &second = asked[1]["response"];
    EXPECT_EQ(first["output_modalities"], Json::array({"text"}));
    EXPECT_EQ(first["tool_choice"], (Json{{"type", "function"}, {"name", "understood"}}));
    EXPECT_EQ(first["tools"][0]["parameters"]["required"], Json::array({"move", "sentiment"}));
    EXPECT_FALSE(first["tools"][0]["parameters"]["properties"].contains("the_reply"));
    EXPECT_EQ(first["max_output_tokens"], 700);
    EXPECT_EQ(second["output_modalities"], Json::array({"audio"}));
    for (const auto* response : {&first, &second}) {
        EXPECT_EQ((*response)["conversation"], "none") << "what it knows is what the engine tells it";
        EXPECT_TRUE((*response)["instructions"].get<std::string>().starts_with("You sell roofs."));
        const auto& input = (*response)["input"];
        ASSERT_EQ(input.size(), 4u);
        EXPECT_EQ(input[0]["content"][0], (Json{{"type", "output_text"}, {"text", "Hi Asha."}}));
        EXPECT_EQ(input[3], (Json{{"type", "item_reference"}, {"id", "i1"}})) << "their sound itself";
    }
    begin(asked);
    socket().say(words("r2", "It is \"fair\"."));
    socket().say(sound("r2", std::string(800, 'a')));
    understand();
    socket().say(words("r2", " Shall we?\n"));
    socket().say(sound("r2", std::string(800, 'b')));
    socket().say(done("r2", "completed", usage(1000, 50, 10, 100)));
    const auto answer = answering.get();
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(content,
              R"({"move":"price","sentiment":"positive","the_reply":"It is \"fair\". Shall we?\n"})");
    EXPECT_EQ(Json::parse(content), answer.document["json"]);
    EXPECT_EQ(heard, std::string(800, 'a') + std::string(800, 'b'));
    EXPECT_EQ(answer.document["finish"], "stop");
    EXPECT_EQ(answer.document["model"], "gpt-realtime");
    // 100 fresh and 900 cached, then 1000 fresh, at 4 and 0.4; 100 of sound in at 32; 30 out at 16; 100 of sound at 64.
    EXPECT_EQ(answer.document["usage"]["cost_micros"], 400 + 360 + 4000 + 3200 + 480 + 6400);
    EXPECT_FALSE(answer.document["usage"].contains("unpriced"));
    EXPECT_EQ(ask()[0]["response"]["input"].size(), 2u) << "what was answered is not said again";
    socket().end(OVERTURE_WEBSOCKET_LOST);
    EXPECT_EQ(answering.get().outcome, Outcome::unknown);
}

TEST_F(OpenAiConverseTest, WhoHeardEnoughStopsIt) {
    listen();
    hear("i1", "How much?");
    const auto asked = ask();
    enough = "fair";
    begin(asked);
    understand();
    socket().say(words("r2", "It is fair"));
    const auto answer = answering.get();
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["finish"], "stopped");
    EXPECT_TRUE(answer.document["json"].is_null());
    EXPECT_EQ(answer.document["usage"]["unpriced"], true);
    const auto cancelled = take("response.cancel", 1)[0];
    EXPECT_EQ(cancelled["response_id"], "r2") << "the other had ended";
    enough = "\x01";
    const auto next = ask();
    socket().say(words("r2", " and late"));
    socket().say(sound("r2", "late"));
    begin(next);
    socket().say(created("r9", "answer-77-voice"));
    socket().say(words("r9", "of another"));
    understand();
    socket().say(done("r2", "completed", usage(1, 1, 1, 1)));
    EXPECT_EQ(answering.get().document["json"]["the_reply"], "") << "what came too late belongs to nobody";
    EXPECT_EQ(heard, "");
}

TEST_F(OpenAiConverseTest, WhatGoesWrongIsWhatItIs) {
    const std::vector<std::tuple<std::string, Outcome, std::string>> ways{
        {done("r2", "failed", nullptr,
              {{"type", "failed"}, {"error", {{"type", "x"}, {"code", "insufficient_quota"}}}}),
         Outcome::auth, "insufficient_quota"},
        {done("r2", "failed", nullptr, {{"type", "failed"}, {"error", {{"code", "rate_limit_exceeded"}}}}),
         Outcome::limited, "rate_limit_exceeded"},
        {done("r2", "failed", nullptr, {{"type", "failed"}, {"error", {{"code", "server_error"}}}}),
         Outcome::unknown, "server_error"},
        {done("r2", "incomplete", nullptr, {{"type", "incomplete"}, {"reason", "content_filter"}}),
         Outcome::rejected, "content_filter"},
        {done("r2", "incomplete", nullptr, {{"type", "incomplete"}, {"reason", "max_output_tokens"}}),
         Outcome::unknown, "max_output_tokens"},
        {meaning("r1", "{"), Outcome::unknown, "no_meaning"},
        {done("r1", "completed", nullptr), Outcome::unknown, "no_meaning"}};
    for (const auto& [message, outcome, code] : ways) {
        listen();
        hear("i1", "How much?");
        begin(ask());
        socket().say(message);
        const auto answer = answering.get();
        EXPECT_EQ(answer.outcome, outcome) << message;
        EXPECT_EQ(answer.code, code);
        EXPECT_FALSE(listening->ended()) << "the call goes on, with another model";
        EXPECT_EQ(ask()[0]["response"]["input"].size(), 5u - 1) << "their words were not answered yet";
        socket().end(OVERTURE_WEBSOCKET_LOST);
        answering.get();
    }
    listen();
    for (const auto& [type, outcome] : {std::pair("server_error", Outcome::transient),
                                        std::pair("invalid_request_error", Outcome::invalid)}) {
        const auto asked = ask();
        socket().say(event(
            "error",
            {{"error",
              {{"type", type}, {"code", "oops"}, {"message", "k3y"}, {"event_id", asked[1]["event_id"]}}}}));
        const auto answer = answering.get();
        EXPECT_EQ(answer.outcome, outcome);
        EXPECT_EQ(answer.message.find("k3y"), std::string::npos);
    }
}

TEST_F(OpenAiConverseTest, NothingInTimeIsLateAndALineThatIsNotOpenSaysSo) {
    listen();
    auto hasty = kQuestion;
    hasty["first_token_ms"] = 50;
    begin(ask(hasty));
    auto answer = answering.get();
    EXPECT_EQ(answer.outcome, Outcome::transient);
    EXPECT_EQ(answer.code, "late");
    EXPECT_EQ(take("response.cancel", 2).size(), 2u);
    begin(ask(hasty, 300));
    understand();
    answer = answering.get();
    EXPECT_EQ(answer.outcome, Outcome::unknown) << "something had come: it must be paid";
    EXPECT_EQ(answer.code, "late");
    listening.reset();
    ASSERT_EQ(plugin->converse(kAsked, listening).outcome, Outcome::ok);
    answer = plugin->answer(
        *listening, kQuestion, [](std::string_view) { return true; }, [](std::string_view) { return true; });
    EXPECT_EQ(answer.outcome, Outcome::transient);
    EXPECT_EQ(answer.code, "not_open");
}

TEST_F(OpenAiConverseTest, AnotherFormIsMadeOfTheirs) {
    auto asked = kAsked;
    asked.update({{"encoding", "pcm16"}, {"rate", 16000}});
    listen(asked);
    begin(ask());
    understand();
    socket().say(sound("r2", std::string(47'999, '\0')));
    socket().say(sound("r2", std::string(1, '\0')));
    socket().say(done("r2", "completed", usage(1, 1, 1, 1)));
    EXPECT_EQ(answering.get().outcome, Outcome::ok);
    EXPECT_NEAR(static_cast<double>(heard.size()), 32'000, 400) << "a second of it";
}

TEST_F(OpenAiConverseTest, AnEstimateIsNoLessThanWhatItCosts) {
    const auto answer = plugin->call("speech.converse/1", "estimate", kQuestion);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    // 2 responses with 1200 tokens of sound in, 700 of words and 2048 of sound out, and their words in.
    EXPECT_GT(answer.document["cost_micros"].get<std::int64_t>(), 2 * 1200 * 32 + 700 * 16 + 2048 * 64);
    EXPECT_LT(answer.document["cost_micros"].get<std::int64_t>(),
              2 * 1200 * 32 + 700 * 16 + 2048 * 64 + 10'000);
}

TEST_F(OpenAiConverseTest, ItsOwnDescriptionAcceptsWhatIsSaidToIt) {
    OVERTURE_CONTRACT(described, "openai-realtime.json");
    const openapi::Judge judge(described);
    const Strings none;
    listen();
    const auto session = take("session.update", 1)[0];
    EXPECT_EQ(judge.faults(session, "RealtimeClientEvent"), none) << session;
    EXPECT_EQ(judge.faults(session["session"], "RealtimeSessionCreateRequestGA"), none) << session;
    hear("i1", "How much?");
    auto asked = ask();
    begin(asked);
    for (auto& one : asked) {
        auto& input = one["response"]["input"];
        EXPECT_EQ(input.back()["type"], "item_reference")
            << "its description names these, and has no schema for one";
        input.erase(input.size() - 1);
        EXPECT_EQ(judge.faults(one, "RealtimeClientEvent"), none) << one;
        EXPECT_EQ(judge.faults(one["response"], "RealtimeResponseCreateParams"), none) << one;
    }
    enough = "move";
    socket().say(meaning("r1", R"({"move":"price","sentiment":"positive"})"));
    answering.get();
    for (const auto& cancel : take("response.cancel", 2))
        EXPECT_EQ(judge.faults(cancel, "RealtimeClientEvent"), none) << cancel;
    const std::map<std::string, std::string> theirs{
        {created("r1", "t"), "ResponseCreated"},
        {done("r1", "completed", usage(1, 1, 1, 1)), "ResponseDone"},
        {words("r1", "a"), "ResponseAudioTranscriptDelta"},
        {sound("r1", "a"), "ResponseAudioDelta"},
        {meaning("r1", "{}"), "ResponseFunctionCallArgumentsDone"}};
    for (const auto& [message, name] : theirs)
        EXPECT_EQ(judge.faults(Json::parse(message), "RealtimeServerEvent" + name), none)
            << "and what this test says for it is what it says: " << message;
    contracts::accepted("openai-speech", "converse", "openai-realtime.json");
}

/// Whatever the engine asks: it is refused with a sentence, or the vendor's description has all that is sent.
TEST_F(OpenAiConverseTest, NothingIsAskedForThatItsDescriptionRefuses) {
    OVERTURE_CONTRACT(described, "openai-realtime.json");
    const openapi::Judge judge(described);
    const std::vector<Json> strangers{nullptr,
                                      true,
                                      -1,
                                      1e300,
                                      "",
                                      "../x\"?y\r\nX",
                                      Json::array(),
                                      Json::object(),
                                      Json::array({1}),
                                      std::string(5000, 'x')};
    std::size_t tried = 0;
    for (const auto& [name, good] : kAsked.items())
        for (const auto& stranger : strangers) {
            auto asked = kAsked;
            asked[name] = stranger;
            const auto before = host.sockets().size();
            listening.reset();
            ++tried;
            const auto answer = plugin->converse(asked, listening);
            if (answer.outcome != Outcome::ok) {
                EXPECT_EQ(answer.outcome, Outcome::invalid) << name << stranger;
                EXPECT_NE(answer.message.find(name), std::string::npos) << answer.message;
                EXPECT_EQ(host.sockets().size(), before);
                continue;
            }
            socket().open();
            const auto session = Json::parse(socket().sent().at(0).bytes)["session"];
            EXPECT_EQ(judge.faults(session, "RealtimeSessionCreateRequestGA"), Strings()) << session;
        }
    listen();
    for (const auto& [name, good] : kQuestion.items())
        for (const auto& stranger : strangers) {
            auto question = kQuestion;
            question[name] = stranger;
            socket().sent();
            ++tried;
            enough = "{";
            auto asked = std::async(std::launch::async, [&] {
                return plugin->answer(
                    *listening, question, [](std::string_view) { return false; },
                    [](std::string_view) { return true; }, 20);
            });
            const auto answer = asked.get();
            if (answer.outcome == Outcome::invalid) {
                EXPECT_NE(answer.message.find(name), std::string::npos) << answer.message;
                EXPECT_TRUE(socket().sent().empty());
                continue;
            }
            for (const auto& message : socket().sent()) {
                const auto document = Json::parse(message.bytes);
                EXPECT_EQ(judge.faults(document, "RealtimeClientEvent"), Strings()) << message.bytes;
            }
        }
    if (HasFailure()) return;
    std::cout << "contract: openai-speech | converse | of " << tried
              << " strange ones none left that openai-realtime.json refuses" << std::endl;
}

TEST_F(OpenAiConverseTest, DamagedMessagesHarmNobody) {
    listen();
    hear("i1", "How much?");
    int round = 0;
    auto asked = ask(kQuestion, 60'000);
    damage::each({created("r1", "answer-1-meaning"), created("r2", "answer-1-voice"), words("r2", "It is"),
                  sound("r2", "abcd"), meaning("r1", R"({"move":"a","sentiment":"b"})"),
                  done("r2", "completed", usage(1, 1, 1, 1)),
                  done("r1", "failed", nullptr, {{"error", {{"code", "x"}}}})},
                 [&](const std::string& message) {
                     if (answering.wait_for(std::chrono::seconds(0)) == std::future_status::ready ||
                         ++round % 100 == 0) {
                         socket().end(OVERTURE_WEBSOCKET_LOST);
                         answering.get();
                         listen();
                         asked = ask(kQuestion, 60'000);
                         begin(asked);
                     }
                     socket().say(message);
                     EXPECT_EQ(listening->breach(), "");
                 });
    socket().end(OVERTURE_WEBSOCKET_LOST);
    answering.get();
}

}  // namespace
}  // namespace overture::testing
