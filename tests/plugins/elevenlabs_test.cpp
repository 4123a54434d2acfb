// ElevenLabs' streamed speech.
#include <gtest/gtest.h>

#include "contracts.hpp"
#include "elevenlabs/synthesizer.hpp"
#include "mistakes.hpp"
#include "openapi.hpp"
#include "speech.hpp"

namespace overture::testing {
namespace {

const Json kRequest{{"text", "Hello there"}, {"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}};
const std::vector<std::pair<std::string, std::string>> kSound{{"Content-Type", "audio/basic"}};

class ElevenLabsTest : public ::testing::Test {
protected:
    ElevenLabsTest() : plugin(speechEntry(made), host) { host.secret("api_key", "k3y"); }
    static sdk::Opened made(sdk::Host host, const Json& settings) {
        sdk::Opened opened;
        opened.synthesizer = std::make_shared<elevenlabs::StreamedSynthesizer>(host, settings);
        return opened;
    }
    FakeHost host;
    Plugin plugin;
};

TEST_F(ElevenLabsTest, SpeaksInTheFormThatIsAskedFor) {
    host.answer(200, std::string(8000, '\x7f'), kSound);
    const auto spoken = speak(plugin, kRequest);
    ASSERT_EQ(spoken.answer.outcome, Outcome::ok) << spoken.answer.message;
    EXPECT_EQ(spoken.audio, std::string(8000, '\x7f'));
    EXPECT_EQ(spoken.answer.document, (Json{{"milliseconds", 1000},
                                            {"characters", 11},
                                            {"model", "eleven_flash_v2_5"},
                                            {"cost_micros", 550},
                                            {"currency", "USD"}}));
    const auto asked = host.requests().at(0);
    EXPECT_EQ(
        asked.method + " " + asked.url,
        "POST "
        "https://api.elevenlabs.io/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/stream?output_format=ulaw_8000");
    EXPECT_EQ(Json::parse(asked.body),
              (Json{{"text", "Hello there"}, {"model_id", "eleven_flash_v2_5"}, {"language_code", "en"}}));

    for (const auto& [encoding, rate, format, given] :
         std::vector<std::tuple<std::string, int, std::string, int>>{{"pcm16", 16000, "pcm_16000", 16000},
                                                                     {"pcm16", 12000, "pcm_24000", 24000},
                                                                     {"mulaw", 16000, "pcm_16000", 16000}}) {
        host.answer(200, std::string(static_cast<std::size_t>(given) * 2, '\0'), kSound);
        auto request = kRequest;
        request["encoding"] = encoding;
        request["rate"] = rate;
        const auto other = speak(plugin, request);
        EXPECT_NEAR(other.answer.document["milliseconds"].get<int>(), 1000, 2) << format;
        EXPECT_NEAR(static_cast<double>(other.audio.size()), rate * (encoding == "mulaw" ? 1.0 : 2.0), 40);
        EXPECT_TRUE(host.requests().back().url.ends_with(format)) << host.requests().back().url;
    }
}

TEST_F(ElevenLabsTest, AVoiceThatDoesNotExistIsToldWithThoseThatDo) {
    host.answer(
        404,
        R"({"detail":{"status":"voice_not_found","message":"A voice with the voice_id amy was not found."}})",
        {{"Content-Type", "application/json"}});
    host.answer(
        200,
        R"({"voices":[{"voice_id":"v1","name":"Rachel","labels":{"language":"en"}},{"voice_id":"v2","name":"Ines"}]})");
    auto request = kRequest;
    request["voice"] = "amy/../x";
    const auto answer = speak(plugin, request).answer;
    EXPECT_EQ(answer.outcome, Outcome::invalid);
    EXPECT_EQ(answer.message, "there is no voice \"amy/../x\"; there are v1 (Rachel), v2 (Ines)");
    EXPECT_NE(host.requests().at(0).url.find("/amy%2F..%2Fx/stream"), std::string::npos);
}

TEST_F(ElevenLabsTest, RefusalsAreWhatTheyAre) {
    const std::vector<std::tuple<int, std::string, Outcome>> ways{
        {401, R"({"detail":{"status":"invalid_api_key","message":"k3y"}})", Outcome::auth},
        {401, R"({"detail":{"status":"quota_exceeded"}})", Outcome::auth},
        {429, R"({"detail":{"status":"too_many_concurrent_requests"}})", Outcome::limited},
        {429, "", Outcome::limited},
        {500, "<html>Sorry</html>", Outcome::transient},
        {422, "{}", Outcome::invalid},
        {302, "", Outcome::invalid},
        {408, "", Outcome::transient}};
    for (const auto& [status, body, outcome] : ways) {
        host.answer(status, body, {{"Content-Type", "application/json"}, {"Retry-After", "7"}});
        const auto spoken = speak(plugin, kRequest);
        EXPECT_EQ(spoken.answer.outcome, outcome) << status << spoken.answer.message;
        EXPECT_EQ(spoken.audio, "");
        EXPECT_EQ(spoken.answer.message.find("k3y"), std::string::npos);
    }
    host.answer(429, "", {{"Retry-After", "7"}});
    EXPECT_EQ(speak(plugin, kRequest).answer.retryAfterMs, 7000);
    host.answer(200, "<html>Sorry</html>", {{"Content-Type", "text/html"}});
    const auto page = speak(plugin, kRequest);
    EXPECT_EQ(page.answer.outcome, Outcome::transient);
    EXPECT_EQ(page.audio, "") << "a page is not said aloud";
    host.answer(200, "", kSound);
    EXPECT_EQ(speak(plugin, kRequest).answer.outcome, Outcome::transient);
}

TEST_F(ElevenLabsTest, WhatBrokeOffIsUnknownWhenSomethingWasHeard) {
    host.stall({std::string(800, 'x')}, "audio/basic");
    EXPECT_EQ(speak(plugin, kRequest).answer.outcome, Outcome::unknown);
    host.stall({}, "audio/basic");
    const auto late = speak(plugin, kRequest).answer;
    EXPECT_EQ(late.outcome, Outcome::transient);
    EXPECT_EQ(late.code, "late");
    host.failNotSent();
    EXPECT_EQ(speak(plugin, kRequest).answer.outcome, Outcome::transient);
}

TEST_F(ElevenLabsTest, StopsWhenNobodyListens) {
    host.answer(200, std::string(80'000, 'x'), kSound);
    int pieces = 0;
    EXPECT_EQ(plugin.speak(kRequest, [&](std::string_view) { return ++pieces < 3; }).outcome,
              Outcome::cancelled);
    EXPECT_EQ(pieces, 3);
}

TEST_F(ElevenLabsTest, ItsOwnDescriptionAcceptsWhatIsAsked) {
    OVERTURE_CONTRACT(described, "elevenlabs.json");
    host.answer(200, std::string(80, 'x'), kSound);
    auto request = kRequest;
    request["speed"] = 1.1;
    speak(plugin, request);
    const auto asked = host.requests().at(0);
    const auto path = asked.url.substr(std::string("https://api.elevenlabs.io").size());
    EXPECT_EQ(openapi::Judge(described).requestFaults("post", path.substr(0, path.find('?')),
                                                      Json::parse(asked.body)),
              std::vector<std::string>{});
    contracts::accepted("elevenlabs", "speak", "elevenlabs.json");
}

TEST_F(ElevenLabsTest, NothingLeavesThatItsDescriptionRefuses) {
    OVERTURE_CONTRACT(described, "elevenlabs.json");
    auto asked = kRequest;
    asked.update({{"voice", "v1"}, {"speed", 1.0}});
    const std::string base = "https://api.elevenlabs.io";
    contracts::neverWrong(
        "elevenlabs", {"speak"}, "elevenlabs.json",
        {asked, [&](const Json& request) { return speak(plugin, request).answer; },
         [](const HttpRequest&) { return HttpAnswer{true, true, 200, kSound, "xx", {}}; },
         [&](const HttpRequest& request) {
             const auto path = request.url.substr(base.size(), request.url.find('?') - base.size());
             return openapi::Judge(described).requestFaults("post", path, Json::parse(request.body));
         },
         host});
}

}  // namespace
}  // namespace overture::testing
