#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numbers>

#include "call/session.hpp"
#include "call/track.hpp"

namespace overture::call {
namespace {

using Sort = Recognized::Kind;

std::string tone(int hertz, milliseconds length, double loud = 0.3) {
    std::string sound;
    for (int i = 0; i < length.count() * kRate / 1000; ++i)
        sound += static_cast<char>(toMulaw(
            static_cast<std::int16_t>(32000 * loud * std::sin(2 * std::numbers::pi * hertz * i / kRate))));
    return sound;
}

/// Loud, and of no one frequency.
std::string babble(milliseconds length, double loud = 0.2) {
    std::string sound;
    std::uint32_t state = 7;
    for (int i = 0; i < length.count() * kRate / 1000; ++i) {
        state = state * 1664525U + 1013904223U;
        sound += static_cast<char>(
            toMulaw(static_cast<std::int16_t>((static_cast<int>(state >> 16) - 32768) * loud)));
    }
    return sound;
}

Manners manners() {
    return Manners::fromJson(
        {{"backchannels", {"mhm", "uh huh", "yeah", "okay", "right", "हाँ", "जी", "अच्छा"}},
         {"greetings", {"hello", "hi", "yes", "speaking"}},
         {"fillers", {"Let me see."}},
         {"clarify", {"Sorry, I did not get that.", "Once more, please?"}},
         {"are_you_there", {"Are you still there?"}},
         {"goodbye", "Goodbye."},
         {"machine", {"after the beep", "leave a message", "you have reached"}},
         {"screening", {"state your name"}},
         {"menu", {"press one", "press 1"}}});
}

Plan plan() {
    Plan plan;
    plan.manners = manners();
    plan.notice = {"This is an assistant."};
    plan.opening = {"Hi Ann, is now a bad time?"};
    return plan;
}

/// A carrier, a recognizer, a synthesizer and a clock around one session. 50 ms of sound for each letter.
class World {
public:
    explicit World(Plan given = plan()) : session(std::move(given)) {
        session.started(now);
        obey();
    }
    /// The next 20 ms; the person makes this sound.
    void step(const std::string& frame = silence(kFrame)) {
        now += kFrame;
        at += 20;
        session.sound(now, at - 20, frame);
        playOut();
        session.tick(now);
        obey();
    }
    void wait(milliseconds length) {
        for (auto left = length; left.count() > 0; left -= kFrame) step();
    }
    void makes(const std::string& sound) {
        for (std::size_t i = 0; i + kFrameBytes <= sound.size(); i += kFrameBytes)
            step(sound.substr(i, kFrameBytes));
    }
    void hear(Sort kind, const std::string& text, double confidence = 0.95) {
        session.recognized(now, {kind, text, confidence, now - milliseconds(300), now, Json::array()});
        obey();
    }
    /// Says it as recognizers tell it: a voice, interim words, final words.
    void says(const std::string& text, double confidence = 0.95) {
        hear(Sort::started, "");
        makes(babble(milliseconds(300)));
        hear(Sort::interim, text);
        makes(babble(milliseconds(200)));
        hear(Sort::final, text, confidence);
    }
    int reply(const std::vector<std::string>& sentences) {
        const int speech = session.beginSpeech(now);
        for (const auto& one : sentences) taken = session.say(now, speech, one);
        session.endSpeech(now, speech);
        obey();
        return speech;
    }
    void talk() {  // until they are through with the opening
        wait(milliseconds(4000));
        says("Sure, go on");
        wait(milliseconds(720));
        reply({"Good."});
        wait(milliseconds(1000));
        all.clear();
    }
    template <typename T>
    std::vector<T> every() const {
        std::vector<T> found;
        for (const auto& act : all)
            if (const auto* one = std::get_if<T>(&act)) found.push_back(*one);
        return found;
    }
    std::string said() const {  // by us, as the transcript has it
        std::string text;
        for (const auto& line : every<Line>())
            if (line.who == "agent") text += (text.empty() ? "" : " | ") + line.text;
        return text;
    }
    bool signalled(const std::string& kind) const {
        for (const auto& one : every<Signal>())
            if (one.kind == kind) return true;
        return false;
    }
    Moment now{0};
    std::int64_t at = 0;
    Session session;
    std::vector<Act> all;
    std::deque<std::pair<bool, std::string>> queue;  // what the carrier still has: sound or a mark
    bool taken = false, speaks = true;
    std::string heardSound;
    int returned = 0;
    milliseconds synthesisTakes{0};

private:
    void playOut() {
        if (!queue.empty() && !queue.front().first) {
            heardSound += queue.front().second;
            queue.pop_front();
        }
        backMarks();
    }
    void backMarks() {
        while (!queue.empty() && queue.front().first) {
            session.played(now, queue.front().second);
            queue.pop_front();
        }
    }
    void obey() {
        for (auto acts = session.take(); !acts.empty(); acts = session.take())
            for (auto& act : acts) {
                if (const auto* sound = std::get_if<SendSound>(&act)) queue.emplace_back(false, sound->mulaw);
                if (const auto* mark = std::get_if<SendMark>(&act)) queue.emplace_back(true, mark->name);
                if (std::holds_alternative<SendClear>(act)) {
                    std::erase_if(queue, [](const auto& one) { return !one.first; });
                    backMarks();
                }
                if (const auto* asked = std::get_if<Synthesize>(&act); asked != nullptr && speaks) {
                    session.synthesized(now, asked->sentence,
                                        babble(milliseconds(50 * static_cast<int>(asked->text.size()))));
                    session.spoken(now, asked->sentence);
                }
                if (!std::holds_alternative<Recognize>(act) && !std::holds_alternative<SendSound>(act))
                    all.push_back(std::move(act));
                else if (std::holds_alternative<SendSound>(act))
                    all.push_back(SendSound{});
            }
    }
};

TEST(Mulaw, EverySampleComesBackAsItWas) {
    for (int byte = 0; byte < 256; ++byte) {
        if (byte == 0x7f) continue;  // the other zero
        EXPECT_EQ(toMulaw(fromMulaw(static_cast<std::uint8_t>(byte))), byte);
    }
    EXPECT_EQ(fromMulaw(0xff), 0);
    EXPECT_NEAR(fromMulaw(toMulaw(12345)), 12345, 300);
    EXPECT_LT(loudnessOf(silence(kFrame)), 0.0001);
    EXPECT_NEAR(loudnessOf(tone(1000, kFrame, 0.5)), 0.5 * 0.977 / std::numbers::sqrt2, 0.02);
}

TEST(Arrival, WhatComesTwiceLateOrNotAtAllIsOneEvenLine) {
    Arrival arrival;
    const auto frame = babble(kFrame);
    EXPECT_EQ(arrival.take(0, frame).size(), 1u);
    EXPECT_EQ(arrival.take(20, frame).size(), 1u);
    EXPECT_EQ(arrival.take(20, frame).size(), 0u) << "the same once more";
    EXPECT_EQ(arrival.take(60, frame).size(), 2u) << "20 ms are missing";
    EXPECT_EQ(arrival.take(40, frame).size(), 0u) << "too late";
    EXPECT_EQ(arrival.take(80, frame + frame.substr(0, 80)).size(), 1u);
    EXPECT_EQ(arrival.take(110, frame.substr(0, 80)).size(), 1u) << "two halves are one";
    EXPECT_EQ(arrival.take(120, "").size(), 0u);
    EXPECT_EQ(arrival.take(10000, frame).size(), 51u) << "no more than a second of silence";
    EXPECT_EQ(arrival.counts().late, 2);
    EXPECT_EQ(arrival.counts().wrong, 1);
    EXPECT_EQ(arrival.counts().missing, 1 + 494);
}

TEST(Tones, ABeepIsNoVoiceAndNoFax) {
    const auto told = [](const std::string& sound) {
        Tones tones;
        auto found = Tones::Tone::none;
        for (std::size_t i = 0; i + kFrameBytes <= sound.size(); i += kFrameBytes)
            if (const auto one = tones.next(std::string_view(sound).substr(i, kFrameBytes));
                one != Tones::Tone::none)
                found = one;
        return found;
    };
    for (const int hertz : {440, 620, 850, 1000, 1400, 2000})
        EXPECT_EQ(told(tone(hertz, milliseconds(400)) + silence(milliseconds(100))), Tones::Tone::beep)
            << hertz;
    EXPECT_EQ(told(tone(2100, milliseconds(1500))), Tones::Tone::fax);
    EXPECT_EQ(told(babble(milliseconds(2000))), Tones::Tone::none);
    EXPECT_EQ(told(tone(1000, milliseconds(60)) + silence(milliseconds(100))), Tones::Tone::none)
        << "a click";
}

TEST(HeardPart, EndsWithAWholeWord) {
    const std::string text = "We can come by on Tuesday at ten.";
    EXPECT_EQ(heardPart(text, milliseconds(0), milliseconds(1000)), "");
    EXPECT_EQ(heardPart(text, milliseconds(500), milliseconds(1000)), "We can come by");
    EXPECT_EQ(heardPart(text, milliseconds(1000), milliseconds(1000)), text);
    EXPECT_EQ(heardPart(text, milliseconds(30), milliseconds(1000)), "");
}

TEST(Session, TheNoticeComesFirstAndIsNotInterrupted) {
    World world;
    world.wait(milliseconds(1200));
    world.says("Who is that and what do you want");
    world.wait(milliseconds(200));
    EXPECT_EQ(world.every<SendClear>().size(), 0u);
    world.wait(milliseconds(1500));
    EXPECT_EQ(world.said().substr(0, 21), "This is an assistant.");
    ASSERT_EQ(world.every<Said>().size(), 1u) << "their words count all the same";
    EXPECT_EQ(world.every<Said>()[0].text, "Who is that and what do you want");
}

TEST(Session, WaitsForTheirHelloAndGreets) {
    World world;
    world.wait(milliseconds(200));
    world.says("Hello?");
    EXPECT_EQ(world.every<SendSound>().size(), 0u) << "not while they speak";
    world.wait(milliseconds(700));
    EXPECT_GT(world.every<SendSound>().size(), 0u);
    world.wait(milliseconds(3000));
    EXPECT_EQ(world.said(), "This is an assistant. | Hi Ann, is now a bad time?");
    EXPECT_EQ(world.session.who(), Who::person);
}

TEST(Session, NoMoreThanAFifthOfASecondWaitsAtTheCarrier) {
    World world;
    std::size_t most = 0;
    for (int i = 0; i < 200; ++i) {
        world.step();
        most = std::max<std::size_t>(
            most, static_cast<std::size_t>(std::count_if(world.queue.begin(), world.queue.end(),
                                                         [](const auto& one) { return !one.first; })));
    }
    EXPECT_GT(most, 4u);
    EXPECT_LE(most, 10u);
}

TEST(Session, AnInterruptionStopsTheSoundAndWhatWasHeardIsKept) {
    World world;
    world.talk();
    const int speech = world.session.beginSpeech(world.now);
    EXPECT_TRUE(world.session.say(world.now, speech, "We look at the roof for half an hour."));
    EXPECT_TRUE(world.session.say(world.now, speech, "Then you get an offer."));
    world.wait(milliseconds(1000));
    const auto before = world.now;
    world.makes(babble(milliseconds(200)));
    ASSERT_EQ(world.every<SendClear>().size(), 1u) << "within 200 ms of their voice";
    EXPECT_LE((world.now - before).count(), 200);
    EXPECT_TRUE(world.queue.empty());
    world.hear(Sort::interim, "wait how much");
    world.makes(babble(milliseconds(400)));
    world.hear(Sort::final, "wait how much is it");
    world.wait(milliseconds(900));
    ASSERT_EQ(world.every<WasHeard>().size(), 1u);
    const auto heard = world.every<WasHeard>()[0];
    EXPECT_FALSE(heard.complete);
    EXPECT_EQ(heard.text, "We look at the roof") << "about a second of it";
    EXPECT_FALSE(world.session.say(world.now, speech, "And that is all.")) << "nobody hears the rest";
    ASSERT_EQ(world.every<Said>().size(), 1u);
    EXPECT_EQ(world.every<Said>()[0].text, "wait how much is it");
    EXPECT_EQ(world.every<SendClear>().size(), 1u);
}

TEST(Session, KeysStopUsAndAreWords) {
    World world;
    world.talk();
    world.reply({"Please press the year in which the house was built."});
    world.wait(milliseconds(600));
    for (const char* digit : {"1", "9", "7"}) {
        world.session.key(world.now, digit);
        world.wait(milliseconds(400));
    }
    EXPECT_EQ(world.every<SendClear>().size(), 1u);
    world.session.key(world.now, "5");
    world.wait(milliseconds(1900));
    EXPECT_TRUE(world.every<Said>().empty()) << "there may be more";
    world.wait(milliseconds(200));
    ASSERT_EQ(world.every<Said>().size(), 1u);
    EXPECT_EQ(world.every<Said>()[0].text, "[keys 1975]");
    EXPECT_EQ(world.every<Line>().back().kind, "keys");
    world.reply({"And the zip code, then the pound key?"});
    world.wait(milliseconds(3000));
    world.session.key(world.now, "2");
    world.session.key(world.now, "#");
    world.wait(milliseconds(100));
    ASSERT_EQ(world.every<Said>().size(), 2u);
    EXPECT_EQ(world.every<Said>()[1].text, "[keys 2#]");
    world.session.key(world.now, "A");
    world.session.key(world.now, "12");
    world.wait(milliseconds(3000));
    EXPECT_EQ(world.every<Said>().size(), 2u) << "what is no key is none";
}

TEST(Session, BackchannelsDoNotInterrupt) {
    for (const char* word : {"Mhm.", "uh huh", "Yeah, okay", "हाँ", "जी, अच्छा।"}) {
        World world;
        world.talk();
        world.reply({"We look at the roof for half an hour."});
        world.wait(milliseconds(600));
        world.says(word);
        world.wait(milliseconds(4000));
        EXPECT_EQ(world.said(), "We look at the roof for half an hour.") << word;
        EXPECT_EQ(world.every<Said>().size(), 0u) << word;
        ASSERT_EQ(world.every<WasHeard>().size(), 1u) << word;
        EXPECT_TRUE(world.every<WasHeard>()[0].complete) << word;
    }
}

TEST(Session, YesIsAnAnswerToAQuestion) {
    World world;
    world.talk();
    world.reply({"Do you own the house?"});
    world.wait(milliseconds(900));
    world.says("Yeah");
    world.wait(milliseconds(900));
    ASSERT_EQ(world.every<Said>().size(), 1u);
    EXPECT_EQ(world.every<Said>()[0].text, "Yeah");
}

TEST(Session, NoiseWithoutWordsHoldsOnlyForAMoment) {
    World world;
    world.talk();
    world.reply({"We look at the roof for half an hour."});
    world.wait(milliseconds(500));
    world.makes(babble(milliseconds(250)));  // a cough
    EXPECT_EQ(world.every<SendClear>().size(), 1u);
    world.wait(milliseconds(4500));
    EXPECT_EQ(world.said(), "We look at the roof for half an hour.");
    EXPECT_TRUE(world.every<WasHeard>().at(0).complete);
}

TEST(Session, LastingNoiseDoesNotSilenceUs) {
    World world;
    world.talk();
    world.reply({"We look at the roof for half an hour and then you get an offer from us by mail."});
    for (int i = 0; i < 30; ++i) world.makes(babble(milliseconds(500)));
    EXPECT_NE(world.said().find("by mail."), std::string::npos);
    EXPECT_EQ(world.every<Said>().size(), 0u);
}

TEST(Session, WordsOfLittleConfidenceAreAskedForAgain) {
    World world;
    world.talk();
    world.says("hmbl about eleventy", 0.4);
    world.wait(milliseconds(2500));
    EXPECT_EQ(world.every<Said>().size(), 0u);
    EXPECT_EQ(world.said(), "Sorry, I did not get that.");
    world.says("About ninety dollars", 0.9);
    world.wait(milliseconds(900));
    ASSERT_EQ(world.every<Said>().size(), 1u);
    EXPECT_EQ(world.every<Said>()[0].text, "About ninety dollars");
}

TEST(Session, WhoIsNeverUnderstoodIsAskedTwiceAndThenTaken) {
    World world;
    world.talk();
    for (int i = 0; i < 3; ++i) {
        world.says("hmbl" + std::to_string(i) + "x", 0.3);
        world.wait(milliseconds(2500));
    }
    ASSERT_EQ(world.every<Said>().size(), 1u);
    EXPECT_EQ(world.every<Said>()[0].text, "hmbl2x");
}

TEST(Session, SaysSomethingWhenTheAnswerTakesLong) {
    World world;
    world.talk();
    world.says("What does it cost?");
    world.wait(milliseconds(700));
    EXPECT_EQ(world.said(), "");
    world.wait(milliseconds(1200));
    EXPECT_EQ(world.said(), "Let me see.");
    world.reply({"About ninety dollars."});
    world.wait(milliseconds(2000));
    EXPECT_EQ(world.said(), "Let me see. | About ninety dollars.");
}

TEST(Session, AQuickAnswerNeedsNoFiller) {
    World world;
    world.talk();
    world.says("What does it cost?");
    world.hear(Sort::endedTurn, "");
    world.step();
    ASSERT_EQ(world.every<Said>().size(), 1u);
    world.reply({"About ninety dollars."});
    world.wait(milliseconds(2500));
    EXPECT_EQ(world.said(), "About ninety dollars.");
}

TEST(Session, WhoReadsOutDigitsIsWaitedFor) {
    World world;
    world.talk();
    world.session.beSlow(true);
    world.says("five five five");
    world.hear(Sort::endedTurn, "");
    world.wait(milliseconds(1200));
    EXPECT_EQ(world.every<Said>().size(), 0u);
    world.says("oh one two three");
    world.wait(milliseconds(2000));
    ASSERT_EQ(world.every<Said>().size(), 1u);
    EXPECT_EQ(world.every<Said>()[0].text, "five five five oh one two three");
}

TEST(Session, SilenceIsAskedAboutTwiceAndThenItEnds) {
    World world;
    world.talk();
    world.reply({"Do you own the house?"});
    world.wait(milliseconds(11000));
    EXPECT_EQ(world.said(), "Do you own the house? | Are you still there?");
    world.wait(milliseconds(9500));
    world.wait(milliseconds(12000));
    EXPECT_EQ(world.said(), "Do you own the house? | Are you still there? | Are you still there? | Goodbye.");
    ASSERT_EQ(world.every<HangUp>().size(), 1u);
    EXPECT_EQ(world.every<HangUp>()[0].reason, "silent");
}

TEST(Session, AMachineIsToldApartAndGetsItsMessageAfterTheBeep) {
    auto given = plan();
    given.leave = {"Hi Ann, Katie of Bright Roof. I will write to you."};
    World world(given);
    world.makes(babble(milliseconds(1500)));
    world.hear(Sort::interim, "hi you have reached the");
    world.makes(babble(milliseconds(3000)));
    world.hear(Sort::final, "hi you have reached the millers please leave a message after the beep");
    EXPECT_EQ(world.session.who(), Who::machine);
    world.wait(milliseconds(1000));
    EXPECT_EQ(world.every<SendSound>().size(), 0u) << "not before its beep";
    world.makes(tone(1000, milliseconds(400)));
    world.wait(milliseconds(5000));
    EXPECT_EQ(world.said(), "Hi Ann, Katie of Bright Roof. I will write to you.");
    EXPECT_EQ(world.every<Said>().size(), 0u) << "a machine's words are no answer";
    ASSERT_EQ(world.every<HangUp>().size(), 1u);
    EXPECT_EQ(world.every<HangUp>()[0].reason, "machine");
}

TEST(Session, AMonologueIsAMachineAlsoWithoutARecognizer) {
    World world;
    world.makes(babble(milliseconds(5000)));
    EXPECT_EQ(world.session.who(), Who::machine);
    ASSERT_EQ(world.every<HangUp>().size(), 1u) << "nothing is to be left there";
}

TEST(Session, AFaxAMenuAndAScreening) {
    World fax;
    fax.makes(tone(2100, milliseconds(1000)));
    ASSERT_EQ(fax.every<HangUp>().size(), 1u);
    EXPECT_EQ(fax.every<HangUp>()[0].reason, "fax");

    World menu;
    menu.says("For sales press one, for service press two");
    menu.wait(milliseconds(200));
    ASSERT_EQ(menu.every<HangUp>().size(), 1u);
    EXPECT_EQ(menu.every<HangUp>()[0].reason, "menu");

    auto given = plan();
    given.screening = {"Katie of Bright Roof, about the roof."};
    World screening(given);
    screening.says("Please state your name and why you are calling");
    screening.wait(milliseconds(3000));
    EXPECT_EQ(screening.said(), "Katie of Bright Roof, about the roof.");
    screening.says("Hello?");
    screening.wait(milliseconds(5000));
    EXPECT_EQ(screening.said(),
              "Katie of Bright Roof, about the roof. | This is an assistant. | Hi Ann, is now a bad time?")
        << "who comes on behind it has heard nothing of us yet";
    EXPECT_EQ(screening.session.who(), Who::person);
    EXPECT_EQ(screening.every<HangUp>().size(), 0u);
}

TEST(Session, TheCarriersOpinionCounts) {
    World world;
    world.session.answeredBy(world.now, Who::machine);
    world.wait(milliseconds(100));
    EXPECT_EQ(world.session.who(), Who::machine);
}

TEST(Session, EndsOnceHoweverOftenItIsEnded) {
    World world;
    world.talk();
    world.reply({"Then until Tuesday."});
    world.session.end(world.now, "done", true);
    world.session.end(world.now, "again", true);
    world.session.transfer(world.now, "+15555550124");
    world.wait(milliseconds(4000));
    world.session.stopped(world.now, "hung_up");
    world.wait(milliseconds(100));
    EXPECT_EQ(world.said(), "Then until Tuesday. | Goodbye.");
    ASSERT_EQ(world.every<HangUp>().size(), 1u);
    EXPECT_EQ(world.every<HangUp>()[0].reason, "done");
    EXPECT_EQ(world.every<Transfer>().size(), 0u);
}

TEST(Session, ATransferThatFailsGivesThePersonBack) {
    World world;
    world.talk();
    world.reply({"I connect you."});
    world.session.transfer(world.now, "+15555550124");
    world.session.transfer(world.now, "+15555550125");
    world.wait(milliseconds(2000));
    ASSERT_EQ(world.every<Transfer>().size(), 1u);
    world.session.notTransferred(world.now);
    world.reply({"Nobody is there now."});
    world.wait(milliseconds(2000));
    EXPECT_TRUE(world.taken);
    EXPECT_EQ(world.said(), "I connect you. | Nobody is there now.");
}

TEST(Session, ALongCallIsEndedKindly) {
    auto given = plan();
    given.most = seconds(60);
    given.silence = seconds(300);
    World world(given);
    world.wait(seconds(31));
    EXPECT_TRUE(world.signalled("wrap_up"));
    world.reply(
        {"One more thing, which takes a while to say because it is long, so long that it does not end in "
         "time."});
    world.wait(seconds(35));
    EXPECT_NE(world.said().find("in time. | Goodbye."), std::string::npos) << world.said();
    ASSERT_EQ(world.every<HangUp>().size(), 1u);
    EXPECT_EQ(world.every<HangUp>()[0].reason, "longest");
}

TEST(Session, ALoopIsBroken) {
    World world;
    world.talk();
    for (int i = 0; i < 3; ++i) {
        world.says("Say that again please number " + std::to_string(i) + "x");
        world.wait(milliseconds(900));
        world.reply({"Do you own the house?"});
        world.wait(milliseconds(2000));
    }
    EXPECT_TRUE(world.signalled("loop"));
    EXPECT_EQ(world.every<HangUp>().size(), 1u);

    World other;
    other.talk();
    for (int i = 0; i < 4; ++i) {
        other.says("Your call is important to us");
        other.wait(milliseconds(1000));
    }
    EXPECT_TRUE(other.signalled("loop"));
}

TEST(Session, WhoHangsUpMidWordHasHeardWhatWasPlayed) {
    World world;
    world.talk();
    world.reply({"We look at the roof for half an hour."});
    world.wait(milliseconds(1000));
    world.session.stopped(world.now, "hung_up");
    for (auto& act : world.session.take()) world.all.push_back(std::move(act));
    ASSERT_EQ(world.every<WasHeard>().size(), 1u);
    EXPECT_EQ(world.every<WasHeard>()[0].text, "We look at the roof");
    ASSERT_EQ(world.every<HangUp>().size(), 1u);
    EXPECT_EQ(world.every<HangUp>()[0].reason, "hung_up");
    EXPECT_FALSE(world.session.say(world.now, world.session.beginSpeech(world.now), "Hello?"));
}

TEST(Session, NewerWordsEndTheAnswerToOlderOnes) {
    World world;
    world.talk();
    world.says("What does it cost?");
    world.wait(milliseconds(800));
    const int speech = world.session.beginSpeech(world.now);
    world.says("And how long does it take?");
    world.wait(milliseconds(800));
    EXPECT_EQ(world.every<Said>().size(), 2u);
    EXPECT_FALSE(world.session.say(world.now, speech, "About ninety dollars."));
}

TEST(Session, TheCarrierThatFallsSilentEndsTheCall) {
    World world;
    world.talk();
    for (int i = 0; i < 800; ++i) {
        world.now += kFrame;
        world.session.tick(world.now);
    }
    for (auto& act : world.session.take()) world.all.push_back(std::move(act));
    ASSERT_EQ(world.every<HangUp>().size(), 1u);
    EXPECT_EQ(world.every<HangUp>()[0].reason, "no_sound");
}

TEST(Session, WhatCannotBeSpokenIsNotTakenForHeard) {
    World world;
    world.talk();
    world.speaks = false;
    const int speech = world.session.beginSpeech(world.now);
    EXPECT_TRUE(world.session.say(world.now, speech, "About ninety dollars."));
    int sentence = 0;
    for (auto& act : world.session.take())
        if (const auto* asked = std::get_if<Synthesize>(&act)) sentence = asked->sentence;
    world.session.unspoken(world.now, sentence);
    world.session.endSpeech(world.now, speech);
    world.step();
    EXPECT_TRUE(world.signalled("unspoken"));
    ASSERT_EQ(world.every<WasHeard>().size(), 1u);
    EXPECT_EQ(world.every<WasHeard>()[0].text, "");
    EXPECT_FALSE(world.every<WasHeard>()[0].complete);
}

TEST(Session, TellsHowLongEachLegTook) {
    World world;
    world.talk();
    world.says("What does it cost?");
    world.wait(milliseconds(760));
    world.session.firstToken(world.now);
    world.reply({"About ninety dollars."});
    world.wait(milliseconds(100));
    Json leg;
    for (const auto& one : world.every<Signal>())
        if (one.kind == "leg") leg = one.details;
    for (const char* name : {"end_of_speech", "final_words", "accepted", "first_token", "first_sentence",
                             "first_audio", "first_sound"})
        EXPECT_TRUE(leg.contains(name)) << name << " " << leg.dump();
    EXPECT_LE(leg["end_of_speech"], leg["accepted"]);
    EXPECT_LE(leg["first_audio"], leg["first_sound"]);
}

TEST(Playout, MarksSayWhatWasPlayedWhenTheCarrierIsLate) {
    Playout playout(milliseconds(160), true);
    playout.add(1);
    playout.audio(1, silence(seconds(2)));
    playout.finished(1);
    std::string mark;
    Moment now{0};
    for (; now < seconds(1); now += kFrame)
        for (auto& out : playout.next(now))
            if (!out.mark.empty() && mark.empty()) mark = out.mark;
    // Nothing was said to be played: less than the first mark's 200 ms.
    playout.played(mark, now);
    const auto told = playout.clear(now);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_GE(told[0].heard.count(), 200);
    EXPECT_LT(told[0].heard.count(), 400);
    EXPECT_FALSE(told[0].complete);
}

TEST(Playout, MarksThatComeBackAfterAClearAreOld) {
    Playout playout(milliseconds(160), true);
    playout.add(1);
    playout.audio(1, silence(seconds(1)));
    playout.finished(1);
    Moment now{0};
    std::vector<std::string> marks;
    for (; now < milliseconds(400); now += kFrame)
        for (auto& out : playout.next(now))
            if (!out.mark.empty()) marks.push_back(out.mark);
    playout.clear(now);
    for (const auto& mark : marks) playout.played(mark, now);
    playout.played("p99999999999999999999", now);
    playout.played("something else", now);
    playout.add(2);
    playout.audio(2, silence(seconds(1)));
    playout.finished(2);
    playout.next(now);
    const auto told = playout.clear(now + milliseconds(20));
    ASSERT_EQ(told.size(), 1u);
    EXPECT_LE(told[0].heard.count(), 20);
}

/// What a session gave away for the recording, side by side on the call's time line.
struct Kept {
    explicit Kept(const World& world) {
        for (const auto& one : world.every<Keep>()) (one.ours ? ours : theirs).put(one.at, one.mulaw);
        ourSound = ours.take();
        theirSound = theirs.take();
    }
    static bool isSilent(std::string_view sound) { return loudnessOf(sound) < 0.001; }
    std::string_view ourPart(milliseconds from, milliseconds to) const { return part(ourSound, from, to); }
    std::string_view theirPart(milliseconds from, milliseconds to) const {
        return part(theirSound, from, to);
    }
    Track ours, theirs;
    std::string ourSound, theirSound;

private:
    static std::string_view part(std::string_view sound, milliseconds from, milliseconds to) {
        const auto bytes = [](milliseconds at) {
            return static_cast<std::size_t>(at.count()) * kRate / 1000;
        };
        return sound.substr(std::min(sound.size(), bytes(from)), bytes(to - from));
    }
};

TEST(Recording, NothingIsKeptUnlessItIsAskedFor) {
    World world;
    world.talk();
    world.says("Fine");
    EXPECT_TRUE(world.every<Keep>().empty());
}

TEST(Recording, TheirSideIsKeptOnceTheyWereToldAndOursAsTheyHeardIt) {
    auto recorded = plan();
    recorded.records = true;
    World world(recorded);
    world.makes(babble(milliseconds(400)));  // "hello?", before they know
    world.wait(milliseconds(400));
    while (world.said().find("This is an assistant.") == std::string::npos && world.now < seconds(8))
        world.step();
    const auto told = world.now;
    world.wait(milliseconds(4000));
    const auto spoke = world.now;
    world.makes(babble(milliseconds(100)));
    world.wait(milliseconds(1000));
    const Kept kept(world);
    EXPECT_TRUE(Kept::isSilent(kept.theirPart(milliseconds(0), told)))
        << "what they said before the notice was over";
    EXPECT_FALSE(Kept::isSilent(kept.theirPart(spoke, spoke + milliseconds(100))));
    EXPECT_TRUE(Kept::isSilent(kept.theirPart(spoke + milliseconds(140), world.now)));
    const auto heard = world.every<Line>();
    ASSERT_GE(heard.size(), 2U);
    for (const auto& line : heard)
        EXPECT_FALSE(Kept::isSilent(kept.ourPart(line.from, line.to))) << line.text;
    EXPECT_TRUE(Kept::isSilent(kept.ourPart(milliseconds(0), heard.front().from)));
    EXPECT_TRUE(Kept::isSilent(kept.ourPart(heard.back().to, spoke)));
    EXPECT_EQ(lengthOf(kept.theirSound.size()), world.now) << "both lie on one time line";
}

TEST(Recording, WhatWasTakenBackIsNotInIt) {
    auto recorded = plan();
    recorded.records = true;
    World world(recorded);
    world.talk();
    world.heardSound.clear();
    world.reply({"This sentence is long enough to be interrupted in the middle of it, as they do."});
    world.wait(milliseconds(1500));
    const auto begun = world.now;
    world.hear(Sort::started, "");
    world.makes(babble(milliseconds(300)));
    world.hear(Sort::interim, "No wait");
    world.makes(babble(milliseconds(300)));
    const auto stopped = world.now;
    world.wait(milliseconds(2000));
    const auto lines = world.every<Line>();
    const auto cut =
        std::find_if(lines.begin(), lines.end(), [](const Line& line) { return line.kind == "cut"; });
    ASSERT_NE(cut, lines.end());
    const Kept kept(world);
    EXPECT_FALSE(Kept::isSilent(kept.ourPart(begun - milliseconds(400), begun - milliseconds(200))));
    EXPECT_TRUE(Kept::isSilent(kept.ourPart(stopped, stopped + milliseconds(1500)))) << "what nobody heard";
    EXPECT_LE(cut->to, stopped);
    const auto loud = [](std::string_view sound) {
        milliseconds length{0};
        for (std::size_t i = 0; i + kFrameBytes <= sound.size(); i += kFrameBytes)
            if (!Kept::isSilent(sound.substr(i, kFrameBytes))) length += kFrame;
        return length;
    };
    EXPECT_LE(loud(kept.ourSound), loud(world.heardSound) + kFrame) << "of what was on its way nothing";
    EXPECT_GE(loud(kept.ourSound) + milliseconds(220), loud(world.heardSound))
        << "what lay between two marks";
}

TEST(Recording, WhoWasNotToldIsNotRecorded) {
    auto recorded = plan();
    recorded.records = true;
    Session untold(recorded);
    untold.started(Moment(0));
    int kept = 0;
    for (std::int64_t at = 0; at < 6000; at += 20) {
        for (const auto& act : untold.take()) {
            const auto* asked = std::get_if<Synthesize>(&act);
            if (asked != nullptr) untold.unspoken(Moment(at), asked->sentence);
            if (std::holds_alternative<Keep>(act)) ++kept;
        }
        untold.sound(Moment(at), at, babble(kFrame));
        untold.tick(Moment(at));
    }
    EXPECT_EQ(kept, 0) << "the notice could not be spoken";
    auto again = plan();
    again.records = again.told = true;
    again.notice.clear();
    World known(again);
    known.makes(babble(milliseconds(600)));
    EXPECT_FALSE(Kept::isSilent(Kept(known).theirSound));
}

TEST(Recording, WhatComesLateLiesWhereItWasSaid) {
    auto recorded = plan();
    recorded.records = recorded.told = true;
    Session session(recorded);
    session.started(Moment(0));
    Track track;
    const auto take = [&] {
        for (const auto& act : session.take())
            if (const auto* one = std::get_if<Keep>(&act); one != nullptr && !one->ours)
                track.put(one->at, one->mulaw);
    };
    const auto voice = babble(kFrame);
    std::int64_t at = 0;
    for (; at < 1000; at += 20) session.sound(Moment(at + 20), at, silence(kFrame));
    take();
    // The network stands still for 600 ms; then all of it comes at once.
    for (; at < 1600; at += 20) session.sound(Moment(1600), at, at == 1200 ? voice : silence(kFrame));
    take();
    for (; at < 3000; at += 20) session.sound(Moment(at + 20), at, at == 2000 ? voice : silence(kFrame));
    take();
    const auto sound = track.take();
    EXPECT_EQ(lengthOf(sound.size()), milliseconds(3000));
    for (std::size_t i = 0; i < 3000; i += 20)
        EXPECT_EQ(Kept::isSilent(std::string_view(sound).substr(i * 8, kFrameBytes)), i != 1200 && i != 2000)
            << i;
}

TEST(Track, FillsGapsAndLeavesOutWhatWouldLieOnSomething) {
    Track track;
    track.put(milliseconds(20), "ab");
    EXPECT_EQ(track.take(), silence(milliseconds(20)) + "ab");
    EXPECT_EQ(track.take(), "");
    track.put(milliseconds(20), "xyz");
    EXPECT_EQ(track.take(), "z") << "two bytes lie there already";
    track.put(milliseconds(-20), "never");
    track.put(milliseconds(10), "earlier");
    EXPECT_EQ(track.take(), "");
    track.put(milliseconds(40), "c");
    EXPECT_EQ(track.take(), silence(milliseconds(20)).substr(3) + "c");
    EXPECT_EQ(track.length(), milliseconds(40));
}

TEST(Track, TwoSidesAreOneFile) {
    const auto file = stereoHeader(3) + stereo("abc", "d");
    EXPECT_EQ(file.size(), 58U + 6U);
    EXPECT_EQ(file.substr(58), std::string("adb\xff"
                                           "c\xff"));
    EXPECT_EQ(file.substr(0, 4) + file.substr(8, 8) + file.substr(50, 4), "RIFFWAVEfmt data");
    EXPECT_EQ(static_cast<unsigned char>(file[4]), file.size() - 8);
    EXPECT_EQ(file.substr(20, 4), std::string("\x07\x00\x02\x00", 4)) << "mu-law, two tracks";
}

}  // namespace
}  // namespace overture::call
