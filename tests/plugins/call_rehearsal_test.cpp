// What happens in calls: forty of them, each with the real session, the manners of the voice channel and speech that reads itself
// back, in virtual time.
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "net/http_client.hpp"
#include "rehearsal/call.hpp"

namespace overture::rehearsal {
namespace {

using When = PhoneAct::When;

struct Speech {
    Speech() {
        for (const char* name : {"voice", "scripted-speech"}) {
            const auto listing = host.load(std::string(OVERTURE_BUILD_DIR "/plugins/") + name);
            if (listing.state != "loaded") throw std::runtime_error(listing.reason);
        }
        voice = host.open("voice", Json::object(), {}).orThrow();
        speech = host.open("scripted-speech", {{"unsure_of", {{"mumble", 0.3}}}}, {}).orThrow();
    }
    SystemClock clock;
    net::HttpClient http;
    plugin::Host host{{http, clock}};
    std::shared_ptr<plugin::Instance> voice, speech;
};
Speech& speech() {
    static Speech made;
    return made;
}

class CallRehearsal : public ::testing::Test {
protected:
    /// A person who answers, and then does what `acts` say.
    void call(const std::string& acts, const std::string& language = "en") {
        scene.language = language;
        if (!scene.hearing) scene.hearing = speech().speech;
        scene.speaking = speech().speech;
        const auto manners =
            speech().voice->call("channel.call/1", "manners",
                                 {{"language", language}, {"sender_name", "Bright Roof"}}, seconds(1));
        scene.plan.manners = call::Manners::fromJson(manners.document);
        if (scene.plan.opening.empty()) {
            scene.plan.notice = {"This is an automated assistant of Bright Roof."};
            scene.plan.opening = {"Is now a bad time?"};
        }
        for (const auto& one : manners.document["who_calls"]) scene.plan.screening.push_back(one);
        scene.person = phoneActs(
                           Json::parse(acts),
                           [&](const std::string& text) { return soundOf(*speech().speech, text, language); },
                           [](const std::string&) { return std::string(); })
                           .orThrow();
        scene.answer = [this](const std::string& words) {
            asked.push_back(words);
            if (answers.empty()) return CallAnswer{{"I see."}};
            auto one = answers.front();
            answers.erase(answers.begin());
            return one;
        };
        record = rehearseCall(scene);
    }
    std::string ours() const {
        std::string all;
        for (const auto& line : record.lines)
            if (line.who == "agent") all += (all.empty() ? "" : " | ") + line.text;
        return all;
    }
    bool says(const std::string& text) const { return ours().find(text) != std::string::npos; }
    bool signalled(const std::string& kind) const {
        return std::any_of(record.signals.begin(), record.signals.end(),
                           [&](const auto& one) { return one.kind == kind; });
    }
    std::string answeredBy() const {
        for (const auto& one : record.signals)
            if (one.kind == "answered") return textOf(one.details, "by");
        return {};
    }
    const call::WasHeard& lastHeard() const { return record.heard.back(); }

    CallScene scene;
    std::vector<CallAnswer> answers;
    std::vector<std::string> asked;
    CallRecord record;
    const std::string lengthy =
        "We look at your roof from the outside, which takes about half an hour, and then you get an offer.";
};

TEST_F(CallRehearsal, AnOrdinaryConversation) {
    answers = {{{"Do you own the house?"}, {}}, {{"Thank you.", "Goodbye then."}, "done"}};
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "no go on", "after_quiet_ms": 700}, {"say": "yes I do", "after_quiet_ms": 700}])");
    EXPECT_EQ(ours(),
              "This is an automated assistant of Bright Roof. | Is now a bad time? | Do you own the house? | "
              "Thank you. | "
              "Goodbye then.");
    EXPECT_EQ(asked, (std::vector<std::string>{"no go on", "yes I do"}));
    EXPECT_EQ(record.reason, "done");
    EXPECT_EQ(answeredBy(), "person");
}

TEST_F(CallRehearsal, WhoSaysNothingAtFirstIsGreeted) {
    call(R"([{"say": "yes hello who is there", "at_ms": 6500}, {"hang_up": true, "after_quiet_ms": 3000}])");
    EXPECT_TRUE(says("Is now a bad time?"));
    EXPECT_EQ(asked.size(), 1u);
}

