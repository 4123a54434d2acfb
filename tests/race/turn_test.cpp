// Two who want the same conversation at the same moment: every order gives one answer and loses nothing.
#include "compliance/optout.hpp"
#include "pg/turn_world.hpp"
#include "race/held.hpp"

namespace overture::testing {
namespace {

class Races : public TurnWorld {
protected:
    Races()
        : first(*database, clock, handler, {.name = "first"}),
          second(*database, clock, handler, {.name = "second"}),
          conversation(addConversation()) {}

    void pastTheLease() { clock.advanceTo(clock.now() + seconds(61)); }

    void finish() {
        while (second.runBatch() > 0 || deliverer.runBatch() > 0) {
        }
    }

    void takeOver() {
        auto tx = database->begin(organization);
        turn::takeOver(tx, organization, conversation, "Dana", clock.now(), clock.now() + hours(8));
        tx.commit();
    }

    /// Until somebody waits for a lock that another transaction holds.
    void waitUntilBlocked() {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (number("select count(*) as n from pg_locks where not granted") == 0)
            if (std::chrono::steady_clock::now() > until) {
                ADD_FAILURE() << "nobody waits";
                return;
            }
    }

    std::int64_t turns(const std::string& state) {
        return number("select count(*) as n from turns where state = '" + state + "'");
    }
    std::int64_t deliveries(const std::string& state) {
        return number("select count(*) as n from deliveries where state = '" + state + "'");
    }

