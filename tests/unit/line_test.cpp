// The far end of a line: what a person on the phone hears, says and does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>

#include "call/hearing.hpp"
#include "rehearsal/phone.hpp"

namespace overture::rehearsal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using When = PhoneAct::When;

std::string speech(milliseconds length) {
    std::string out;
    for (std::int64_t i = 0; i < length.count() * 8; ++i)
        out += static_cast<char>(call::toMulaw(static_cast<std::int16_t>(
            8000 * std::sin(2 * std::numbers::pi * 200 * static_cast<double>(i) / 8000))));
    return out;
}

struct Bench {
    explicit Bench(std::vector<PhoneAct> acts) : phone(std::move(acts)) {}
    void run(milliseconds length) {
        for (milliseconds done{0}; done < length; done += call::kFrame) {
            const auto tick = phone.tick();
            spoken += tick.spoken;
            heard += tick.heard;
            for (const auto& mark : tick.played)
                marks.push_back(mark + "@" + std::to_string(phone.now().count()));
            keys += tick.keys;
        }
    }
    /// Where the person's own sound begins, in milliseconds; -1: nowhere.
    std::int64_t beginsAt(std::int64_t from = 0) const {
        for (std::size_t at = static_cast<std::size_t>(from) * 8; at + 160 <= spoken.size(); at += 160)
            if (call::loudnessOf(std::string_view(spoken).substr(at, 160)) > 0.01)
                return static_cast<std::int64_t>(at / 8);
        return -1;
    }
    Phone phone;
    std::string spoken, heard, keys;
    std::vector<std::string> marks;
};

TEST(Line, SoundIsPlayedAsTimePassesAndMarksComeBackBehindIt) {
    Bench bench({});
    bench.phone.sound(speech(milliseconds(50)));
    bench.phone.mark("half");
    bench.phone.sound(speech(milliseconds(50)));
    bench.phone.mark("all");
    bench.run(milliseconds(40));
    EXPECT_THAT(bench.marks, IsEmpty());
    EXPECT_EQ(bench.phone.waiting(), milliseconds(60));
    bench.run(milliseconds(100));
    EXPECT_THAT(bench.marks, ElementsAre("half@60", "all@100"));
    EXPECT_EQ(bench.heard.substr(0, 400), speech(milliseconds(50)));
    EXPECT_EQ(call::loudnessOf(std::string_view(bench.heard).substr(800)), 0) << "and then there is nothing";
    bench.phone.mark("at once");
    bench.run(call::kFrame);
    EXPECT_EQ(bench.marks.back(), "at once@160") << "nothing is before it";
}

TEST(Line, WhatIsTakenBackIsNotHeard) {
    Bench bench({});
    bench.phone.sound(speech(milliseconds(1000)));
    bench.phone.mark("end");
    bench.run(milliseconds(100));
    EXPECT_THAT(bench.phone.clear(), ElementsAre("end"));
    bench.run(milliseconds(100));
    EXPECT_EQ(call::loudnessOf(std::string_view(bench.heard).substr(800)), 0);
    EXPECT_THAT(bench.marks, IsEmpty());
}

TEST(Line, ThePersonSpeaksWhenTheyHaveListened) {
    Bench bench({PhoneAct::say(When::afterQuiet, milliseconds(500), "yes", speech(milliseconds(300))),
                 PhoneAct::say(When::afterSilence, milliseconds(2000), "hello?", speech(milliseconds(300)))});
    bench.run(milliseconds(1000));
    EXPECT_EQ(bench.beginsAt(), -1) << "nobody has spoken to them yet";
    bench.phone.sound(speech(milliseconds(800)));
    bench.run(milliseconds(5000));
    EXPECT_NEAR(static_cast<double>(bench.beginsAt()), 1000 + 800 + 500, 40);
    EXPECT_NEAR(static_cast<double>(bench.beginsAt(2700)), 2300 + 300 + 2000, 60);
    EXPECT_TRUE(bench.phone.done());
}

TEST(Line, ThePersonInterrupts) {
    Bench bench({PhoneAct::say(When::whileSpokenTo, milliseconds(600), "wait", speech(milliseconds(200)))});
    bench.run(milliseconds(400));
    bench.phone.sound(speech(milliseconds(3000)));
    bench.run(milliseconds(2000));
    EXPECT_NEAR(static_cast<double>(bench.beginsAt()), 400 + 600, 40);
}

