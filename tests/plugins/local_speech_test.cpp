// Speech on this machine: what one says the other hears, for the most part.
#include <gtest/gtest.h>

#include <chrono>
#include <numbers>
#include <sstream>

#include "audio/resampler.hpp"
#include "flite/synthesizer.hpp"
#include "pocketsphinx/transcriber.hpp"
#include "speech.hpp"

namespace overture::testing {
namespace {

const std::vector<std::string> kSaid{"yes tomorrow at three works for me",
                                     "no thank you i am not interested",
                                     "can you call me back next week",
                                     "please stop calling me",
                                     "what time is it",
                                     "i would like to know more about the price",
                                     "my name is john smith",
                                     "the meeting is on monday morning",
                                     "how much does it cost",
                                     "i am driving right now",
                                     "send me an email please",
                                     "who is this",
                                     "where did you get my number",
                                     "we already have a contract",
                                     "that sounds good to me",
                                     "let me think about it",
                                     "i need to talk to my wife first",
                                     "yes",
                                     "no",
                                     "maybe on friday afternoon",
                                     "my bill is about two hundred dollars a month",
                                     "we own our house",
                                     "i want to talk to a real person",
                                     "it is too expensive for us",
                                     "thursday at half past ten would be fine",
                                     "do not call me again",
                                     "could you repeat that please",
                                     "the roof is about twenty years old",
                                     "i have an appointment at four",
                                     "goodbye and have a nice day"};

std::vector<std::string> wordsOf(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

/// Words put in, left out or taken for others.
std::size_t wrongWords(const std::string& said, const std::string& heard) {
    const auto left = wordsOf(said), right = wordsOf(heard);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        auto before = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const auto here = row[j];
            row[j] = std::min({here + 1, row[j - 1] + 1, before + (left[i - 1] == right[j - 1] ? 0 : 1)});
            before = here;
        }
    }
    return row.back();
}

/// Which of the heard words were said, in order.
std::vector<bool> rightWords(const std::string& said, const std::string& heard) {
    const auto left = wordsOf(said), right = wordsOf(heard);
    std::vector<std::vector<std::size_t>> same(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
    for (std::size_t i = left.size(); i-- > 0;)
        for (std::size_t j = right.size(); j-- > 0;)
            same[i][j] =
                left[i] == right[j] ? same[i + 1][j + 1] + 1 : std::max(same[i + 1][j], same[i][j + 1]);
    std::vector<bool> out(right.size());
    for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
        if (left[i] == right[j])
            out[j] = true, ++i, ++j;
        else if (same[i + 1][j] >= same[i][j + 1])
            ++i;
        else
            ++j;
    }
    return out;
}

struct Mean {
    double sum = 0;
    std::size_t count = 0;
    void add(double value) {
        sum += value;
        ++count;
    }
    double value() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
};

class LocalSpeech : public ::testing::Test {
protected:
    LocalSpeech() : plugin(speechEntry(made), host, {{"streams", 2}}) {}
    static sdk::Opened made(sdk::Host host, const Json& settings) {
        sdk::Opened opened;
        opened.synthesizer = std::make_shared<flite::FliteSynthesizer>(settings);
        opened.transcriber = std::make_shared<pocketsphinx::SphinxTranscriber>(host, settings);
        return opened;
    }
    static Json request(const std::string& text = {}, const std::string& encoding = "mulaw",
                        int rate = 8000) {
        return {{"text", text}, {"language", "en-US"}, {"encoding", encoding}, {"rate", rate}};
    }

