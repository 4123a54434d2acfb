// Speech for rehearsals: what is said comes back, word for word, at the time it was said.
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "scripted-speech/synthesizer.hpp"
#include "scripted-speech/transcriber.hpp"
#include "speech.hpp"

namespace overture::testing {
namespace {

class ScriptedSpeech : public ::testing::Test {
protected:
    void open(const Json& settings = Json::object()) {
        listening.reset();
        plugin = std::make_unique<Plugin>(
            speechEntry([](sdk::Host, const Json& given) {
                sdk::Opened opened;
                opened.transcriber = std::make_shared<scripted_speech::TextTranscriber>(given);
                opened.synthesizer = std::make_shared<scripted_speech::TextSynthesizer>(given);
                return opened;
            }),
            host, settings);
    }
    static Json request(const std::string& text = {}, const std::string& encoding = "mulaw",
                        int rate = 8000) {
        return {{"text", text}, {"language", "en"}, {"encoding", encoding}, {"rate", rate}};
    }
    std::string sound(const std::string& text) {
        const auto spoken = speak(*plugin, request(text));
        EXPECT_EQ(spoken.answer.outcome, Outcome::ok) << spoken.answer.message;
        return spoken.audio;
    }
    void listen(const Json& asked = request()) {
        const auto answer = plugin->listen(asked, listening);
        ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    }
    std::vector<std::string> kinds() {
        std::vector<std::string> out;
        for (const auto& words : listening->words()) out.push_back(words["kind"]);
        return out;
    }