TEST(Line, AMachineBeepsAndKeysArePressedAndSomebodyHangsUp) {
    PhoneAct beep, keys;
    beep.what = PhoneAct::What::beep;
    beep.length = milliseconds(400);
    beep.when = When::at;
    beep.wait = milliseconds(1000);
    keys.what = PhoneAct::What::key;
    keys.text = "12#";
    Bench bench({beep, keys, PhoneAct::hangUp(When::at, milliseconds(2000))});
    call::Tones tones;
    bench.run(milliseconds(1900));
    std::vector<std::size_t> beeps;
    for (std::size_t at = 0; at + 160 <= bench.spoken.size(); at += 160)
        if (tones.next(std::string_view(bench.spoken).substr(at, 160)) == call::Tones::Tone::beep)
            beeps.push_back(at / 8);
    ASSERT_EQ(beeps.size(), 1U);
    EXPECT_NEAR(static_cast<double>(beeps[0]), 1400, 60);
    EXPECT_EQ(bench.keys, "12#");
    EXPECT_FALSE(bench.phone.hungUp());
    bench.run(milliseconds(200));
    EXPECT_TRUE(bench.phone.hungUp());
}

TEST(Line, NoiseIsAsLoudAsWantedAndGoesOnBesideSpeech) {
    PhoneAct noise;
    noise.what = PhoneAct::What::noise;
    noise.length = milliseconds(1000);
    noise.loudness = 0.05;
    Bench bench({noise});
    bench.run(milliseconds(1500));
    EXPECT_NEAR(call::loudnessOf(std::string_view(bench.spoken).substr(0, 8000)), 0.05, 0.005);
    EXPECT_EQ(call::loudnessOf(std::string_view(bench.spoken).substr(8000)), 0);
}

TEST(Line, ActsAreReadFromAList) {
    const auto voice = [](const std::string& text) { return std::string(text.size() * 160, 'x'); };
    const auto file = [](const std::string&) { return stereoWave("ab", "cd"); };
    const auto acts = phoneActs(Json::parse(R"([{"say":"yes","after_quiet_ms":700},{"key":"1"},
        {"noise_ms":200,"loudness":0.2,"at_ms":5},{"hang_up":true,"after_silence_ms":9}])"),
                                voice, file)
                          .orThrow();
    ASSERT_EQ(acts.size(), 4U);
    EXPECT_EQ(acts[0].sound.size(), 480U);
    EXPECT_EQ(acts[0].when, When::afterQuiet);
    EXPECT_EQ(acts[3].what, PhoneAct::What::hangUp);
    for (const char* wrong : {R"({})", R"(["say"])", R"([{"say":1}])", R"([{"say":"a","key":"1"}])",
                              R"([{"say":"a","at_ms":-1}])", R"([{"key":"x"}])", R"([{"shout":"a"}])",
                              R"([{"say":"a","at_ms":1,"after_quiet_ms":1}])", R"([{"play":"x.wav"}])"}) {
        const auto refused = phoneActs(Json::parse(wrong), voice, file);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_FALSE(refused.problem().what.empty());
    }
    EXPECT_THAT(phoneActs(Json::parse(R"([{"play":"x.wav"}])"), voice, file).problem().what,
                HasSubstr("one track"));
}

TEST(Line, AWaveHasBothSides) {
    const auto left = speech(milliseconds(20)), right = speech(milliseconds(40));
    const auto wave = stereoWave(left, right);
    EXPECT_EQ(wave.size(), 44U + right.size() * 4);
    EXPECT_EQ(wave.substr(0, 4), "RIFF");
    auto mono = wave;
    mono[22] = 1;
    const auto read = mulawOfWave(mono);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), right.size() * 2);
    EXPECT_EQ((*read)[100], left[50]);
    EXPECT_EQ((*read)[101], right[50]);
    for (std::size_t cut = 0; cut < 60; ++cut) {
        const auto part = mulawOfWave(std::string_view(mono).substr(0, cut));
        if (part) {
            EXPECT_LE(part->size(), cut);
        }
    }
}

}  // namespace
}  // namespace overture::rehearsal