    FakeHost host;
    Plugin plugin;
    std::unique_ptr<FakeListening> listening;
};

TEST_F(LocalSpeech, MostWordsAreHeardOverATelephone) {
    using Steady = std::chrono::steady_clock;
    std::size_t wrong = 0, all = 0;
    std::int64_t soundMs = 0;
    std::chrono::duration<double> speaking{}, hearing{};
    constexpr double kSurely = 0.7;  // below it a call asks again
    Mean right, mistaken, askedForNothing, askedRightly;
    for (const auto& said : kSaid) {
        const auto begun = Steady::now();
        const auto spoken = speak(plugin, request(said));
        ASSERT_EQ(spoken.answer.outcome, Outcome::ok) << spoken.answer.message;
        const auto heard = Steady::now();
        ASSERT_EQ(plugin.listen(request(), listening).outcome, Outcome::ok);
        feed(*listening, silence(300) + spoken.audio + silence(700));
        listening->finish();
        ASSERT_TRUE(listening->waitForEnd(60'000));
        EXPECT_EQ(listening->ended()->outcome, Outcome::ok) << listening->ended()->message;
        EXPECT_EQ(listening->breach(), "");
        for (const auto& words : listening->words()) {
            if (words["kind"] != "final") continue;
            const auto fits = rightWords(said, words["text"]);
            for (std::size_t i = 0; i < fits.size(); ++i)
                (fits[i] ? right : mistaken).add(words["words"].at(i)["confidence"]);
            (words["text"] == said ? askedForNothing : askedRightly)
                .add(words["confidence"].get<double>() < kSurely ? 1 : 0);
        }
        wrong += wrongWords(said, listening->finals());
        all += wordsOf(said).size();
        speaking += heard - begun;
        hearing += Steady::now() - heard;
        soundMs += sdk::AudioForm{}.milliseconds(spoken.audio.size()) + 1000;
        listening.reset();
    }
    const double rate = static_cast<double>(wrong) / static_cast<double>(all);
    const double seconds = static_cast<double>(soundMs) / 1000;
    std::cout << "word error rate " << rate << " of " << all << " words; " << seconds
              << " s of sound spoken in " << speaking.count() << " s, heard in " << hearing.count() << " s\n";
    EXPECT_LT(rate, 0.25);
    std::cout << "confidence of right words " << right.value() << ", of wrong ones " << mistaken.value()
              << "; asked again: " << askedRightly.value() << " of what was misheard, "
              << askedForNothing.value() << " of what was not\n";
    EXPECT_LT(mistaken.value(), 0.35);
    EXPECT_GT(right.value(), 0.65);
    EXPECT_GT(askedRightly.value(), 0.5);
    EXPECT_LT(askedForNothing.value(), 0.35);
}

TEST_F(LocalSpeech, ATurnIsStartedHeardAndEndedWhileItIsSpoken) {
    const auto spoken = speak(plugin, request("the roof is about twenty years old"));
    auto asked = request();
    asked["patience_ms"] = 900;
    ASSERT_EQ(plugin.listen(asked, listening).outcome, Outcome::ok);
    feed(*listening, silence(1000) + spoken.audio + silence(2500));
    listening->finish();
    ASSERT_TRUE(listening->waitForEnd(60'000));
    std::string kinds;
    Json final;
    for (const auto& words : listening->words()) {
        const auto kind = words["kind"].get<std::string>();
        if (!kinds.ends_with(kind + " ")) kinds += kind + " ";
        if (kind == "final") final = words;
    }
    EXPECT_EQ(kinds, "started interim final ended_turn ");
    EXPECT_NEAR(final["from_ms"].get<int>(), 1000, 400);
    EXPECT_NEAR(final["to_ms"].get<int>(), 1000 + spoken.answer.document["milliseconds"].get<int>(), 500);
}

TEST_F(LocalSpeech, MoreStreamsThanThereAreDecodersComeLater) {
    std::unique_ptr<FakeListening> second, third;
    ASSERT_EQ(plugin.listen(request(), listening).outcome, Outcome::ok);
    ASSERT_EQ(plugin.listen(request(), second).outcome, Outcome::ok);
    const auto no = plugin.listen(request(), third);
    EXPECT_EQ(no.outcome, Outcome::limited);
    EXPECT_GT(no.retryAfterMs.value_or(0), 0);
    second->finish();
    ASSERT_TRUE(second->waitForEnd(60'000));
    EXPECT_EQ(plugin.listen(request(), third).outcome, Outcome::ok);
}

TEST_F(LocalSpeech, AModelThatIsNotThereIsTold) {
    Plugin other(speechEntry(made), host, {{"model", "/nonexistent"}});
    ASSERT_EQ(other.listen(request(), listening).outcome, Outcome::ok);
    ASSERT_TRUE(listening->waitForEnd(20'000));
    EXPECT_EQ(listening->ended()->outcome, Outcome::auth);
    EXPECT_NE(listening->ended()->message.find("pocketsphinx-en-us"), std::string::npos);
    listening.reset();
}

TEST_F(LocalSpeech, SpeakingStopsWhenNobodyListensAndSaysWhatItCannot) {
    int pieces = 0;
    const auto stopped = plugin.speak(
        request("this is a rather long sentence, which goes on and on, and nobody listens to its end"),
        [&](std::string_view) { return ++pieces < 2; });
    EXPECT_EQ(stopped.outcome, Outcome::cancelled) << stopped.message;
    EXPECT_EQ(pieces, 2);
    auto other = request("hello");
    other["voice"] = "amy";
    EXPECT_EQ(speak(plugin, other).answer.message, "there is no voice \"amy\"; there are rms and slt");
    other = request("hallo");
    other["language"] = "de";
    EXPECT_EQ(speak(plugin, other).answer.outcome, Outcome::unsupported);
    EXPECT_EQ(plugin.listen(other, listening).outcome, Outcome::unsupported);
    EXPECT_EQ(speak(plugin, request(" \n")).answer.document["milliseconds"], 0);
    EXPECT_EQ(speak(plugin, request("hello there"), 0).answer.outcome, Outcome::transient);
    EXPECT_EQ(plugin.call("speech.synthesize/1", "voices", Json::object()).document["voices"].size(), 2u);
}

TEST_F(LocalSpeech, EveryFormHasTheSameLength) {
    const auto eight = speak(plugin, request("how long is this")).answer.document["milliseconds"].get<int>();
    for (const auto& [encoding, rate] :
         std::vector<std::pair<std::string, int>>{{"pcm16", 8000}, {"pcm16", 16000}, {"pcm16", 24000}}) {
        const auto spoken = speak(plugin, request("how long is this", encoding, rate));
        EXPECT_NEAR(spoken.answer.document["milliseconds"].get<int>(), eight, 20);
        EXPECT_EQ(spoken.audio.size() % 2, 0u);
    }
}

/// A tone that the new rate cannot carry must not come back as another one.
TEST(Resampling, KeepsWhatFitsAndDropsWhatDoesNot) {
    const auto loudness = [](double hertz) {
        audio::Resampler resampler(24000, 8000);
        sdk::Samples tone(24000);
        for (std::size_t i = 0; i < tone.size(); ++i)
            tone[i] = static_cast<std::int16_t>(
                10000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / 24000));
        auto out = resampler.take(tone);
        const auto rest = resampler.rest();
        out.insert(out.end(), rest.begin(), rest.end());
        EXPECT_NEAR(static_cast<double>(out.size()), 8000, 16);
        double sum = 0;
        for (const auto sample : out) sum += static_cast<double>(sample) * sample;
        return std::sqrt(sum / static_cast<double>(out.size())) * std::numbers::sqrt2;
    };
    EXPECT_NEAR(loudness(1000), 10000, 150);
    EXPECT_NEAR(loudness(3000), 10000, 300);
    EXPECT_LT(loudness(5000), 50) << "it would be heard at 3000";
    EXPECT_LT(loudness(7000), 50) << "it would be heard at 1000";
}

}  // namespace
}  // namespace overture::testing