    FakeHost host;
    std::unique_ptr<Plugin> plugin;
    std::unique_ptr<FakeListening> listening;
};

TEST_F(ScriptedSpeech, WhatIsSaidIsHeardExactly) {
    open();
    const std::string said = "Yes – tomorrow at 3 works for me, Zoë!";
    for (const auto& [encoding, rate] : std::vector<std::pair<std::string, int>>{
             {"mulaw", 8000}, {"pcm16", 8000}, {"pcm16", 16000}, {"pcm16", 24000}}) {
        const sdk::AudioForm form{encoding == "mulaw", rate};
        const auto spoken = speak(*plugin, request(said, encoding, rate));
        ASSERT_EQ(spoken.answer.outcome, Outcome::ok) << spoken.answer.message;
        EXPECT_EQ(spoken.answer.document["milliseconds"], form.milliseconds(spoken.audio.size()));
        EXPECT_GT(spoken.pieces, 5u) << "it comes in pieces";
        listen(request("", encoding, rate));
        feed(*listening, spoken.audio + silence(1000, form), form);
        EXPECT_EQ(listening->finals(), said) << encoding << rate;
        listening->finish();
        EXPECT_EQ(listening->ended()->outcome, Outcome::ok);
        EXPECT_EQ(listening->breach(), "");
    }
}

TEST_F(ScriptedSpeech, WordsHaveTheTimeTheyWereSaidAt) {
    open({{"characters_per_second", 10}, {"final_after_ms", 200}, {"turn_after_ms", 500}});
    listen();
    feed(*listening, silence(1000) + sound("one two"));
    EXPECT_EQ(kinds(), (std::vector<std::string>{"started", "interim"}));
    feed(*listening, silence(220));
    auto words = listening->words();
    ASSERT_EQ(words.size(), 1u);
    EXPECT_EQ(words[0]["kind"], "final");
    EXPECT_EQ(words[0]["text"], "one two");
    EXPECT_NEAR(words[0]["from_ms"].get<int>(), 1000, 5);
    EXPECT_NEAR(words[0]["words"][1]["from_ms"].get<int>(), 1400, 5);
    EXPECT_NEAR(words[0]["to_ms"].get<int>(), 1700, 5);
    feed(*listening, silence(260));
    EXPECT_TRUE(kinds().empty()) << "the turn is not over before half a second";
    feed(*listening, silence(40));
    EXPECT_EQ(kinds(), (std::vector<std::string>{"ended_turn"}));
    feed(*listening, silence(5000));
    EXPECT_TRUE(kinds().empty()) << "silence says nothing";
}

TEST_F(ScriptedSpeech, PatienceIsTheRequestsOwn) {
    open();
    auto asked = request();
    asked["patience_ms"] = 1500;
    listen(asked);
    feed(*listening, sound("four one one") + silence(1400));
    EXPECT_EQ(kinds().back(), "final");
    feed(*listening, silence(200));
    EXPECT_EQ(kinds(), (std::vector<std::string>{"ended_turn"}));
}

TEST_F(ScriptedSpeech, WhatWasCutOffIsHeardAsFarAsItWasSaid) {
    open();
    listen();
    const auto audio = sound("Hello there, this goes on for ever");
    feed(*listening, audio.substr(0, audio.size() / 2 + 77) + silence(1000));
    EXPECT_EQ(listening->finals(), "Hello there, this");
}

TEST_F(ScriptedSpeech, OtherSoundsAreNoWords) {
    open();
    listen();
    std::string noise;
    std::uint32_t seed = 7;
    for (int i = 0; i < 80000; ++i) noise += static_cast<char>((seed = seed * 1664525U + 1013904223U) >> 24);
    feed(*listening, noise + silence(1000));
    EXPECT_EQ(listening->finals(), "");
}

TEST_F(ScriptedSpeech, SomeWordsAreHeardLessSurely) {
    open({{"unsure_of", {{"three", 0.4}}}});
    listen();
    feed(*listening, sound("at three, please") + silence(1000));
    for (const auto& words : listening->words()) {
        if (words["kind"] != "final") continue;
        EXPECT_EQ(words["confidence"], 0.4);
        EXPECT_EQ(words["words"][0]["confidence"], 0.95);
    }
}

TEST_F(ScriptedSpeech, StopsWhenNobodyListens) {
    open();
    int pieces = 0;
    const auto answer = plugin->speak(request("a long sentence that nobody wants to hear to its end"),
                                      [&](std::string_view) { return ++pieces < 3; });
    EXPECT_EQ(answer.outcome, Outcome::cancelled);
    EXPECT_EQ(pieces, 3);
}

TEST_F(ScriptedSpeech, FailsWhereItIsTold) {
    open({{"fails_after_ms", 500}});
    listen();
    feed(*listening, silence(480));
    EXPECT_FALSE(listening->ended());
    feed(*listening, silence(2000));
    EXPECT_EQ(listening->ended()->outcome, Outcome::transient);
    EXPECT_EQ(listening->breach(), "");
}

TEST_F(ScriptedSpeech, RefusesWhatItCannotDo) {
    open();
    EXPECT_EQ(plugin->listen(request("", "opus"), listening).outcome, Outcome::invalid);
    EXPECT_EQ(speak(*plugin, request("x", "pcm16", 4000)).answer.outcome, Outcome::invalid);
    auto other = request("x");
    other["voice"] = "amy";
    EXPECT_NE(speak(*plugin, other).answer.message.find("is called script"), std::string::npos);
    EXPECT_EQ(speak(*plugin, request("x"), 0).answer.outcome, Outcome::ok) << "it does not wait";
    open({{"first_audio_ms", 300}});
    EXPECT_EQ(speak(*plugin, request("x"), 200).answer.outcome, Outcome::transient);
}

TEST_F(ScriptedSpeech, MulawIsExactForWhatMulawHas) {
    std::set<int> seen;
    for (int code = 0; code < 256; ++code) {
        const auto sample = sdk::sampleOf(static_cast<std::uint8_t>(code));
        EXPECT_EQ(sdk::sampleOf(sdk::mulawOf(sample)), sample);
        seen.insert(sample);
    }
    EXPECT_EQ(seen.size(), 255u) << "nought is written in two ways";
    EXPECT_EQ(*seen.rbegin(), 32124);
    EXPECT_EQ(sdk::mulawOf(0), 0xff);
    EXPECT_EQ(sdk::mulawOf(32767), 0x80);
    EXPECT_EQ(sdk::mulawOf(-32768), 0x00);
    for (int sample = -32768; sample < 32768; sample += 7)
        EXPECT_LE(std::abs(sdk::sampleOf(sdk::mulawOf(static_cast<std::int16_t>(sample))) - sample),
                  std::abs(sample) / 16 + 650)
            << sample;
}

/// 200 calls at once are 200 streams of real time on what is left of two cores.
TEST_F(ScriptedSpeech, IsCheapEnoughForManyCalls) {
    open();
    const auto audio = sound("this is what one of two hundred callers says in one go");
    listen();
    const auto begun = std::chrono::steady_clock::now();
    constexpr int kTimes = 20;
    for (int i = 0; i < kTimes; ++i) feed(*listening, audio);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begun;
    const auto factor = kTimes * sdk::AudioForm{}.milliseconds(audio.size()) / 1000.0 / spent.count();
    RecordProperty("times_real_time", static_cast<int>(factor));
    std::cout << "heard at " << static_cast<int>(factor) << " times real time\n";
    EXPECT_GT(factor, 40) << "and sanitizers make it slower than it is";
}

}  // namespace
}  // namespace overture::testing