TEST_F(CallRehearsal, TheWayTheyAnswerThePhoneIsNoInterruption) {
    call(R"([{"say": "Hello?", "at_ms": 1500}, {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_TRUE(says("This is an automated assistant of Bright Roof. | Is now a bad time?"));
    EXPECT_EQ(asked.size(), 0u);
}

TEST_F(CallRehearsal, AnInterruptionEndsTheAnswer) {
    answers = {{{lengthy, "It is free."}, {}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what do you do", "after_quiet_ms": 700},
             {"say": "wait how much is it", "while_spoken_to_ms": 1500}, {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_EQ(asked.back(), "wait how much is it");
    EXPECT_FALSE(says("It is free."));
    const auto cut = std::find_if(record.lines.begin(), record.lines.end(),
                                  [](const auto& one) { return one.kind == "cut"; });
    ASSERT_NE(cut, record.lines.end());
    EXPECT_TRUE(lengthy.starts_with(cut->text)) << cut->text;
    EXPECT_GE(record.clears, 1);
}

TEST_F(CallRehearsal, AnInterruptionInTheNoticeWaitsForItsEnd) {
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what is this about", "while_spoken_to_ms": 800},
             {"hang_up": true, "after_silence_ms": 4000}])");
    EXPECT_TRUE(says("This is an automated assistant of Bright Roof."));
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0], "what is this about");
}

TEST_F(CallRehearsal, TwoInterruptionsInARow) {
    answers = {{{lengthy}, {}}, {{lengthy + " Really."}, {}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what do you do", "after_quiet_ms": 700},
             {"say": "no stop that", "while_spoken_to_ms": 900}, {"say": "I said I do not care", "while_spoken_to_ms": 900},
             {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_EQ(asked, (std::vector<std::string>{"what do you do", "no stop that", "I said I do not care"}));
}

TEST_F(CallRehearsal, BackchannelsInEnglish) {
    answers = {{{lengthy}, {}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what do you do", "after_quiet_ms": 700},
             {"say": "mhm", "while_spoken_to_ms": 900}, {"say": "yeah okay", "while_spoken_to_ms": 900},
             {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_TRUE(says(lengthy)) << ours();
    EXPECT_EQ(asked.size(), 1u);
}

TEST_F(CallRehearsal, BackchannelsInHindi) {
    scene.plan.opening = {"क्या अभी बात हो सकती है?"};
    answers = {{{"हम आपकी छत देखते हैं और फिर आपको एक प्रस्ताव देते हैं जो आपके लिए मुफ़्त है।"}, {}}};
    call(R"([{"say": "हैलो", "at_ms": 300}, {"say": "आप क्या करते हैं", "after_quiet_ms": 700},
             {"say": "जी हाँ", "while_spoken_to_ms": 800}, {"say": "अच्छा", "while_spoken_to_ms": 800},
             {"hang_up": true, "after_silence_ms": 3000}])",
         "hi");
    EXPECT_TRUE(says("जो आपके लिए मुफ़्त है।")) << ours();
    EXPECT_EQ(asked.size(), 1u);
}

TEST_F(CallRehearsal, BackchannelsInSpanish) {
    scene.plan.opening = {"¿Le viene mal ahora?"};
    answers = {{{"Miramos su tejado desde fuera, que lleva media hora, y luego recibe una oferta."}, {}}};
    call(R"([{"say": "¿Diga?", "at_ms": 300}, {"say": "qué hacen ustedes", "after_quiet_ms": 700},
             {"say": "ajá", "while_spoken_to_ms": 800}, {"hang_up": true, "after_silence_ms": 3000}])",
         "es");
    EXPECT_TRUE(says("recibe una oferta."));
    EXPECT_EQ(asked.size(), 1u);
}

TEST_F(CallRehearsal, YesAtTheEndOfAQuestionIsAnAnswer) {
    answers = {{{"Do you own the house that you live in?"}, {}}};
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "go on", "after_quiet_ms": 700}, {"say": "yes", "while_spoken_to_ms": 1800},
             {"hang_up": true, "after_silence_ms": 3000}])");
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[1], "yes");
}

TEST_F(CallRehearsal, DigitsInGroupsAreOneAnswer) {
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "my number is 602 555", "after_quiet_ms": 700},
             {"say": "0100", "after_silence_ms": 1100}, {"hang_up": true, "after_silence_ms": 5000}])");
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0], "my number is 602 555 0100");
}

TEST_F(CallRehearsal, APauseForThoughtIsNoEnd) {
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "well I think", "after_quiet_ms": 700},
             {"say": "that would be fine", "after_silence_ms": 250}, {"hang_up": true, "after_silence_ms": 4000}])");
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0], "well I think that would be fine");
}

