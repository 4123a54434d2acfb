// Calls whose carrier hears and speaks: words in, words out, no sound.
#include <gtest/gtest.h>

#include "call/session.hpp"

namespace overture::call {
namespace {

using Sort = Recognized::Kind;

Plan plan() {
    Plan plan;
    plan.relayed = true;
    plan.manners = Manners::fromJson({{"backchannels", {"mhm", "okay", "yes"}},
                                      {"greetings", {"hello"}},
                                      {"fillers", {"Let me see."}},
                                      {"clarify", {"Sorry?"}},
                                      {"are_you_there", {"Are you still there?"}},
                                      {"goodbye", "Goodbye."},
                                      {"machine", {"leave a message"}},
                                      {"screening", {"state your name"}},
                                      {"menu", {"press 1"}}});
    plan.notice = {"This is an assistant."};
    plan.opening = {"Hi Ann, is now a bad time?"};
    return plan;
}

/// A carrier that speaks what it is told, 65 ms a letter, and a clock.
class Relay {
public:
    explicit Relay(Plan given = plan()) : session(std::move(given)) {
        session.started(now);
        obey();
    }
    void wait(milliseconds length) {
        for (auto left = length; left.count() > 0; left -= kFrame) {
            now += kFrame;
            session.tick(now);
            obey();
        }
    }
    void says(const std::string& text) {  // as heard words come: final, then the end of the turn
        session.recognized(now, {Sort::final, text});
        session.recognized(now, {Sort::endedTurn, ""});
        obey();
        wait(kFrame);
    }
    void interrupts(const std::string& heard) {
        session.interrupted(now, heard);
        obey();
        sent.clear();
    }
    int reply(const std::vector<std::string>& sentences, bool ended = true) {
        const int speech = session.beginSpeech(now);
        for (const auto& one : sentences) taken = session.say(now, speech, one);
        wait(kFrame);
        if (ended) session.endSpeech(now, speech);
        obey();
        return speech;
    }
    /// Until the opening was answered.
    void talk() {
        wait(milliseconds(8000));
        says("Sure, go on");
        sent.clear();
        all.clear();
    }
    template <typename T>
    std::vector<T> every() const {
        std::vector<T> found;
        for (const auto& act : all)
            if (const auto* one = std::get_if<T>(&act)) found.push_back(*one);
        return found;
    }
    std::string lines(const std::string& who) const {
        std::string text;
        for (const auto& line : every<Line>())
            if (line.who == who)
                text += (text.empty() ? "" : " | ") + line.text +
                        (line.kind.empty() ? "" : " (" + line.kind + ")");
        return text;
    }
    std::string heard() const {
        const auto told = every<WasHeard>();
        return told.empty() ? "nothing yet" : told.back().text + (told.back().complete ? "" : " …");
    }
    Moment now{0};
    Session session;
    std::vector<Act> all;
    std::vector<std::string>
        sent;  // what the carrier has to say; "#" ends one go, "!" is not to be interrupted
    bool taken = false;

private:
    void obey() {
        for (auto& act : session.take()) {
            if (const auto* text = std::get_if<SendText>(&act))
                sent.push_back(text->text + (text->interruptible ? "" : "!") + (text->last ? "#" : ""));
            all.push_back(std::move(act));
        }
    }
};

using Words = std::vector<std::string>;

TEST(Relay, WordsGoOutAndNoSound) {
    Relay relay;
    relay.wait(milliseconds(900));
    EXPECT_EQ(relay.sent, Words{}) << "their hello is waited for";
    relay.says("Hello?");
    relay.wait(milliseconds(600));
    EXPECT_EQ(relay.sent, (Words{"This is an assistant.!#", "Hi Ann, is now a bad time?#"}));
    relay.wait(milliseconds(7000));
    relay.says("No, go on");
    ASSERT_EQ(relay.every<Said>().size(), 1u);
    EXPECT_EQ(relay.every<Said>()[0].text, "No, go on");
    relay.sent.clear();
    relay.reply({"We can come on Tuesday.", "Is that good?"});
    EXPECT_EQ(relay.sent, (Words{"We can come on Tuesday.", "Is that good?", "#"}));
    relay.wait(milliseconds(6000));
    EXPECT_EQ(relay.heard(), "We can come on Tuesday. Is that good?");
    EXPECT_EQ(relay.lines("agent"),
              "This is an assistant. (notice) | Hi Ann, is now a bad time? (opening) | We can come on "
              "Tuesday. | Is that "
              "good?");
    EXPECT_TRUE(relay.every<SendSound>().empty() && relay.every<Synthesize>().empty() &&
                relay.every<Recognize>().empty());
}

TEST(Relay, WhatWasHeardIsWhatTheCarrierSays) {
    Relay relay;
    relay.talk();
    relay.reply({"First I would like to tell you all about our roofs.", "They are red."}, false);
    relay.wait(milliseconds(500));
    relay.interrupts("First I would like to");
    EXPECT_EQ(relay.every<SendText>().back().text, "") << "the open go is ended";
    relay.says("What does it cost?");
    EXPECT_EQ(relay.heard(), "First I would like to …");
    EXPECT_EQ(relay.lines("agent"), "First I would like to (cut)");
    EXPECT_EQ(relay.every<Said>().back().text, "What does it cost?");
    EXPECT_FALSE(relay.session.say(relay.now, 2, "Or green.")) << "nobody wants the rest";
    relay.wait(milliseconds(200));
    EXPECT_EQ(relay.sent, Words{});
}

TEST(Relay, HeardInTheSecondSentenceMeansAllOfTheFirst) {
    Relay relay;
    relay.talk();
    relay.reply({"We can come on Tuesday.", "It takes one hour, and costs nothing."});
    relay.interrupts("on Tuesday. It takes one ho");
    relay.says("No.");
    EXPECT_EQ(relay.heard(), "We can come on Tuesday. It takes one …");
}

TEST(Relay, WithoutWordsOfTheCarrierTheClockSaysWhatWasHeard) {
    Relay relay;
    relay.talk();
    relay.reply({"One two three four five six seven eight nine ten."});
    relay.wait(milliseconds(1900));
    relay.interrupts("");
    relay.says("Stop it");
    EXPECT_EQ(relay.heard(), "One two three four five …");
}

TEST(Relay, WordsPlayedAreBelievedBeforeTheClock) {
    Relay relay;
    relay.talk();
    relay.reply({"We can come on Tuesday.", "Is that good for you and Sam?"});
    relay.session.playedWords(relay.now, "We can come on Tuesday.");
    relay.session.playedWords(relay.now, "Sam");  // of something else: it is too far ahead
    relay.wait(milliseconds(20));
    EXPECT_EQ(relay.lines("agent"), "We can come on Tuesday.");
    relay.wait(milliseconds(5500));
    EXPECT_EQ(relay.heard(), "nothing yet") << "it said of the first, so it will of the second";
    relay.session.playedWords(relay.now, "Is that good for you and Sam?");
    relay.wait(milliseconds(20));
    EXPECT_EQ(relay.heard(), "We can come on Tuesday. Is that good for you and Sam?");
}

TEST(Relay, WordsWhoseReportIsLostAreNotWaitedForForever) {
    Relay relay;
    relay.talk();
    relay.reply({"We can come on Tuesday.", "Is that good?"});
    relay.session.playedWords(relay.now, "We can come on");
    relay.wait(milliseconds(9000));
    EXPECT_EQ(relay.heard(), "We can come on Tuesday. Is that good?");
}

TEST(Relay, ABackchannelLetsItGoOnWhereItWasHeardLast) {
    Relay relay;
    relay.talk();
    relay.reply({"First I would like to tell you all about our roofs.", "They are red."});
    relay.interrupts("First I would like");
    relay.says("Mhm.");
    EXPECT_EQ(relay.sent, (Words{"to tell you all about our roofs.", "They are red.#"}));
    EXPECT_TRUE(relay.every<Said>().empty());
    relay.wait(milliseconds(8000));
    EXPECT_EQ(relay.heard(), "First I would like to tell you all about our roofs. They are red.");
}

TEST(Relay, ANoiseLetsItGoOnToo) {
    Relay relay;
    relay.talk();
    relay.reply({"First I would like to tell you all about our roofs."});
    relay.session.voice(relay.now, true);
    relay.interrupts("First I would");
    relay.wait(milliseconds(5000));
    EXPECT_EQ(relay.sent, Words{}) << "they are still speaking";
    relay.session.voice(relay.now, false);
    relay.wait(milliseconds(2100));
    EXPECT_EQ(relay.sent, Words{"like to tell you all about our roofs.#"});
}

TEST(Relay, WhoseVoiceIsNotToldOfIsWaitedForLonger) {
    Relay relay;
    relay.talk();
    relay.reply({"First I would like to tell you all about our roofs."});
    relay.interrupts("First I would");
    relay.wait(milliseconds(7000));
    EXPECT_EQ(relay.sent, Words{});
    relay.wait(milliseconds(1200));
    EXPECT_EQ(relay.sent, Words{"like to tell you all about our roofs.#"});
}

TEST(Relay, WhatIsSaidDuringTheNoticeCountsAfterIt) {
    Relay relay;
    relay.wait(milliseconds(1300));
    relay.says("Who is this?");
    EXPECT_TRUE(relay.every<Said>().empty());
    relay.wait(milliseconds(5000));
    ASSERT_EQ(relay.every<Said>().size(), 1u);
    EXPECT_EQ(relay.every<Said>()[0].text, "Who is this?");
}

TEST(Relay, DigitsAreWaitedForAndComeInOnePiece) {
    Relay relay;
    relay.talk();
    relay.says("My number is 602");
    relay.wait(milliseconds(1000));
    EXPECT_TRUE(relay.every<Said>().empty());
    relay.says("555 0100");
    relay.wait(milliseconds(2000));
    ASSERT_EQ(relay.every<Said>().size(), 1u);
    EXPECT_EQ(relay.every<Said>()[0].text, "My number is 602 555 0100");
}

TEST(Relay, KeysAreWordsWhichStopWhatTheCarrierStopped) {
    Relay relay;
    relay.talk();
    relay.reply({"First I would like to tell you all about our roofs."});
    relay.interrupts("First I would");
    relay.session.key(relay.now, "5");
    relay.session.key(relay.now, "#");
    relay.wait(milliseconds(20));
    EXPECT_EQ(relay.every<Said>().back().text, "[keys 5#]");
    EXPECT_EQ(relay.heard(), "First I would …");
    relay.reply({"First I would like to tell you all about our roofs."});
    relay.session.key(relay.now, "7");
    relay.interrupts("First I would");  // the other way round
    relay.wait(milliseconds(9000));
    EXPECT_EQ(relay.every<Said>().back().text, "[keys 7]");
    for (const auto& one : relay.sent) EXPECT_NE(one, "like to tell you all about our roofs.#");
}

TEST(Relay, AFillerIsSaidOnceAndTheReplyComesAfterIt) {
    Relay relay;
    relay.talk();
    relay.wait(milliseconds(2000));
    EXPECT_EQ(relay.sent, Words{"Let me see.#"});
    relay.reply({"It costs nothing."});
    EXPECT_EQ(relay.sent, (Words{"Let me see.#", "It costs nothing.", "#"}));
}

TEST(Relay, WhoIsSilentIsAskedTwiceAndThenLetGo) {
    Relay relay;
    relay.talk();
    relay.reply({"Is Tuesday good?"});
    relay.wait(seconds(40));
    EXPECT_EQ(relay.sent, (Words{"Is Tuesday good?", "#", "Are you still there?#", "Are you still there?#",
                                 "Goodbye.#"}));
    EXPECT_EQ(relay.session.reason(), "silent");
    EXPECT_TRUE(relay.session.over());
    EXPECT_EQ(relay.lines("agent").substr(relay.lines("agent").size() - 18), "Goodbye. (goodbye)")
        << "in full";
}

TEST(Relay, ACallWithoutSoundIsNoDeadLine) {
    Relay relay;
    relay.talk();
    relay.session.voice(relay.now, true);
    relay.wait(seconds(20));
    EXPECT_FALSE(relay.session.over());
}

TEST(Relay, LongestCallsEndPolitely) {
    auto given = plan();
    given.most = seconds(30);
    Relay relay(std::move(given));
    relay.wait(seconds(45));
    EXPECT_EQ(relay.session.reason(), "longest");
    EXPECT_EQ(relay.sent.back(), "Goodbye.#");
}

TEST(Relay, AMachineIsToldByItsWordsAndSpokenToAfterThem) {
    auto given = plan();
    given.leave = {"Please call us back."};
    Relay relay(std::move(given));
    relay.wait(milliseconds(500));
    relay.says("You have reached Ann, please leave a message after the tone");
    EXPECT_EQ(*relay.session.who(), Who::machine);
    relay.wait(milliseconds(2000));
    EXPECT_EQ(relay.sent, Words{});
    relay.wait(milliseconds(1000));
    EXPECT_EQ(relay.sent, Words{"Please call us back.!#"});
    relay.wait(milliseconds(6000));
    EXPECT_EQ(relay.session.reason(), "machine");
    EXPECT_TRUE(relay.every<Said>().empty());
}

TEST(Relay, AMonologueIsAMachineAndTheCarriersWordCounts) {
    Relay relay;
    relay.says(
        "Thank you for calling, all of our people are out on roofs today, but your interest means a lot to "
        "us");
    EXPECT_EQ(*relay.session.who(), Who::machine);
    Relay other;
    other.session.answeredBy(other.now, Who::fax);
    other.wait(kFrame);
    EXPECT_EQ(other.session.reason(), "fax");
}

TEST(Relay, TransferComesAfterWhatIsBeingSaidAndOnce) {
    Relay relay;
    relay.talk();
    relay.reply({"I connect you with Sam."});
    relay.session.transfer(relay.now, "+16025550124");
    relay.wait(milliseconds(1000));
    EXPECT_TRUE(relay.every<Transfer>().empty());
    relay.wait(milliseconds(3000));
    ASSERT_EQ(relay.every<Transfer>().size(), 1u);
    relay.session.end(relay.now, "done", true);
    relay.session.stopped(relay.now, "hung_up");
    relay.wait(kFrame);
    EXPECT_EQ(relay.session.reason(), "transferred");
}

TEST(Relay, WhoTalksOverOurGoodbyeEndsIt) {
    Relay relay;
    relay.talk();
    relay.session.end(relay.now, "done", true);
    relay.wait(kFrame);
    relay.interrupts("Good");
    relay.wait(milliseconds(100));
    EXPECT_TRUE(relay.session.over());
    EXPECT_EQ(relay.session.reason(), "done");
}

TEST(Relay, WhatIsSaidWithoutAnInterruptionDoesNotCutWhatTheCarrierSaysOn) {
    Relay relay;
    relay.talk();
    relay.reply({"We can come on Tuesday."});
    relay.says("Is that right?");
    EXPECT_EQ(relay.every<Said>().size(), 1u);
    relay.reply({"Yes."});
    relay.wait(milliseconds(5000));
    EXPECT_EQ(relay.lines("agent"), "We can come on Tuesday. | Yes.");
}

TEST(Relay, LengthsAreOfLettersAndNotOfBytes) {
    EXPECT_EQ(spokenLength("नमस्ते"), spokenLength("namast"));
}

}  // namespace
}  // namespace overture::call
