// A pause against everything that is about to send: whoever comes first, nothing is sent after it.
#include <algorithm>
#include <atomic>

#include "campaign/control.hpp"
#include "pg/turn_world.hpp"
#include "race/held.hpp"

namespace overture::testing {
namespace {

class Pauses : public TurnWorld {
protected:
    void finish() {
        while (worker.runBatch() > 0 || deliverer.runBatch() > 0) {
        }
    }
    std::int64_t deliveries(const std::string& state) {
        return number("select count(*) as n from deliveries where state = '" + state + "'");
    }

    Answering handler{gate, binding};
    Carrier carrier;
    turn::Worker worker{*database, clock, handler};
    turn::Deliverer deliverer{*database, clock, gate, carrier};
};

class PauseAgainst : public Pauses, public ::testing::WithParamInterface<const char*> {};

TEST_P(PauseAgainst, NothingIsSentAfterIt) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    const bool atDelivery = std::string_view(GetParam()) == "delivery.after_sending";
    if (atDelivery) worker.runBatch();
    Held held(GetParam());
    Beside late([&] { atDelivery ? deliverer.runBatch() : worker.runBatch(); });
    held.wait();
    {
        Beside pausing([&] { campaign::pause(*database, organization, campaign, clock.now()); });
        // The commit that stands before its end has its rows locked: the pause waits for it.
        if (std::string_view(GetParam()) == "commit.before") held.letGo();
    }
    held.letGo();
    late.join();
    finish();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(deliveries("due") + deliveries("sending") + deliveries("sent"), 0);
    EXPECT_EQ(word("select state as w from campaigns"), "paused");
}

INSTANTIATE_TEST_SUITE_P(, PauseAgainst,
                         ::testing::Values("turn.after_claim", "turn.after_open", "step.after_result",
                                           "commit.before", "commit.after", "delivery.after_sending"),
                         [](const auto& place) {
                             std::string name = place.param;
                             std::replace(name.begin(), name.end(), '.', '_');
                             return name;
                         });

/// A campaign of many with workers at full speed: after the pause has returned, no carrier is called for it.
TEST_F(Pauses, ManyAtOnceStopTogether) {
    std::vector<ConversationId> all;
    for (int i = 0; i < 60; ++i) all.push_back(addConversation("+160255501" + std::to_string(10 + i)));
    for (const auto& one : all) hears(one, "hello");
    std::atomic<bool> stop = false;
    std::atomic<int> sent = 0;
    struct Counting : Carrier {
        std::atomic<int>& sent;
        explicit Counting(std::atomic<int>& count) : sent(count) {}
        turn::SendResult send(const compliance::Permit&, const turn::Delivery&) override {
            ++sent;
            return {turn::SendResult::Kind::retry, "", "", "busy", {}};
        }
    };
    Counting busy(sent);
    turn::Deliverer eager(*database, clock, gate, busy);
    {
        Beside working([&] {
            while (!stop) worker.runBatch();
        });
        Beside delivering([&] {
            while (!stop) eager.runBatch();
        });
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (sent == 0 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
        campaign::pause(*database, organization, campaign, clock.now());
        stop = true;
    }
    const int before = sent;
    EXPECT_GT(before, 0);
    clock.advanceTo(clock.now() + hours(1));
    while (worker.runBatch() > 0 || eager.runBatch() > 0) {
    }
    EXPECT_EQ(sent, before) << "retries and late turns are nobody's any more";
    EXPECT_EQ(deliveries("due"), 0);
}

}  // namespace
}  // namespace overture::testing