TEST_F(CallRehearsal, WhatIsNotUnderstoodIsAskedFor) {
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "mumble", "after_quiet_ms": 700}, {"say": "about ninety", "after_quiet_ms": 700},
             {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_TRUE(says("Sorry, I did not catch that."));
    EXPECT_EQ(asked, std::vector<std::string>{"about ninety"});
}

TEST_F(CallRehearsal, ASlowAnswerIsBridged) {
    scene.thinks = milliseconds(1500);
    answers = {{{"About ninety dollars."}, {}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what does it cost", "after_quiet_ms": 700},
             {"hang_up": true, "after_silence_ms": 3500}])");
    EXPECT_TRUE(says("Let me see. | About ninety dollars.")) << ours();
}

TEST_F(CallRehearsal, AQuickAnswerIsNotBridged) {
    answers = {{{"About ninety dollars."}, {}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what does it cost", "after_quiet_ms": 700},
             {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_FALSE(says("Let me see."));
}

TEST_F(CallRehearsal, SilenceIsAskedAboutAndEndsTheCall) {
    call(R"([{"say": "Hello?", "at_ms": 300}])");
    EXPECT_TRUE(says("Are you still there?"));
    EXPECT_TRUE(says("Can you hear me?"));
    EXPECT_EQ(record.reason, "silent");
    EXPECT_LT(record.length, seconds(60));
}

TEST_F(CallRehearsal, WhoComesBackAfterTheQuestionGoesOn) {
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "sorry I was away", "at_ms": 18500}, {"hang_up": true, "after_silence_ms": 4000}])");
    EXPECT_TRUE(says("Are you still there?"));
    EXPECT_EQ(asked, std::vector<std::string>{"sorry I was away"});
    EXPECT_EQ(record.reason, "hung_up");
}

TEST_F(CallRehearsal, ACoughHoldsForAMomentOnly) {
    answers = {{{lengthy}, {}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what do you do", "after_quiet_ms": 700},
             {"noise_ms": 300, "loudness": 0.5, "while_spoken_to_ms": 1500}, {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_TRUE(says(lengthy));
    EXPECT_EQ(asked.size(), 1u);
}

TEST_F(CallRehearsal, ALoudStreetDoesNotSilenceUs) {
    answers = {{{lengthy}, {}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "what do you do", "after_quiet_ms": 700},
             {"noise_ms": 20000, "loudness": 0.2}, {"hang_up": true, "at_ms": 30000}])");
    EXPECT_TRUE(says(lengthy)) << ours();
}

TEST_F(CallRehearsal, QuietNoiseIsNothing) {
    answers = {{{lengthy}, {}}};
    call(R"([{"noise_ms": 60000, "loudness": 0.002}, {"say": "Hello?", "at_ms": 300},
             {"say": "what do you do", "after_quiet_ms": 700}, {"hang_up": true, "at_ms": 20000}])");
    EXPECT_TRUE(says(lengthy)) << ours();
    EXPECT_EQ(record.clears, 0);
}

TEST_F(CallRehearsal, WhoHangsUpMidWordHasHeardAPart) {
    answers = {{{lengthy}, {}}};
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "what do you do", "after_quiet_ms": 700}, {"hang_up": true, "while_spoken_to_ms": 2000}])");
    EXPECT_EQ(record.reason, "hung_up");
    EXPECT_FALSE(lastHeard().complete);
    EXPECT_GT(lastHeard().text.size(), 5u);
    EXPECT_LT(lastHeard().text.size(), lengthy.size());
    EXPECT_TRUE(lengthy.starts_with(lastHeard().text));
}

TEST_F(CallRehearsal, WhoHangsUpAtOnceHasHeardNothing) {
    call(R"([{"hang_up": true, "at_ms": 200}])");
    EXPECT_EQ(record.reason, "hung_up");
    EXPECT_EQ(ours(), "");
}

TEST_F(CallRehearsal, AMachineGetsTheMessageAfterItsBeep) {
    scene.plan.leave = {"Bright Roof called."};
    call(
        R"([{"say": "Hi you have reached the Millers, we are not available, please leave a message after the beep", "at_ms": 500},
             {"beep_ms": 500}])");
    EXPECT_EQ(answeredBy(), "machine");
    EXPECT_EQ(ours(), "Bright Roof called.");
    EXPECT_EQ(record.reason, "machine");
    EXPECT_EQ(asked.size(), 0u);
}

