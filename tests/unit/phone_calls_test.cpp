// Whole calls with real sound, in virtual time: a person (or a machine) on the phone, speech that carries its text, and the session
// between them. What an agent would answer stands in each scenario.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "net/http_client.hpp"
#include "rehearsal/phone_call.hpp"

namespace overture::rehearsal {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class PhoneCalls : public ::testing::Test {
protected:
    PhoneCalls() {
        for (const char* plugin : {"voice", "scripted-speech"})
            EXPECT_EQ(host.load(OVERTURE_BUILD_DIR "/plugins/" + std::string(plugin)).state, "loaded")
                << plugin;
        speech();
        plan.notice = {"This is an automated assistant."};
        plan.opening = {"Hi Asha, may I ask about your roof?"};
        manners("en");
        parts.answer = [this](const std::string& words) {
            asked.push_back(words);
            if (answers.empty()) return PhoneAnswer{{"I see."}};
            auto next = std::move(answers.front());
            answers.pop_front();
            return next;
        };
    }
    void speech(const Json& settings = Json::object()) {
        parts.hearing = host.open("scripted-speech", settings, {}).orThrow();
        parts.speaking = parts.hearing;
    }
    void manners(const std::string& language) {
        const auto voice = host.open("voice", Json::object(), {}).orThrow();
        const auto reply =
            voice->call("channel.call/1", "manners", {{"language", language}, {"sender_name", "Brightroof"}},
                        milliseconds(1000));
        ASSERT_TRUE(reply.ok()) << reply.message;
        plan.manners = call::Manners::fromJson(reply.document);
        parts.language = language;
    }
    std::string soundOf(const std::string& text) {
        std::string sound;
        const auto reply = parts.speaking->speak(
            {{"text", text}, {"language", parts.language}, {"encoding", "mulaw"}, {"rate", 8000}},
            [&](std::string_view bytes) {
                sound += bytes;
                return true;
            },
            milliseconds(1000));
        EXPECT_TRUE(reply.ok()) << reply.message;
        return sound;
    }
    void call(const char* acts, milliseconds most = minutes(5)) {
        Phone phone(
            phoneActs(Json::parse(acts), [this](const std::string& text) { return soundOf(text); }, {})
                .orThrow());
        ran = phoneCall(plan, phone, parts, most);
        EXPECT_EQ(ran.person.size(), ran.agent.size());
    }
    /// What one side said, as the transcript has it; of one kind, or of all.
    std::vector<std::string> lines(const std::string& who, const std::string& kind = "*") const {
        std::vector<std::string> out;
        for (const auto& line : ran.lines)
            if (line.who == who && (kind == "*" || line.kind == kind)) out.push_back(line.text);
        return out;
    }
    std::vector<std::string> said() const {
        std::vector<std::string> out;
        for (const auto& one : ran.said) out.push_back(one.text);
        return out;
    }
    bool signalled(const std::string& kind) const {
        return std::any_of(ran.signals.begin(), ran.signals.end(),
                           [&](const call::Signal& signal) { return signal.kind == kind; });
    }
    std::string answeredBy() const {
        for (const auto& signal : ran.signals)
            if (signal.kind == "answered") return textOf(signal.details, "by");
        return "";
    }
    /// The agent's sound between two moments of the line.
    double loudness(milliseconds from, milliseconds to) const {
        const auto at = static_cast<std::size_t>(from.count() * 8);
        return at >= ran.agent.size() ? 0
                                      : call::loudnessOf(std::string_view(ran.agent).substr(
                                            at, static_cast<std::size_t>((to - from).count() * 8)));
    }

