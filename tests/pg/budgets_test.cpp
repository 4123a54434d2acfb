// Budgets against a real PostgreSQL: however many reserve at once, a limit is never passed; a crash counts nothing twice.
#include "tenant/budgets.hpp"

#include <atomic>
#include <thread>

#include "agent/purse.hpp"
#include "pg/turn_world.hpp"
#include "queries/turn.hpp"

namespace overture::testing {
namespace {

using tenant::Budget;
using tenant::Reservation;

inline constexpr store::Query kUsage{"budgets/usage", R"sql(
select spent_micros, reserved_micros from budget_usage where campaign_id = $1::uuid and day = $2::date)sql"};
inline constexpr store::Query kOver{"budgets/over", R"sql(
select count(*) as n from budget_usage where spent_micros + reserved_micros > $1::bigint)sql"};
inline constexpr store::Query kStep{"budgets/step", R"sql(
insert into steps (organization_id, conversation_id, turn_number, step_number, kind, request_hash, result, cost_micros,
                   started_at, ended_at)
values ($1::uuid, $2::uuid, $3::integer, $4::integer, 'csr', '', '{}', $5::bigint, $6::timestamptz, $6::timestamptz))sql"};

class Budgets : public TurnWorld {
protected:
    Budgets() { conversation = addConversation(); }
    void set(const std::string& scope, std::int64_t micros, const std::string& period = "total",
             std::optional<CampaignId> only = {}) {
        auto tx = database->begin(organization);
        tenant::setBudget(tx, organization, {scope, period, only, {micros, "USD"}}, clock.now());
        tx.commit();
    }
    Reservation asking(std::int64_t need, int turn = 1, std::int64_t wish = 0) const {
        return {campaign, conversation, turn, need, std::max(need, wish), "USD", clock.now()};
    }
    std::optional<tenant::Shortage> reserve(std::int64_t need, int turn = 1) {
        auto one = asking(need, turn);
        tenant::reserve(*database, organization, {&one});
        return one.shortage;
    }
    void settle(int turn = 1) { settle(conversation, turn); }
    void settle(const ConversationId& of, int turn) {
        database->run(organization, sql::turn::settle_money,
                      {organization, store::Param::array(std::vector{of.text()}),
                       store::Param::array(std::vector{std::to_string(turn)})});
    }
    void record(int turn, int step, std::int64_t cost) { record(conversation, turn, step, cost); }
    void record(const ConversationId& of, int turn, int step, std::int64_t cost) {
        database->run(organization, kStep, {organization, of, turn, step, cost, clock.now()});
    }
    /// {spent, reserved}
    using Pair = std::pair<std::int64_t, std::int64_t>;
    Pair usage(const CampaignId& of = {}, const std::string& day = "-infinity") {
        const auto rows = database->run(organization, kUsage, {of, day});
        if (rows.empty()) return {-1, -1};
        return {rows[0].integer("spent_micros"), rows[0].integer("reserved_micros")};
    }