TEST_F(CallRehearsal, AMachineWithoutABeep) {
    scene.plan.leave = {"Bright Roof called."};
    call(R"([{"say": "This is the voicemail of Ann Miller, leave a message", "at_ms": 500}])");
    EXPECT_EQ(ours(), "Bright Roof called.");
}

TEST_F(CallRehearsal, AMachineWithNothingToLeaveThere) {
    call(
        R"([{"say": "You have reached the voicemail of Ann Miller, leave a message after the tone", "at_ms": 500}, {"beep_ms": 500}])");
    EXPECT_EQ(ours(), "");
    EXPECT_EQ(record.reason, "machine");
}

TEST_F(CallRehearsal, AMachineThatBeganLikeAPerson) {
    scene.plan.leave = {"Bright Roof called."};
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "ha got you, this is my voicemail, leave a message", "at_ms": 2500}, {"beep_ms": 400}])");
    EXPECT_TRUE(says("Bright Roof called.")) << ours();
    EXPECT_EQ(record.reason, "machine");
}

TEST_F(CallRehearsal, AMenuIsLeftAlone) {
    call(R"([{"say": "Welcome to Acme, for sales press one, for service press two", "at_ms": 300}])");
    EXPECT_EQ(answeredBy(), "menu");
    EXPECT_EQ(record.reason, "menu");
    EXPECT_EQ(ours(), "");
}

TEST_F(CallRehearsal, AScreeningIsAnsweredAndThePersonBehindItGreeted) {
    call(
        R"([{"say": "Please state your name and why you are calling", "at_ms": 300}, {"say": "Hello?", "after_quiet_ms": 2500},
             {"say": "fine", "after_quiet_ms": 800}, {"hang_up": true, "after_silence_ms": 4000}])");
    EXPECT_TRUE(ours().starts_with("This is an automated assistant of Bright Roof.")) << ours();
    EXPECT_TRUE(says("Is now a bad time?")) << transcriptOf(record) << toText(documentOf(record)["signals"]);
}

TEST_F(CallRehearsal, KeysAreNoted) {
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"key": "12#", "after_quiet_ms": 500}, {"hang_up": true, "after_silence_ms": 3000}])");
    EXPECT_EQ(std::count_if(record.signals.begin(), record.signals.end(),
                            [](const auto& one) { return one.kind == "key"; }),
              3);
}

TEST_F(CallRehearsal, AConversationInCirclesEnds) {
    answers.assign(10, {{"Do you own the house that you live in?"}, {}});
    call(
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "what", "after_quiet_ms": 700}, {"say": "what do you mean", "after_quiet_ms": 700},
             {"say": "sorry what", "after_quiet_ms": 700}, {"say": "once more", "after_quiet_ms": 700}])");
    EXPECT_TRUE(signalled("loop"));
    EXPECT_EQ(record.reason, "loop");
}

TEST_F(CallRehearsal, ALongCallEndsInTime) {
    scene.plan.most = seconds(40);
    answers.assign(20, {{lengthy.substr(0, 40) + "."}, {}});
    scene.react = [&](const std::string&) {
        static int number = 0;
        const auto text = "and what about number " + std::to_string(++number) + "x";
        return std::vector<PhoneAct>{
            PhoneAct::say(When::afterQuiet, milliseconds(500), text, soundOf(*speech().speech, text, "en"))};
    };
    answers.clear();
    call(R"([{"say": "Hello?", "at_ms": 300}])");
    EXPECT_TRUE(signalled("wrap_up"));
    EXPECT_LT(record.length, seconds(65));
    EXPECT_TRUE(record.reason == "longest" || record.reason == "loop") << record.reason;
}

TEST_F(CallRehearsal, ATransferThatFailsGivesThePersonBack) {
    scene.somebodyTakes = false;
    answers = {{{"One moment, I connect you."}, "", "+12025550123"}, {{"I am sorry. May I help?"}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "I want a person", "after_quiet_ms": 700},
             {"say": "is anybody there", "at_ms": 20000}, {"hang_up": true, "at_ms": 30000}])");
    EXPECT_TRUE(signalled("transfer"));
    EXPECT_EQ(asked.back(), "is anybody there") << "after nobody took it";
    EXPECT_EQ(record.reason, "hung_up");
}