    SystemClock clock;
    net::HttpClient http;
    plugin::Host host{{http, clock}};
    call::Plan plan;
    PhoneCallParts parts;
    std::deque<PhoneAnswer> answers;
    std::vector<std::string> asked;
    PhoneCallRan ran;
};

TEST_F(PhoneCalls, AConversation) {
    answers = {{{"Thanks.", "What do you pay for power?"}}, {{"Good to know."}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Sure, go ahead","after_quiet_ms":600},
             {"say":"About one hundred forty","after_quiet_ms":600}, {"hang_up":true,"after_quiet_ms":1500}])");
    EXPECT_EQ(answeredBy(), "person");
    EXPECT_THAT(asked, ElementsAre("Sure, go ahead", "About one hundred forty"));
    EXPECT_THAT(lines("agent"),
                ElementsAre("This is an automated assistant.", "Hi Asha, may I ask about your roof?",
                            "Thanks.", "What do you pay for power?", "Good to know."));
    EXPECT_EQ(ran.reason, "hung_up");
}

TEST_F(PhoneCalls, AnInterruptionStopsUsAndWhatWasHeardIsKept) {
    answers = {
        {{"We look at your roof from above and tell you what it could bring in a year with our panels."}},
        {{"Of course."}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Tell me more","after_quiet_ms":600},
             {"say":"Stop, wait a moment please","while_spoken_to_ms":1200},
             {"hang_up":true,"after_quiet_ms":1500}])");
    ASSERT_FALSE(ran.heard.empty());
    const auto cut = std::find_if(ran.heard.begin(), ran.heard.end(), [](const call::WasHeard& one) {
        return !one.complete && !one.text.empty();
    });
    ASSERT_NE(cut, ran.heard.end());
    EXPECT_THAT(cut->text, StartsWith("We look at"));
    EXPECT_LT(cut->text.size(), 60U);
    EXPECT_THAT(asked, Contains("Stop, wait a moment please"));
    EXPECT_THAT(lines("agent"), Contains("Of course."));
}

TEST_F(PhoneCalls, TheNoticeIsNotInterrupted) {
    plan.notice = {"This is an automated assistant, and this call is recorded for training and for quality."};
    call(R"([{"say":"Hello?","at_ms":300}, {"say":"Who is this please","while_spoken_to_ms":600},
             {"hang_up":true,"after_quiet_ms":3000}])");
    EXPECT_THAT(lines("agent", "notice"), ElementsAre(plan.notice[0]));
}

TEST_F(PhoneCalls, BackchannelsDoNotInterrupt) {
    answers = {{{"We look at your roof from above and tell you what it could bring in a year."}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Tell me more","after_quiet_ms":600},
             {"say":"uh huh","while_spoken_to_ms":1000}, {"say":"okay","while_spoken_to_ms":600},
             {"hang_up":true,"after_quiet_ms":2500}])");
    EXPECT_THAT(lines("agent"),
                Contains("We look at your roof from above and tell you what it could bring in a year."));
    EXPECT_THAT(asked, ElementsAre("Tell me more"));
}

TEST_F(PhoneCalls, BackchannelsInHindiDoNotInterrupt) {
    manners("hi");
    plan.notice = {"मैं एक स्वचालित सहायक हूँ।"};
    plan.opening = {"क्या मैं आपकी छत के बारे में पूछ सकती हूँ?"};
    answers = {{{"हम ऊपर से आपकी छत देखते हैं और बताते हैं कि साल में कितनी बचत होगी।"}}};
    call(R"([{"say":"हैलो","at_ms":800}, {"say":"और बताइए","after_quiet_ms":600},
             {"say":"हाँ","while_spoken_to_ms":1000}, {"say":"अच्छा","while_spoken_to_ms":800},
             {"hang_up":true,"after_quiet_ms":2500}])");
    EXPECT_THAT(asked, ElementsAre("और बताइए"));
    EXPECT_THAT(lines("agent"), Contains("हम ऊपर से आपकी छत देखते हैं और बताते हैं कि साल में कितनी बचत होगी।"));
}

TEST_F(PhoneCalls, BackchannelsInHindiWrittenInLatinToo) {
    manners("hi");
    plan.notice.clear();
    answers = {{{"Hum upar se aapki chhat dekhte hain aur batate hain ki saal mein kitni bachat hogi."}}};
    call(R"([{"say":"hello","at_ms":800}, {"say":"aur bataiye","after_quiet_ms":600},
             {"say":"haan ji","while_spoken_to_ms":1200}, {"hang_up":true,"after_quiet_ms":2500}])");
    EXPECT_THAT(asked, ElementsAre("aur bataiye"));
}