    Answering handler{gate, binding};
    Carrier carrier;
    turn::Worker first, second;
    turn::Deliverer deliverer{*database, clock, gate, carrier};
    ConversationId conversation;
};

/// Where a worker may lose its lease without noticing.
class LeaseAgainstLease : public Races, public ::testing::WithParamInterface<const char*> {};

TEST_P(LeaseAgainstLease, OneAnswerAndNothingStaysOpen) {
    hears(conversation, "hello");
    Held held(GetParam());
    Beside late([&] { first.runBatch(); });
    held.wait();
    pastTheLease();
    EXPECT_EQ(second.runBatch(), 1);
    held.letGo();
    late.join();
    finish();
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: hello;"});
    EXPECT_EQ(turns("committed"), 1);
    EXPECT_EQ(turns("open"), 0);
    const bool asked = std::string_view(GetParam()) == "step.before_result";
    EXPECT_EQ(handler.modelCalls, asked ? 2 : 1) << "whoever lost the lease asks nothing more";
    hears(conversation, "and now?");
    finish();
    EXPECT_EQ(carrier.sent.size(), 2U) << "the conversation goes on";
    EXPECT_EQ(number("select count(*) as n from events where kind = 'message' and turn_number is null"), 0);
}

INSTANTIATE_TEST_SUITE_P(, LeaseAgainstLease,
                         ::testing::Values("turn.after_claim", "turn.after_open", "step.before_result",
                                           "step.after_result"),
                         [](const auto& place) {
                             std::string name(place.param);
                             std::replace(name.begin(), name.end(), '.', '_');
                             return name;
                         });

TEST_F(Races, AStepRecordedBeforeTheLeaseWasLostIsNotPaidAgain) {
    hears(conversation, "hello");
    Held held("step.after_result");
    Beside late([&] { first.runBatch(); });
    held.wait();
    pastTheLease();
    second.runBatch();
    held.letGo();
    late.join();
    EXPECT_EQ(handler.modelCalls, 1);
}

TEST_F(Races, NobodyClaimsWhatIsBeingCommitted) {
    hears(conversation, "hello");
    Held held("commit.before");
    Beside late([&] { first.runBatch(); });
    held.wait();
    pastTheLease();
    EXPECT_EQ(second.runBatch(), 0) << "the row is locked by its commit";
    held.letGo();
    late.join();
    finish();
    EXPECT_EQ(carrier.sent.size(), 1U);
    EXPECT_EQ(turns("committed"), 1);
}

TEST_F(Races, ATakeoverBeforeTheCommitVoidsTheDraft) {
    hears(conversation, "hello");
    Held held("step.after_result");
    Beside agent([&] { first.runBatch(); });
    held.wait();
    takeOver();
    held.letGo();
    agent.join();
    finish();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(number("select count(*) as n from turns where outcome ? 'overtaken'"), 1);
}

TEST_F(Races, ATakeoverDuringTheCommitWaitsAndCancelsWhatItMadeReady) {
    hears(conversation, "hello");
    Held held("commit.before");
    Beside agent([&] { first.runBatch(); });
    held.wait();
    Beside person([&] { takeOver(); });
    waitUntilBlocked();
    held.letGo();
    agent.join();
    person.join();
    finish();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(deliveries("cancelled"), 1);
    EXPECT_EQ(word("select state as w from conversations"), "taken");
}

TEST_F(Races, ATakeoverBetweenClaimAndPermitCancelsTheDelivery) {
    hears(conversation, "hello");
    first.runBatch();
    Held held("delivery.after_sending");
    Beside sending([&] { deliverer.runBatch(); });
    held.wait();
    takeOver();
    held.letGo();
    sending.join();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(deliveries("cancelled"), 1);
}

TEST_F(Races, AnOptOutBetweenClaimAndPermitCancelsTheDelivery) {
    hears(conversation, "hello");
    first.runBatch();
    Held held("delivery.after_sending");
    Beside sending([&] { deliverer.runBatch(); });
    held.wait();
    handler.optOut = true;
    hears(conversation, "stop");
    second.runBatch();
    held.letGo();
    sending.join();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(deliveries("cancelled"), 1);
    EXPECT_EQ(number("select count(*) as n from suppressions"), 1);
}

TEST_F(Races, AnOptOutDuringTheCommitWaitsAndCancelsWhatItMadeReady) {
    hears(conversation, "hello");
    Held held("commit.before");
    Beside agent([&] { first.runBatch(); });
    held.wait();
    Beside stop([&] { hears(conversation, "stop"); });
    held.letGo();
    agent.join();
    stop.join();
    handler.optOut = true;
    second.runBatch();
    finish();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(deliveries("cancelled"), 1);
    EXPECT_EQ(deliveries("due"), 0);
}

TEST_F(Races, ANewerMessageBeforeTheCommitIsAnsweredTogetherWithTheOlder) {
    hears(conversation, "hello");
    Held held("step.after_result");
    Beside agent([&] { first.runBatch(); });
    held.wait();
    hears(conversation, "one more thing");
    held.letGo();
    agent.join();
    finish();
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: hello;one more thing;"});
}

TEST_F(Races, ANewerMessageDuringTheCommitIsAnsweredAfterwards) {
    hears(conversation, "hello");
    Held held("commit.before");
    Beside agent([&] { first.runBatch(); });
    held.wait();
    Beside lead([&] { hears(conversation, "one more thing"); });
    waitUntilBlocked();
    held.letGo();
    agent.join();
    lead.join();
    finish();
    EXPECT_EQ(carrier.sent, (std::vector<std::string>{"answer to: hello;", "answer to: one more thing;"}));
}

TEST_F(Races, ASenderThatSleptPastItsLeaseSendsNothingMore) {
    hears(conversation, "hello");
    first.runBatch();
    carrier.found = {turn::LookupResult::Kind::absent, "", ""};
    Held held("delivery.before_carrier");
    Beside slept([&] { deliverer.runBatch(); });
    held.wait();
    pastTheLease();
    turn::Deliverer other(*database, clock, gate, carrier);
    EXPECT_EQ(other.runBatch(), 1) << "looked up";
    EXPECT_EQ(other.runBatch(), 1) << "absent, so sent again";
    held.letGo();
    slept.join();
    finish();
    EXPECT_EQ(carrier.sent.size(), 1U);
    EXPECT_EQ(deliveries("sent"), 1);
}

}  // namespace
}  // namespace overture::testing
