#include "agent/breaker.hpp"

#include <gtest/gtest.h>

namespace overture::agent {
namespace {

class BreakerTest : public ::testing::Test {
protected:
    VirtualClock clock{Instant(hours(490'000))};
    Breaker breaker{clock, {3, seconds(30), seconds(100)}};
    void fail(int times) {
        for (int i = 0; i < times; ++i) breaker.enter().failed();
    }
    static plugin::Reply reply(plugin::Outcome outcome, std::optional<milliseconds> retryAfter = {}) {
        return {outcome, {}, {}, {}, retryAfter};
    }
    void after(seconds time) { clock.advanceTo(clock.now() + time); }
};

TEST_F(BreakerTest, OpensAfterFailuresInARow) {
    fail(2);
    breaker.enter().succeeded();
    fail(2);
    EXPECT_TRUE(breaker.enter()) << "a success begins the count anew";
    EXPECT_FALSE(breaker.pausedUntil());
    fail(1);
    EXPECT_FALSE(breaker.enter());
    EXPECT_EQ(breaker.pausedUntil(), clock.now() + seconds(30));
    EXPECT_EQ(breaker.left(), seconds(30));
}

TEST_F(BreakerTest, OneProbeAtATimeAndItsSuccessCloses) {
    fail(3);
    after(seconds(30));
    {
        auto probe = breaker.enter();
        ASSERT_TRUE(probe);
        EXPECT_FALSE(breaker.enter()) << "half open: one at a time";
    }
    auto again = breaker.enter();
    ASSERT_TRUE(again) << "a probe that was not told gives its place back";
    again.succeeded();
    EXPECT_FALSE(breaker.pausedUntil());
    fail(2);
    EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, AFailedProbeOpensItForLonger) {
    fail(3);
    for (const auto pause : {seconds(30), seconds(60), seconds(100), seconds(100)}) {
        EXPECT_EQ(breaker.left(), pause);
        after(pause);
        breaker.enter().failed();
    }
}

TEST_F(BreakerTest, WhatBeganBeforeItOpenedNoLongerCounts) {
    auto early = breaker.enter(), other = breaker.enter();
    fail(3);
    early.succeeded();
    EXPECT_TRUE(breaker.pausedUntil()) << "an old success";
    after(seconds(30));
    breaker.enter().succeeded();
    fail(2);
    other.failed();
    EXPECT_TRUE(breaker.enter()) << "an old failure";
}

TEST_F(BreakerTest, OutcomesThatShowLifeAreSuccesses) {
    using plugin::Outcome;
    for (const auto good : {Outcome::ok, Outcome::invalid, Outcome::unsupported, Outcome::rejected}) {
        fail(2);
        breaker.enter().report(reply(good));
        fail(2);
        EXPECT_TRUE(breaker.enter()) << plugin::nameOf(good);
        breaker.enter().report(reply(Outcome::cancelled));
        breaker.enter().succeeded();
    }
    for (const auto bad :
         {Outcome::auth, Outcome::limited, Outcome::transient, Outcome::unknown, Outcome::internal}) {
        Breaker one(clock, {1, seconds(30), seconds(100)});
        one.enter().report(reply(bad));
        EXPECT_FALSE(one.enter()) << plugin::nameOf(bad);
    }
}

TEST_F(BreakerTest, WhoAsksToBeLeftAloneIsLeftAloneAtOnceAndForSoLong) {
    breaker.enter().report(reply(plugin::Outcome::limited, seconds(7)));
    EXPECT_FALSE(breaker.enter());
    EXPECT_EQ(breaker.left(), seconds(7));
    after(seconds(7));
    breaker.enter().succeeded();
    EXPECT_TRUE(breaker.enter());
    breaker.enter().report(reply(plugin::Outcome::limited, hours(5)));
    EXPECT_EQ(breaker.left(), seconds(100)) << "not for ever";
}

TEST_F(BreakerTest, EachBindingHasItsOwn) {
    Breakers breakers(clock, {1, seconds(30), seconds(60)});
    const BindingId one(uuid7(clock.now())), other(uuid7(clock.now()));
    breakers.of(one).enter().failed();
    EXPECT_FALSE(breakers.of(one).enter());
    EXPECT_TRUE(breakers.of(other).enter());
}

}  // namespace
}  // namespace overture::agent