TEST_F(PhoneCalls, ABackchannelThatGoesOnIsAnInterruption) {
    answers = {
        {{"We look at your roof from above and tell you what it could bring in a year with our panels."}},
        {{"No trouble."}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Tell me more","after_quiet_ms":600},
             {"say":"Okay but I rent this house","while_spoken_to_ms":1000}, {"hang_up":true,"after_quiet_ms":2500}])");
    EXPECT_THAT(asked, Contains("Okay but I rent this house"));
}

TEST_F(PhoneCalls, YesAfterAQuestionIsAnAnswer) {
    answers = {{{"Do you own the house?"}}, {{"Great."}}};
    call(
        R"([{"say":"Hello?","at_ms":800}, {"say":"Sure","after_quiet_ms":600}, {"say":"yeah","after_quiet_ms":600},
             {"hang_up":true,"after_quiet_ms":2500}])");
    EXPECT_THAT(asked, ElementsAre("Sure", "yeah"));
}

TEST_F(PhoneCalls, WhoPausesBetweenDigitsIsWaitedFor) {
    answers = {{{"What is your number?"}, "", true}, {{"Thank you."}}};
    call(
        R"([{"say":"Hello?","at_ms":800}, {"say":"Sure","after_quiet_ms":600}, {"say":"six zero two","after_quiet_ms":600},
             {"say":"five five five","after_silence_ms":1000}, {"say":"zero one zero zero","after_silence_ms":1000},
             {"hang_up":true,"after_quiet_ms":4000}])");
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_THAT(asked[1], AllOf(HasSubstr("six zero two"), HasSubstr("five five five"),
                                HasSubstr("zero one zero zero")));
}

TEST_F(PhoneCalls, AMachineGetsItsMessageAfterTheBeep) {
    plan.leave = {"Hi, an assistant of Brightroof here. We will try again."};
    call(
        R"([{"say":"You have reached Asha. Please leave a message after the beep","at_ms":500}, {"beep_ms":500},
             {"hang_up":true,"at_ms":30000}])");
    EXPECT_EQ(answeredBy(), "machine");
    EXPECT_THAT(lines("agent"), Contains("Hi, an assistant of Brightroof here. We will try again."));
    EXPECT_THAT(asked, IsEmpty()) << "nobody answers a machine";
}

TEST_F(PhoneCalls, AMachineWithoutAMessageIsHungUpOn) {
    call(
        R"([{"say":"You have reached Asha. Please leave a message after the beep","at_ms":500}, {"beep_ms":500}])",
        minutes(1));
    EXPECT_EQ(answeredBy(), "machine");
    EXPECT_THAT(lines("agent"), Not(Contains(plan.opening[0])));
    EXPECT_LT(ran.length, seconds(20));
}

TEST_F(PhoneCalls, AMachineInHindi) {
    manners("hi");
    call(
        R"([{"say":"जिस व्यक्ति से आप बात करना चाहते हैं वह उपलब्ध नहीं है, बीप के बाद संदेश छोड़ें","at_ms":500}, {"beep_ms":500}])",
        minutes(1));
    EXPECT_EQ(answeredBy(), "machine");
}