    ConversationId conversation;
};

TEST_F(Budgets, ThirtyTwoThreadsNeverPassTheLimit) {
    constexpr int kThreads = 32, kTurns = 12;
    constexpr std::int64_t kLimit = 100'000, kMost = 1'000, kCost = 400;
    set("organization", kLimit);
    set("campaign", kLimit, "day");
    std::vector<ConversationId> conversations;
    for (int i = 0; i < kThreads; ++i)
        conversations.push_back(addConversation("+1602555" + std::to_string(1000 + i)));
    agent::Treasury treasury(*database, clock);
    std::atomic<int> made{0}, refused{0};
    std::atomic<bool> passed{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&, i] {
            const auto& own = conversations[static_cast<std::size_t>(i)];
            for (int turn = 1; turn <= kTurns; ++turn) {
                Reservation asked{campaign, own, turn, kMost, 2 * kMost, "USD"};
                treasury.reserve(organization, asked);
                if (database->run(organization, kOver, {kLimit})[0].integer("n") > 0) passed = true;
                if (asked.shortage) {
                    ++refused;
                    continue;
                }
                ++made;
                record(own, turn, 1, kCost);
                settle(own, turn);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_FALSE(passed);
    EXPECT_GT(refused, 0) << "384 turns at 400 do not fit into 100,000";
    EXPECT_EQ(usage(), Pair(made * kCost, 0)) << "everything settled, nothing lost";
    EXPECT_EQ(usage(campaign, "2026-03-03"), Pair(made * kCost, 0));
    EXPECT_GE(made * kCost, kLimit - kMost - kThreads * kMost) << "the money there is can be used";
}

TEST_F(Budgets, WhatManyAskAtOnceIsOneStatementAndOneWithoutRoomDoesNotStopTheOthers) {
    set("organization", 10'000);
    set("turn", 4'000);
    auto one = asking(3'000), big = asking(5'000), two = asking(3'000);
    big.conversation = addConversation("+16025550101");
    two.conversation = addConversation("+16025550102");
    tenant::reserve(*database, organization, {&one, &big, &two});
    EXPECT_FALSE(one.shortage);
    EXPECT_FALSE(two.shortage);
    ASSERT_TRUE(big.shortage);
    EXPECT_EQ(big.shortage->scope, "turn");
    EXPECT_EQ(usage(), Pair(0, 6'000));
}

TEST_F(Budgets, NearTheEndOnlyWhatTheNextCallNeedsIsSetAside) {
    set("organization", 3'000);
    auto one = asking(2'000, 1, 4'000);
    tenant::reserve(*database, organization, {&one});
    EXPECT_FALSE(one.shortage);
    EXPECT_EQ(one.granted, 2'000);
    EXPECT_EQ(usage(), Pair(0, 2'000));
}

TEST_F(Budgets, ATurnBegunAgainFindsItsReservation) {
    set("organization", 10'000);
    EXPECT_FALSE(reserve(6'000));
    EXPECT_FALSE(reserve(6'000)) << "the same turn after a crash: a second 6,000 would not fit";
    EXPECT_EQ(usage(), Pair(0, 6'000));
    EXPECT_FALSE(reserve(8'000)) << "another call of it: 2,000 more";
    EXPECT_EQ(usage(), Pair(0, 8'000));
    record(1, 1, 2'000);
    settle();
    settle();
    EXPECT_EQ(usage(), Pair(2'000, 0)) << "told twice, counted once";
    EXPECT_EQ(usage(campaign), Pair(2'000, 0));
}

TEST_F(Budgets, WhatNobodyComesBackForIsFreeWhenTheMoneyIsNeeded) {
    set("organization", 10'000);
    EXPECT_FALSE(reserve(9'000));
    record(1, 1, 700);
    const auto first = conversation;
    conversation = addConversation("+16025550101");
    EXPECT_TRUE(reserve(9'000)) << "it may still be at work";
    clock.advanceTo(clock.now() + minutes(16));
    EXPECT_FALSE(reserve(9'000));
    EXPECT_EQ(usage(), Pair(700, 9'000)) << "what its step has cost is spent";
    record(first, 1, 2, 50);
    settle(first, 1);
    EXPECT_EQ(usage(), Pair(750, 9'000)) << "it came back after all: only what is new counts";
}

TEST_F(Budgets, EveryScopeHolds) {
    set("organization", 1'000'000);
    set("campaign", 50'000, "total", campaign);
    set("conversation", 5'000);
    set("turn", 2'000);
    const auto refusedBy = [&](std::int64_t micros, int turn) -> std::string {
        const auto no = reserve(micros, turn);
        return no ? no->scope : "";
    };
    EXPECT_EQ(refusedBy(2'001, 1), "turn");
    EXPECT_EQ(refusedBy(2'000, 1), "");
    record(1, 1, 2'000);
    EXPECT_EQ(refusedBy(2'001, 1), "turn") << "one more call after 2,000 were spent";
    settle();
    EXPECT_EQ(refusedBy(2'000, 2), "");
    record(2, 1, 2'000);
    settle(2);
    EXPECT_EQ(refusedBy(1'001, 3), "conversation");
    EXPECT_EQ(refusedBy(1'000, 3), "");
    conversation = addConversation("+16025550102");
    set("campaign", 5'500, "total", campaign);
    EXPECT_EQ(refusedBy(1'000, 1), "campaign");
    const auto no = reserve(1'000);
    ASSERT_TRUE(no);
    EXPECT_EQ(no->text(),
              "the campaign's budget of USD 0.0055 is used up (USD 0.004 spent, USD 0.001 set aside)");
}

TEST_F(Budgets, ADayIsANewDay) {
    set("organization", 1'000, "day");
    EXPECT_FALSE(reserve(1'000));
    record(1, 1, 1'000);
    settle();
    EXPECT_TRUE(reserve(1, 2));
    clock.advanceTo(parseRfc3339("2026-03-04T00:00:00Z").value());
    EXPECT_FALSE(reserve(1'000, 2));
    EXPECT_EQ(usage({}, "2026-03-04"), Pair(0, 1'000));
    EXPECT_EQ(usage(), Pair(1'000, 1'000));
}

TEST_F(Budgets, ANewBudgetCountsWhatWasSpentBefore) {
    record(1, 1, 600);
    set("organization", 1'000);
    set("campaign", 1'000);
    set("conversation", 1'000);
    EXPECT_EQ(usage(), Pair(600, 0));
    EXPECT_EQ(usage(campaign), Pair(600, 0));
    EXPECT_EQ(usage(campaign, "2026-03-03"), Pair(600, 0));
    const auto no = reserve(500, 2);
    ASSERT_TRUE(no);
    EXPECT_EQ(no->spentMicros, 600);
    EXPECT_FALSE(reserve(400, 2));
    EXPECT_EQ(usage(), Pair(600, 400));
}

TEST_F(Budgets, AnotherCurrencyIsRefused) {
    set("organization", 1'000'000);
    auto one = asking(10);
    one.currency = "EUR";
    tenant::reserve(*database, organization, {&one});
    EXPECT_TRUE(one.shortage);
    auto unpriced = asking(10);
    unpriced.currency = "";
    tenant::reserve(*database, organization, {&unpriced});
    EXPECT_FALSE(unpriced.shortage) << "no price known: the budget's own";
}

TEST_F(Budgets, ABudgetTakenAwayIsForgottenAndOthersNeverSeeIt) {
    set("organization", 1'000);
    EXPECT_TRUE(reserve(2'000));
    const auto other = addOrganization(*database, "Other");
    auto theirs = database->begin(other);
    EXPECT_TRUE(tenant::budgets(theirs, other, clock.now()).empty());
    EXPECT_FALSE(tenant::removeBudget(theirs, other, {"organization", "total", {}, {}}));
    theirs.commit();
    auto tx = database->begin(organization);
    ASSERT_EQ(tenant::budgets(tx, organization, clock.now()).size(), 1U);
    EXPECT_TRUE(tenant::removeBudget(tx, organization, {"organization", "total", {}, {}}));
    tx.commit();
    EXPECT_EQ(usage(), Pair(-1, -1));
    EXPECT_FALSE(reserve(2'000));
}

TEST_F(Budgets, PoliciesAreReadAgainAfterTheirLife) {
    tenant::Policies policies(*database, clock, seconds(5));
    EXPECT_FALSE(policies.of(organization)->budgeted);
    set("turn", 1);
    EXPECT_FALSE(policies.of(organization)->budgeted) << "kept";
    clock.advanceTo(clock.now() + seconds(5));
    EXPECT_TRUE(policies.of(organization)->budgeted);
    EXPECT_FALSE(policies.of(addOrganization(*database, "Other"))->budgeted);
}

}  // namespace
}  // namespace overture::testing
