// The judge sees each thing it is there for: a run that was clean, and one fault at a time.
#include <gtest/gtest.h>

#include "chaos/judge.hpp"
#include "chaos/marker.hpp"

namespace overture::chaos {
namespace {

const Instant kNoon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 3) + hours(12);
const std::string kLead = "+12125550123";

/// One message, asked of the model twice (draft and review), answered by one send.
Evidence clean() {
    Evidence evidence;
    const auto message = markerOf(kInbound, 1), draft = markerOf(kAnswer, 1), review = markerOf(kAnswer, 2);
    const auto text = "Thank you, we look into " + message + ". This is note " + draft + ".";
    evidence.inbound = {{message, true}};
    evidence.calls = {{draft, "draft", kNoon}, {review, "review", kNoon + seconds(1)}};
    evidence.steps = {{"c1", 1, draft, kNoon + milliseconds(500)},
                      {"c1", 1, review, kNoon + milliseconds(1500)}};
    evidence.deliveries = {{"d1", "c1", 1, kLead, text, "sent", "", "p1"}};
    evidence.permits = {{"p1", kLead, kNoon}};
    evidence.sends = {{kLead, text, kNoon + seconds(2)}};
    evidence.events = {{message, "", "open", "", true}};
    return evidence;
}

TEST(Marker, IsFoundAmongWords) {
    const auto marker = markerOf(kInbound, 0x12f);
    EXPECT_EQ(marker, "zaaaabcp");
    EXPECT_EQ(markersIn("about " + marker + ", and " + markerOf(kAnswer, 3) + "!", kInbound),
              std::vector<std::string>{marker});
    EXPECT_TRUE(markersIn("zebra zaaaabcpp zaaa", kInbound).empty());
}

TEST(Judge, FindsNothingWrongWithACleanRun) {
    const auto judgement = judge(clean());
    EXPECT_TRUE(judgement.ok()) << judgement.problems.front();
    EXPECT_EQ(judgement.acknowledged, 1);
    EXPECT_EQ(judgement.answered, 1);
}

TEST(Judge, SeesALostMessage) {
    auto evidence = clean();
    evidence.inbound.push_back({markerOf(kInbound, 9), true});
    evidence.events.push_back({markerOf(kInbound, 9), "", "open", "", true});
    EXPECT_EQ(judge(evidence).lost, 1);
    evidence.events.pop_back();
    EXPECT_EQ(judge(evidence).lost, 1) << "not even in a mailbox";
    evidence.inbound.back().acknowledged = false;
    EXPECT_TRUE(judge(evidence).ok()) << "the vendor was never told that it arrived";
}

TEST(Judge, AMessageInAPersonsHandsIsNotLost) {
    auto evidence = clean();
    evidence.inbound.push_back({markerOf(kInbound, 9), true});
    evidence.events.push_back({markerOf(kInbound, 9), "poisoned", "open", "", true});
    EXPECT_TRUE(judge(evidence).ok());
    EXPECT_EQ(judge(evidence).heldMessages, 1);
    evidence.events.back() = {markerOf(kInbound, 9), "", "held", "no model gave an answer", true};
    EXPECT_TRUE(judge(evidence).ok());
    evidence.events.back().conversationReason = "";
    EXPECT_EQ(judge(evidence).lost, 1) << "held, but nobody is told why";
    evidence.events.back() = {markerOf(kInbound, 9), "", "open", "", true};
    evidence.deliveries.push_back(
        {"d2", "c1", 1, kLead, "about " + markerOf(kInbound, 9), "held", "the carrier cannot tell", "p1"});
    EXPECT_TRUE(judge(evidence).ok());
    EXPECT_EQ(judge(evidence).held, 1);
}

TEST(Judge, SeesTwoAnswersToOneMessage) {
    auto evidence = clean();
    auto second = evidence.deliveries.front();
    second.text = "Again about " + markerOf(kInbound, 1) + ". This is note " + markerOf(kAnswer, 1) + ".";
    evidence.deliveries.push_back(second);
    evidence.sends.push_back({kLead, second.text, kNoon + seconds(3)});
    const auto judgement = judge(evidence);
    EXPECT_EQ(judgement.answeredTwice, 1);
    EXPECT_EQ(judgement.sentTwice, 0);
}

TEST(Judge, SeesTheSameMessageSentTwice) {
    auto evidence = clean();
    evidence.sends.push_back(evidence.sends.front());
    const auto judgement = judge(evidence);
    EXPECT_EQ(judgement.sentTwice, 1);
    EXPECT_EQ(judgement.answeredTwice, 0);
}

TEST(Judge, SeesTheModelAskedAgainAfterItsAnswerWasRecorded) {
    auto evidence = clean();
    evidence.calls.push_back({markerOf(kAnswer, 3), "draft", kNoon + milliseconds(100)});
    EXPECT_TRUE(judge(evidence).ok())
        << "asked again before anything was recorded: the first engine was killed";
    evidence.calls.back().at = kNoon + seconds(4);
    EXPECT_EQ(judge(evidence).repeatedCalls, 1);
}

TEST(Judge, SeesAnAnswerUsedThatWasNeverRecorded) {
    auto evidence = clean();
    evidence.steps.erase(evidence.steps.begin());
    EXPECT_EQ(judge(evidence).repeatedCalls, 1);
}

TEST(Judge, SeesRecordedStepsThrownAway) {
    auto evidence = clean();
    evidence.reopenedTurns = 1;
    EXPECT_EQ(judge(evidence).repeatedCalls, 1);
}

TEST(Judge, SeesASendWithoutADelivery) {
    auto evidence = clean();
    evidence.deliveries.clear();
    EXPECT_EQ(judge(evidence).sendsWithoutPermit, 1);
}

TEST(Judge, SeesASendWithoutAPermitForThatPersonAndMinute) {
    auto evidence = clean();
    evidence.permits.front().minute -= minutes(3);
    EXPECT_EQ(judge(evidence).sendsWithoutPermit, 1) << "a permit is not for ever";
    evidence = clean();
    evidence.permits.front().address = "+12125550199";
    EXPECT_EQ(judge(evidence).sendsWithoutPermit, 2) << "another's, and none for then";
    evidence = clean();
    evidence.chainFault = "permit p1 was changed";
    EXPECT_EQ(judge(evidence).sendsWithoutPermit, 1);
}

}  // namespace
}  // namespace overture::chaos