TEST_F(PhoneCalls, WhoScreensIsToldWhoCalls) {
    plan.screening = {"An assistant of Brightroof, about the roof."};
    call(
        R"([{"say":"Please state your name and why you're calling","at_ms":500}, {"hang_up":true,"at_ms":20000}])");
    EXPECT_EQ(answeredBy(), "screening");
    EXPECT_THAT(lines("agent"), Contains(plan.screening[0]));
}

TEST_F(PhoneCalls, AMenuIsNotTalkedTo) {
    call(
        R"([{"say":"For sales press one, for support press two","at_ms":500}, {"hang_up":true,"at_ms":40000}])");
    EXPECT_EQ(answeredBy(), "menu");
    EXPECT_THAT(lines("agent"), Not(Contains(plan.opening[0])));
}

TEST_F(PhoneCalls, SilenceIsAskedAboutAndThenItEnds) {
    answers = {{{"What do you pay for power?"}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Sure","after_quiet_ms":600}])", minutes(3));
    EXPECT_EQ(lines("agent", "question").size(), 2U);
    EXPECT_EQ(ran.reason, "silent");
    EXPECT_LT(ran.length, seconds(90));
}

TEST_F(PhoneCalls, NobodySaysAWord) {
    call("[]", minutes(3));
    EXPECT_THAT(asked, IsEmpty());
    EXPECT_NE(ran.reason, "");
    EXPECT_LT(ran.length, minutes(2));
}

TEST_F(PhoneCalls, LastingNoiseDoesNotSilenceUs) {
    answers = {{{"We look at your roof from above and tell you what it could bring in a year."}}};
    call(
        R"([{"say":"Hello?","at_ms":800}, {"say":"Tell me more","after_quiet_ms":600},
            {"noise_ms":60000,"loudness":0.01,"while_spoken_to_ms":200}, {"hang_up":true,"at_ms":25000}])");
    EXPECT_THAT(lines("agent"),
                Contains("We look at your roof from above and tell you what it could bring in a year."));
}

TEST_F(PhoneCalls, ANoiseDoesNotEndWhatWeSay) {
    answers = {{{"We look at your roof from above and tell you what it could bring in a year."}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Tell me more","after_quiet_ms":600},
             {"noise_ms":300,"loudness":0.3,"while_spoken_to_ms":1000}, {"hang_up":true,"at_ms":30000}])");
    EXPECT_THAT(asked, ElementsAre("Tell me more"));
    EXPECT_THAT(lines("agent"), Contains(HasSubstr("bring in a year.")));
}

TEST_F(PhoneCalls, WhoHangsUpInMidWordHasHeardThatMuch) {
    answers = {{{"We look at your roof from above and tell you what it could bring in a year."}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Tell me more","after_quiet_ms":600},
             {"hang_up":true,"while_spoken_to_ms":1500}])");
    EXPECT_EQ(ran.reason, "hung_up");
    const auto all = lines("agent");
    ASSERT_FALSE(all.empty());
    EXPECT_THAT(all.back(), AllOf(StartsWith("We look"), Not(HasSubstr("in a year"))));
}

TEST_F(PhoneCalls, WhoHangsUpAtOnce) {
    call(R"([{"hang_up":true,"at_ms":100}])");
    EXPECT_EQ(ran.reason, "hung_up");
    EXPECT_THAT(asked, IsEmpty());
}

TEST_F(PhoneCalls, ATransferThatFailsGivesThePersonBack) {
    parts.somebodyTakes = false;
    answers = {{{"One moment, I connect you."}, "+12025550123"}, {{"I am sorry. May I help?"}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"I want a person","after_quiet_ms":600},
             {"say":"Is anybody there","at_ms":20000}, {"hang_up":true,"at_ms":30000}])");
    EXPECT_THAT(asked, Contains("Is anybody there")) << "after nobody took it";
    EXPECT_EQ(ran.reason, "hung_up");
}

TEST_F(PhoneCalls, ATransferThatIsTakenEndsOurPart) {
    answers = {{{"One moment, I connect you."}, "+12025550123"}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"I want a person","after_quiet_ms":600}])", minutes(1));
    EXPECT_EQ(ran.reason, "transferred");
    EXPECT_THAT(lines("agent"), Contains("One moment, I connect you."));
}

TEST_F(PhoneCalls, KeysAreHeard) {
    call(
        R"([{"say":"Hello?","at_ms":800}, {"key":"1","after_quiet_ms":600}, {"hang_up":true,"at_ms":9000}])");
    EXPECT_TRUE(signalled("key"));
}

TEST_F(PhoneCalls, WordsOfLittleConfidenceAreAskedForAgain) {
    speech({{"unsure_of", {{"mumble", 0.3}}}});
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"mumble mumble","after_quiet_ms":600},
             {"say":"Yes, it is ours","after_quiet_ms":900}, {"hang_up":true,"after_quiet_ms":2500}])");
    EXPECT_EQ(lines("agent", "clarify").size(), 1U);
    EXPECT_THAT(asked, ElementsAre("Yes, it is ours"));
}

