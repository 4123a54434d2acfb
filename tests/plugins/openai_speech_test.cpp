// OpenAI's realtime transcription and its voices, with their other end played by the test.
#include <gtest/gtest.h>

#include "contracts.hpp"
#include "damage.hpp"
#include "mistakes.hpp"
#include "openai-speech/synthesizer.hpp"
#include "openai-speech/transcriber.hpp"
#include "openapi.hpp"
#include "overture/bytes.hpp"
#include "speech.hpp"

namespace overture::testing {
namespace {

const Json kAsked{{"language", "en-US"},
                  {"encoding", "mulaw"},
                  {"rate", 8000},
                  {"patience_ms", 700},
                  {"words", {"Brightroof", "Ada"}}};
const Json kSpeak{{"text", "Café at three"}, {"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}};
const std::vector<std::pair<std::string, std::string>> kPcm{{"Content-Type", "audio/pcm"}};
const std::string kBase = "https://api.openai.com/v1";
const std::string kTranscription = "conversation.item.input_audio_transcription.";

std::string event(const std::string& type, Json more) {
    more.update({{"type", type}, {"event_id", "event_1"}});
    return more.dump();
}
std::string started(const std::string& id, int at) {
    return event("input_audio_buffer.speech_started", {{"item_id", id}, {"audio_start_ms", at}});
}
std::string stopped(const std::string& id, int at) {
    return event("input_audio_buffer.speech_stopped", {{"item_id", id}, {"audio_end_ms", at}});
}
std::string committed(const std::string& id) {
    return event("input_audio_buffer.committed", {{"item_id", id}, {"previous_item_id", nullptr}});
}
std::string delta(const std::string& id, const std::string& text) {
    return event(kTranscription + "delta", {{"item_id", id}, {"content_index", 0}, {"delta", text}});
}
std::string completed(const std::string& id, const std::string& text, Json logprobs = nullptr) {
    return event(
        kTranscription + "completed",
        {{"item_id", id},
         {"content_index", 0},
         {"transcript", text},
         {"logprobs", std::move(logprobs)},
         {"usage", {{"type", "tokens"}, {"total_tokens", 9}, {"input_tokens", 5}, {"output_tokens", 4}}}});
}
std::string failed(const std::string& id, const std::string& code) {
    return event(kTranscription + "failed",
                 {{"item_id", id},
                  {"content_index", 0},
                  {"error", {{"type", "server_error"}, {"code", code}, {"message", "k3y"}}}});
}
std::string error(const std::string& code, const std::string& type = "invalid_request_error",
                  const Json& ours = nullptr) {
    return event(
        "error",
        {{"error",
          {{"type", type}, {"code", code}, {"message", "k3y"}, {"param", nullptr}, {"event_id", ours}}}});
}
Json token(const std::string& text, double logprob) {
    return {{"token", text}, {"logprob", logprob}, {"bytes", Json::array()}};
}

class OpenAiSpeechTest : public ::testing::Test {
protected:
    OpenAiSpeechTest() { open(); }
    void open(const Json& settings = Json::object()) {
        listening.reset();
        plugin.reset();
        host.secret("api_key", "k3y");
        plugin.emplace(speechEntry(made), host, settings);
    }
    static sdk::Opened made(sdk::Host host, const Json& settings) {
        sdk::Opened opened;
        opened.transcriber = std::make_shared<openai_speech::RealtimeTranscriber>(host, settings);
        opened.synthesizer = std::make_shared<openai_speech::SpeechSynthesizer>(host, settings);
        return opened;
    }
    void listen(const Json& asked = kAsked) {
        listening.reset();
        const auto answer = plugin->listen(asked, listening);
        ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
        EXPECT_EQ(answer.document["micros_per_minute"], 6000);
        socket().open();
    }
    FakeSocket& socket() { return *host.sockets().back(); }
    /// The sound that was sent since it was last looked; what else was sent goes to `sent`.
    std::string sound() {
        std::string bytes;
        for (const auto& message : socket().sent()) {
            const auto document = Json::parse(message.bytes);
            if (document["type"] == "input_audio_buffer.append")
                bytes += sdk::fromBase64(document["audio"].get<std::string>()).value();
            else
                sent.push_back(document);
        }
        return bytes;
    }
    std::vector<std::string> heard() {
        std::vector<std::string> out;
        for (const auto& words : listening->words())
            out.push_back(words["kind"].get<std::string>() + " " + words["text"].get<std::string>());
        return out;
    }

    FakeHost host;
    std::optional<Plugin> plugin;
    std::unique_ptr<FakeListening> listening;
    std::vector<Json> sent;
};

using Strings = std::vector<std::string>;

TEST_F(OpenAiSpeechTest, SoundGoesOutAndWordsComeIn) {
    listen();
    EXPECT_EQ(socket().url, "wss://api.openai.com/v1/realtime?intent=transcription");
    EXPECT_EQ(socket().headers,
              (std::vector<std::pair<std::string, std::string>>{{"Authorization", "Bearer k3y"}}));
    feed(*listening, std::string(1600, 'a'));
    EXPECT_EQ(sound(), std::string(1600, 'a'));
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0]["session"]["audio"]["input"],
              (Json{{"format", {{"type", "audio/pcmu"}}},
                    {"transcription",
                     {{"model", "gpt-4o-transcribe"},
                      {"language", "en"},
                      {"prompt", "Words that may come up: Brightroof, Ada"}}},
                    {"turn_detection", {{"type", "server_vad"}, {"silence_duration_ms", 700}}}}));
    socket().say(started("i1", 40));
    socket().say(stopped("i1", 1140));
    socket().say(committed("i1"));
    socket().say(delta("i1", "yes"));
    socket().say(delta("i1", " tomorrow"));
    EXPECT_EQ(heard(), (Strings{"started ", "interim yes", "interim yes tomorrow"}));
    socket().say(completed("i1", "Yes, tomorrow.", {token("Yes", -0.1), token(",", -0.3)}));
    const auto words = listening->words();
    ASSERT_EQ(words.size(), 2u);
    EXPECT_EQ(words[0]["text"], "Yes, tomorrow.");
    EXPECT_NEAR(words[0]["confidence"].get<double>(), std::exp(-0.2), 1e-9) << "of its tokens";
    EXPECT_EQ(words[0]["from_ms"], 40);
    EXPECT_EQ(words[0]["to_ms"], 440) << "without the silence that ended it";
    EXPECT_EQ(words[1]["kind"], "ended_turn");
    socket().say(completed("i1", "Yes, tomorrow."));
    EXPECT_TRUE(heard().empty()) << "a second time";
    EXPECT_EQ(listening->breach(), "");
}

TEST_F(OpenAiSpeechTest, WordsThatComeInAnotherOrderAreSaidInTheCallers) {
    listen();
    for (const auto* id : {"i1", "i2"}) {
        socket().say(started(id, id[1] == '1' ? 0 : 1500));
        socket().say(stopped(id, id[1] == '1' ? 1000 : 2500));
        socket().say(committed(id));
    }
    EXPECT_EQ(heard(), (Strings{"started "})) << "one turn: the words of the first are not there yet";
    socket().say(completed("i2", "at three"));
    EXPECT_TRUE(heard().empty());
    socket().say(completed("i1", "tomorrow"));
    EXPECT_EQ(heard(), (Strings{"final tomorrow", "final at three", "ended_turn "}));
}

TEST_F(OpenAiSpeechTest, OtherFormsBecomeTheirs) {
    auto asked = kAsked;
    asked["encoding"] = "pcm16";
    asked["rate"] = 16000;
    listen(asked);
    const sdk::AudioForm form{false, 16000};
    feed(*listening, silence(1000, form), form);
    EXPECT_NEAR(static_cast<double>(sound().size()), 48'000, 600);
    EXPECT_EQ(sent.at(0)["session"]["audio"]["input"]["format"],
              (Json{{"type", "audio/pcm"}, {"rate", 24000}}));
    sent.clear();
    asked["rate"] = 24000;
    listen(asked);
    feed(*listening, std::string(4800, 'a'), {false, 24000});
    EXPECT_EQ(sound(), std::string(4800, 'a')) << "as it is";
}

TEST_F(OpenAiSpeechTest, SettingsAreWhatTheSessionHas) {
    const auto input = [&](const Json& settings, const Json& asked) {
        open(settings);
        listen(asked);
        sent.clear();
        sound();
        return sent.at(0)["session"]["audio"]["input"];
    };
    auto slow = kAsked;
    slow["patience_ms"] = 2000;
    EXPECT_EQ(input({{"turn_detection", "semantic_vad"}}, slow)["turn_detection"],
              (Json{{"type", "semantic_vad"}, {"eagerness", "low"}}));
    EXPECT_EQ(input({{"noise_reduction", "far_field"}}, kAsked)["noise_reduction"],
              (Json{{"type", "far_field"}}));
    EXPECT_EQ(input({{"listen_model", "gpt-transcribe"}}, kAsked)["transcription"]["keywords"],
              (Json{"Brightroof", "Ada"}));
    EXPECT_EQ(input({{"listen_model", "whisper-1"}}, kAsked)["transcription"]["prompt"], "Brightroof, Ada");
    EXPECT_FALSE(
        input({{"listen_model", "gpt-4o-transcribe-diarize"}}, kAsked)["transcription"].contains("prompt"));
    EXPECT_EQ(input({{"base_url", "http://127.0.0.1:9/v1"}}, kAsked).size(), 3u);
    EXPECT_EQ(socket().url, "ws://127.0.0.1:9/v1/realtime?intent=transcription");
    open({{"listen_model", "gpt-realtime-whisper"}});
    EXPECT_EQ(plugin->listen(kAsked, listening).outcome, Outcome::invalid);
}

TEST_F(OpenAiSpeechTest, TheEndIsAskedForAndWaitedFor) {
    listen();
    feed(*listening, silence(500));
    socket().say(started("i1", 0));
    listening->finish();
    sound();
    EXPECT_EQ(sent.back(), (Json{{"type", "input_audio_buffer.commit"}, {"event_id", "end"}}));
    socket().say(committed("i9"));  // by our commit, in the middle of what was announced as i1
    EXPECT_FALSE(listening->ended());
    socket().say(completed("i9", "last words"));
    ASSERT_TRUE(listening->ended());
    EXPECT_EQ(listening->ended()->outcome, Outcome::ok);
    EXPECT_EQ(listening->finals(), "last words");
    EXPECT_TRUE(socket().closed());

    listen();
    listening->finish();
    EXPECT_FALSE(listening->ended());
    socket().say(error("input_audio_buffer_commit_empty", "invalid_request_error", "end"));
    ASSERT_TRUE(listening->ended());
    EXPECT_EQ(listening->ended()->outcome, Outcome::ok) << "nothing was left";

    listen();
    feed(*listening, silence(500));
    socket().say(started("i1", 0));
    socket().say(stopped("i1", 400));
    listening->finish();
    socket().say(committed("i1"));  // its own, which crossed ours
    socket().say(error("input_audio_buffer_commit_empty"));
    EXPECT_FALSE(listening->ended()) << "i1 is still to come";
    socket().say(completed("i1", "three"));
    EXPECT_EQ(listening->ended()->outcome, Outcome::ok);
}

TEST_F(OpenAiSpeechTest, ABreakLosesNothingAndRepeatsNothing) {
    listen();
    const auto first = std::string(1600, 'a'), second = std::string(1600, 'b');
    feed(*listening, first + second);
    EXPECT_EQ(sound(), first + second);
    socket().say(started("i1", 0));
    socket().say(stopped("i1", 200));
    socket().say(committed("i1"));
    socket().say(completed("i1", "first"));
    socket().say(started("i2", 250));
    socket().end(OVERTURE_WEBSOCKET_LOST);
    ASSERT_EQ(host.sockets().size(), 2u);
    socket().open();
    EXPECT_EQ(sound(), second) << "what was not final is sent again, and nothing else";
    heard();
    socket().say(started("j1", 50));
    EXPECT_EQ(heard(), (Strings{"started "})) << "again: the one before the break may have been noise";
    socket().say(stopped("j1", 200));
    socket().say(committed("j1"));
    socket().say(completed("j1", "second"));
    EXPECT_EQ(listening->finals(), "first second");
    EXPECT_EQ(listening->words().back()["from_ms"], 250) << "times are the stream's";
}

TEST_F(OpenAiSpeechTest, APieceThatFailedIsSentOnceMore) {
    listen();
    feed(*listening, std::string(1600, 'a'));
    const auto fail = [&](const std::string& id) {
        socket().say(started(id, 0));
        socket().say(stopped(id, 200));
        socket().say(committed(id));
        socket().say(failed(id, "oops"));
    };
    fail("i1");
    ASSERT_EQ(host.sockets().size(), 2u);
    sound();
    socket().open();
    EXPECT_EQ(sound(), std::string(1600, 'a'));
    fail("j1");
    EXPECT_EQ(host.sockets().size(), 2u) << "the call goes on without it";
    EXPECT_FALSE(listening->ended());
    EXPECT_EQ(heard(), (Strings{"started ", "started ", "ended_turn "}));
}

TEST_F(OpenAiSpeechTest, RefusalsAreWhatTheyAre) {
    const std::vector<std::pair<std::string, Outcome>> ways{
        {error("invalid_api_key"), Outcome::auth},
        {error("", "authentication_error"), Outcome::auth},
        {error("insufficient_quota"), Outcome::auth},
        {failed("i1", "insufficient_quota"), Outcome::auth},
        {error("model_not_found"), Outcome::invalid},
        {error("invalid_value", "invalid_request_error", "begin"), Outcome::invalid}};
    for (const auto& [message, outcome] : ways) {
        listen();
        socket().say(message);
        ASSERT_TRUE(listening->ended()) << message;
        EXPECT_EQ(listening->ended()->outcome, outcome) << message;
        EXPECT_EQ(listening->ended()->message.find("k3y"), std::string::npos);
    }
    listen();
    socket().say(error("something_else", "server_error"));
    EXPECT_FALSE(listening->ended()) << "the session stays open, the vendor says";
}

TEST_F(OpenAiSpeechTest, WhatEndsASessionBeginsAnotherButNotForEver) {
    for (const auto& [message, outcome] : std::vector<std::pair<std::string, Outcome>>{
             {error("session_expired"), Outcome::transient},
             {error("rate_limit_exceeded", "requests"), Outcome::limited}}) {
        listen();
        std::vector<std::int64_t> delays;
        for (int i = 0; i < 9 && !listening->ended(); ++i) {
            socket().say(event("session.created", {{"session", Json::object()}}));
            socket().say(message);
            delays.push_back(socket().delayMs);
            if (!listening->ended()) socket().open();
        }
        EXPECT_EQ(delays, (std::vector<std::int64_t>{100, 500, 2000, 2000}));
        ASSERT_TRUE(listening->ended());
        EXPECT_EQ(listening->ended()->outcome, outcome);
    }
    listen();
    for (int i = 0; i < 9; ++i) {
        for (int second = 0; second < 10; ++second) socket().tick();
        socket().say(error("session_expired"));
        socket().open();
    }
    EXPECT_FALSE(listening->ended()) << "sessions that held for a while may end as often as they like";
}

TEST_F(OpenAiSpeechTest, DamagedMessagesHarmNobody) {
    listen();
    feed(*listening, silence(1000));
    int round = 0;
    damage::each({started("i1", 0), stopped("i1", 900), committed("i1"), delta("i1", "a b"),
                  completed("i1", "a b c", {token("a", -0.1)}), failed("i1", "oops"),
                  error("session_expired"), error("x", "server_error", "begin")},
                 [&](const std::string& message) {
                     if (++round % 50 == 0 || listening->ended()) listen();
                     socket().say(message);
                     socket().open();
                     EXPECT_EQ(listening->breach(), "");
                 });
}

TEST_F(OpenAiSpeechTest, ItsOwnDescriptionAcceptsWhatIsSaidToIt) {
    OVERTURE_CONTRACT(described, "openai-realtime.json");
    const openapi::Judge judge(described);
    const Strings none;
    for (const Json& settings :
         {Json::object(), Json{{"turn_detection", "semantic_vad"}, {"noise_reduction", "near_field"}},
          Json{{"listen_model", "gpt-transcribe"}}}) {
        open(settings);
        listen();
        feed(*listening, silence(100));
        listening->finish();
        const auto messages = socket().sent();
        EXPECT_EQ(messages.size(), 7u);
        for (const auto& message : messages) {
            const auto document = Json::parse(message.bytes);
            EXPECT_EQ(judge.faults(document, "RealtimeClientEvent"), none) << message.bytes;
            if (document["type"] != "session.update") continue;
            EXPECT_EQ(judge.faults(document["session"], "RealtimeTranscriptionSessionCreateRequestGA"), none);
        }
    }
    const std::map<std::string, std::string> theirs{
        {started("i1", 0), "InputAudioBufferSpeechStarted"},
        {stopped("i1", 0), "InputAudioBufferSpeechStopped"},
        {committed("i1"), "InputAudioBufferCommitted"},
        {delta("i1", "a"), "ConversationItemInputAudioTranscriptionDelta"},
        {completed("i1", "a", {token("a", -0.1)}), "ConversationItemInputAudioTranscriptionCompleted"},
        {failed("i1", "x"), "ConversationItemInputAudioTranscriptionFailed"},
        {error("x"), "Error"}};
    for (const auto& [message, name] : theirs)
        EXPECT_EQ(judge.faults(Json::parse(message), "RealtimeServerEvent" + name), none)
            << "and what this test says for it is what it says: " << message;
    contracts::accepted("openai-speech", "listen", "openai-realtime.json");
}

/// Whatever stands in what the engine asks: it is refused with a sentence, or the vendor's description has all that is sent.
TEST_F(OpenAiSpeechTest, NoSessionIsAskedForThatItsDescriptionRefuses) {
    OVERTURE_CONTRACT(described, "openai-realtime.json");
    const openapi::Judge judge(described);
    const std::vector<Json> strangers{nullptr,
                                      true,
                                      -1,
                                      1e300,
                                      "",
                                      "../x?y#z\r\nX: y",
                                      Json::array(),
                                      Json::object(),
                                      Json::array({1}),
                                      std::string(5000, 'x')};
    std::size_t tried = 0;
    for (const auto& [name, good] : kAsked.items()) {
        for (const auto& stranger : strangers) {
            auto asked = kAsked;
            asked[name] = stranger;
            const auto before = host.sockets().size();
            listening.reset();
            const auto answer = plugin->listen(asked, listening);
            ++tried;
            if (answer.outcome != Outcome::ok) {
                EXPECT_EQ(answer.outcome, Outcome::invalid) << name << stranger;
                EXPECT_NE(answer.message.find(name), std::string::npos) << answer.message;
                EXPECT_EQ(host.sockets().size(), before);
                continue;
            }
            socket().open();
            const auto session = Json::parse(socket().sent().at(0).bytes)["session"];
            EXPECT_EQ(judge.faults(session, "RealtimeTranscriptionSessionCreateRequestGA"), Strings());
        }
    }
    if (HasFailure()) return;
    std::cout << "contract: openai-speech | listen | of " << tried
              << " strange ones none left that openai-realtime.json refuses" << std::endl;
}

TEST_F(OpenAiSpeechTest, SpeaksInTheFormThatIsAskedFor) {
    host.answer(200, std::string(48'000, '\0'), kPcm);
    const auto spoken = speak(*plugin, kSpeak);
    ASSERT_EQ(spoken.answer.outcome, Outcome::ok) << spoken.answer.message;
    EXPECT_NEAR(static_cast<double>(spoken.audio.size()), 8000, 8);
    EXPECT_EQ(spoken.audio.substr(100, 10), std::string(10, '\xff'));
    EXPECT_NEAR(spoken.answer.document["milliseconds"].get<double>(), 1000, 1);
    EXPECT_NEAR(spoken.answer.document["cost_micros"].get<double>(), 250, 1) << "a second of $0.015 a minute";
    EXPECT_EQ(spoken.answer.document["characters"], 13) << "é is one";
    EXPECT_EQ(spoken.answer.document["model"], "gpt-4o-mini-tts");
    const auto asked = host.requests().at(0);
    EXPECT_EQ(asked.method + " " + asked.url, "POST " + kBase + "/audio/speech");
    EXPECT_EQ(Json::parse(asked.body), (Json{{"model", "gpt-4o-mini-tts"},
                                             {"input", "Café at three"},
                                             {"voice", "coral"},
                                             {"response_format", "pcm"}}));
    host.answer(200, std::string(48'000, 'x'), kPcm);
    auto wide = kSpeak;
    wide.update({{"encoding", "pcm16"}, {"rate", 24000}, {"speed", 1.5}, {"voice", "voice_123"}});
    EXPECT_EQ(speak(*plugin, wide).audio, std::string(48'000, 'x')) << "as it is";
    EXPECT_EQ(Json::parse(host.requests().back().body)["voice"], (Json{{"id", "voice_123"}}));
    EXPECT_EQ(Json::parse(host.requests().back().body)["speed"], 1.5);
    const auto before = host.requests().size();
    auto blank = kSpeak;
    blank["text"] = " \n";
    EXPECT_EQ(speak(*plugin, blank).answer.document["milliseconds"], 0);
    EXPECT_EQ(host.requests().size(), before);
}

TEST_F(OpenAiSpeechTest, InstructionsGoToModelsThatTakeThem) {
    for (const auto& [model, takes] :
         std::vector<std::pair<std::string, bool>>{{"gpt-4o-mini-tts", true}, {"tts-1-hd", false}}) {
        open({{"speak_model", model},
              {"instructions", "Warm and slow"},
              {"usd_per_million_characters", 30},
              {"usd_per_minute_spoken", 0}});
        host.answer(200, std::string(4800, '\0'), kPcm);
        EXPECT_EQ(speak(*plugin, kSpeak).answer.document["cost_micros"], 390);
        EXPECT_EQ(Json::parse(host.requests().back().body).contains("instructions"), takes) << model;
    }
}

TEST_F(OpenAiSpeechTest, WhatSpeakingIsRefusedWith) {
    const auto body = [](const std::string& code, const std::string& type = "invalid_request_error") {
        return Json{{"error", {{"message", "k3y"}, {"type", type}, {"param", nullptr}, {"code", code}}}}
            .dump();
    };
    const std::vector<std::tuple<int, std::string, Outcome>> ways{
        {401, body("invalid_api_key"), Outcome::auth},
        {429, body("insufficient_quota", "insufficient_quota"), Outcome::auth},
        {429, body("rate_limit_exceeded", "requests"), Outcome::limited},
        {429, "", Outcome::limited},
        {404, body("model_not_found"), Outcome::invalid},
        {400, body(""), Outcome::invalid},
        {500, "<html>Sorry</html>", Outcome::transient},
        {302, "", Outcome::invalid}};
    for (const auto& [status, text, outcome] : ways) {
        host.answer(status, text, {{"Content-Type", "application/json"}, {"Retry-After", "7"}});
        const auto spoken = speak(*plugin, kSpeak);
        EXPECT_EQ(spoken.answer.outcome, outcome) << status << text << spoken.answer.message;
        EXPECT_EQ(spoken.audio, "");
        EXPECT_EQ(spoken.answer.message.find("k3y"), std::string::npos);
        if (outcome == Outcome::limited) {
            EXPECT_EQ(spoken.answer.retryAfterMs, 7000);
        }
    }
    host.stall({std::string(800, 'x')}, "audio/pcm");
    EXPECT_EQ(speak(*plugin, kSpeak).answer.outcome, Outcome::unknown) << "a part was heard";
    host.stall({}, "audio/pcm");
    EXPECT_EQ(speak(*plugin, kSpeak).answer.code, "late");
}

TEST_F(OpenAiSpeechTest, AVoiceThatDoesNotExistIsToldWithThoseThatDo) {
    host.answer(
        400,
        R"({"error":{"message":"[{'type': 'enum', 'loc': ('body', 'voice'), 'msg': \"Input should be 'alloy'\"}]","type":"invalid_request_error","param":null,"code":null}})",
        {{"Content-Type", "application/json"}});
    auto asked = kSpeak;
    asked["voice"] = "amy";
    const auto answer = speak(*plugin, asked).answer;
    EXPECT_EQ(answer.outcome, Outcome::invalid);
    EXPECT_TRUE(answer.message.starts_with("there is no voice \"amy\"; there are alloy (Alloy), ash (Ash)"))
        << answer.message;
    EXPECT_EQ(plugin->call("speech.synthesize/1", "voices", Json::object()).document["voices"].size(), 13u);
}

TEST_F(OpenAiSpeechTest, WithoutAKeyNothingIsAsked) {
    FakeHost keyless;
    Plugin other(speechEntry(made), keyless);
    EXPECT_EQ(other.listen(kAsked, listening).outcome, Outcome::auth);
    EXPECT_EQ(speak(other, kSpeak).answer.outcome, Outcome::auth);
    EXPECT_TRUE(keyless.sockets().empty() && keyless.requests().empty());
}

TEST_F(OpenAiSpeechTest, ItsOwnDescriptionAcceptsWhatIsToBeSpoken) {
    OVERTURE_CONTRACT(described, "openai.json");
    const openapi::Judge judge(described);
    const auto faults = contracts::jsonFaults(judge, kBase);
    open({{"instructions", "Warm"}});
    host.answer(200, std::string(800, '\0'), kPcm);
    speak(*plugin, kSpeak);
    EXPECT_EQ(faults(host.requests().at(0)), Strings());
    contracts::accepted("openai-speech", "speak", "openai.json");
    auto asked = kSpeak;
    asked.update({{"voice", "voice_1"}, {"speed", 1.0}});
    contracts::neverWrong(
        "openai-speech", {"speak"}, "openai.json",
        {asked, [&](const Json& request) { return speak(*plugin, request).answer; },
         [](const HttpRequest&) { return HttpAnswer{true, true, 200, kPcm, "xx", {}}; }, faults, host});
}

}  // namespace
}  // namespace overture::testing