TEST_F(CallRehearsal, ATransferThatIsTakenEndsOurPart) {
    answers = {{{"One moment, I connect you."}, "", "+12025550123"}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "I want a person", "after_quiet_ms": 700}])");
    EXPECT_EQ(record.reason, "transferred");
    EXPECT_TRUE(says("One moment, I connect you."));
}

TEST_F(CallRehearsal, WhoIsAskedForDigitsIsWaitedForLonger) {
    answers = {{{"What is your number?"}, "", "", true}, {{"Thank you."}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "sure", "after_quiet_ms": 700},
             {"say": "let me look it up", "after_quiet_ms": 700}, {"say": "it is on the door", "after_silence_ms": 1200},
             {"hang_up": true, "after_quiet_ms": 4000}])");
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_NE(asked[1].find("look it up"), std::string::npos);
    EXPECT_NE(asked[1].find("on the door"), std::string::npos);
}

TEST_F(CallRehearsal, AnotherThoughtBeforeTheAnswerIsAnsweredWithIt) {
    scene.thinks = milliseconds(4000);
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "how long does it take", "after_quiet_ms": 700},
             {"say": "and what does it cost", "after_silence_ms": 1000}, {"hang_up": true, "after_quiet_ms": 3000}])");
    ASSERT_FALSE(asked.empty());
    EXPECT_EQ(std::count(asked.begin(), asked.end(), std::string("how long does it take")), 0)
        << "one answer for both, not one for each";
}

TEST_F(CallRehearsal, BackchannelsInHindiWrittenInLatin) {
    answers = {{{"Hum upar se aapki chhat dekhte hain aur batate hain ki saal mein kitni bachat hogi."}}};
    call(R"([{"say": "hello", "at_ms": 300}, {"say": "aur bataiye", "after_quiet_ms": 700},
             {"say": "haan ji", "while_spoken_to_ms": 1200}, {"hang_up": true, "after_quiet_ms": 2500}])",
         "hi");
    EXPECT_EQ(asked, (std::vector<std::string>{"aur bataiye"}));
}

TEST_F(CallRehearsal, ABackchannelThatGoesOnIsAnInterruption) {
    answers = {{{lengthy, "It is free."}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "tell me more", "after_quiet_ms": 700},
             {"say": "okay but I rent this house", "while_spoken_to_ms": 1000}, {"hang_up": true, "after_quiet_ms": 2500}])");
    EXPECT_EQ(asked.back(), "okay but I rent this house");
    EXPECT_FALSE(says("It is free."));
}

TEST_F(CallRehearsal, AMachineInHindi) {
    call(R"([{"say": "जिस व्यक्ति से आप बात करना चाहते हैं वह उपलब्ध नहीं है, बीप के बाद संदेश छोड़ें", "at_ms": 500},
             {"beep_ms": 500}])",
         "hi");
    EXPECT_EQ(answeredBy(), "machine");
}

TEST_F(CallRehearsal, SoundThatComesLateIsStillSaidInOrder) {
    scene.speaks = milliseconds(900);
    answers = {{{"Thank you.", "Do you own the house?"}}};
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "tell me more", "after_quiet_ms": 1500},
             {"hang_up": true, "after_quiet_ms": 4000}])");
    EXPECT_TRUE(says("Thank you. | Do you own the house?")) << ours();
}

TEST_F(CallRehearsal, ARecognizerThatFailsEndsTheCallPolitely) {
    scene.hearing = speech().host.open("scripted-speech", {{"fails_after_ms", 6000}}, {}).orThrow();
    call(R"([{"say": "Hello?", "at_ms": 300}, {"say": "tell me more", "after_quiet_ms": 700}])");
    EXPECT_TRUE(record.reason.starts_with("deaf")) << record.reason;
}

TEST_F(CallRehearsal, TheSameCallIsTheSameCall) {
    const std::string acts =
        R"([{"say": "Hello?", "at_ms": 300}, {"say": "what do you do", "after_quiet_ms": 700},
                                 {"say": "stop that", "while_spoken_to_ms": 900}, {"hang_up": true, "after_silence_ms": 3000}])";
    answers = {{{lengthy}, {}}};
    call(acts);
    const auto first = record;
    answers = {{{lengthy}, {}}};
    scene.plan.screening.clear();
    call(acts);
    EXPECT_EQ(toText(documentOf(first)), toText(documentOf(record)));
    EXPECT_EQ(first.ours, record.ours);
    EXPECT_EQ(record.ours.size(), record.theirs.size());
}

}  // namespace
}  // namespace overture::rehearsal