TEST_F(PhoneCalls, SaysSomethingWhileAnAnswerTakesLong) {
    parts.thinking = milliseconds(2500);
    answers = {{{"It pays off in seven years."}}};
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"How long until it pays off","after_quiet_ms":600},
             {"hang_up":true,"after_quiet_ms":4000}])");
    EXPECT_FALSE(lines("agent", "filler").empty());
    EXPECT_THAT(lines("agent"), Contains("It pays off in seven years."));
}

TEST_F(PhoneCalls, AQuickAnswerNeedsNoFiller) {
    parts.thinking = milliseconds(300);
    call(
        R"([{"say":"Hello?","at_ms":800}, {"say":"How long","after_quiet_ms":600}, {"hang_up":true,"after_quiet_ms":3000}])");
    EXPECT_THAT(lines("agent", "filler"), IsEmpty());
}

TEST_F(PhoneCalls, AnotherThoughtBeforeTheAnswerIsAnsweredWithIt) {
    parts.thinking = milliseconds(4000);
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"How long does it take","after_quiet_ms":600},
             {"say":"and what does it cost","after_silence_ms":1000}, {"hang_up":true,"after_quiet_ms":3000}])");
    ASSERT_FALSE(asked.empty());
    EXPECT_THAT(asked.back(), HasSubstr("and what does it cost"));
    EXPECT_EQ(std::count(asked.begin(), asked.end(), std::string("How long does it take")), 0)
        << "one answer for both, not one for each";
}

TEST_F(PhoneCalls, ALongCallIsEndedKindly) {
    plan.most = seconds(60);
    std::string acts = R"([{"say":"Hello?","at_ms":800})";
    for (int i = 0; i < 30; ++i)
        acts += R"(,{"say":"and then what number )" + std::to_string(i) + R"(","after_quiet_ms":600})";
    for (int i = 0; i < 30; ++i)
        answers.push_back({{"This is thing number " + std::to_string(i) + " of our list."}});
    call((acts + "]").c_str(), minutes(5));
    EXPECT_LE(ran.length, seconds(75));
    EXPECT_NE(ran.reason, "hung_up");
    EXPECT_FALSE(lines("agent", "goodbye").empty() && !signalled("wrap_up"));
}

TEST_F(PhoneCalls, ALoopIsBroken) {
    std::string acts = R"([{"say":"Hello?","at_ms":800})";
    for (int i = 0; i < 40; ++i) acts += R"(,{"say":"please hold the line","after_quiet_ms":600})";
    for (int i = 0; i < 40; ++i) answers.push_back({{"May I ask about your roof?"}});
    call((acts + "]").c_str(), minutes(8));
    EXPECT_TRUE(signalled("loop"));
    EXPECT_LT(ran.length, minutes(4));
}

TEST_F(PhoneCalls, ARecognizerThatFailsEndsTheCallPolitely) {
    speech({{"fails_after_ms", 6000}});
    call(R"([{"say":"Hello?","at_ms":800}, {"say":"Tell me more","after_quiet_ms":600}])", minutes(1));
    EXPECT_EQ(ran.reason, "deaf");
    EXPECT_LT(ran.length, seconds(30));
}

TEST_F(PhoneCalls, TheSameCallIsTheSameSound) {
    const char* acts = R"([{"noise_ms":3000,"loudness":0.02}, {"say":"Hello?","at_ms":800},
        {"say":"Sure","after_quiet_ms":600}, {"hang_up":true,"after_quiet_ms":1500}])";
    call(acts);
    const auto first = ran;
    asked.clear();
    call(acts);
    EXPECT_EQ(first.agent, ran.agent);
    EXPECT_EQ(first.person, ran.person);
    EXPECT_EQ(first.lines.size(), ran.lines.size());
}

}  // namespace
}  // namespace overture::rehearsal
