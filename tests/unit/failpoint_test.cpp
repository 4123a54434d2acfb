// Faults asked for by the environment need a process of their own: they are read once.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "base/error.hpp"
#include "base/failpoint.hpp"

namespace overture {
namespace {

/// Passes `name` so often with this list in the environment, then ends with status 0.
void pass(const char* list, const char* name, int times) {
    ::setenv("OVERTURE_FAILPOINTS", list, 1);
    setWaitpoint("never", [] {});  // the flag was set when this process began
    for (int i = 0; i < times; ++i) failpoint(name);
    std::_Exit(0);
}

TEST(Failpoint, CostsNothingAndDoesNothingUnasked) {
    EXPECT_FALSE(failpoint("commit.before"));
}

TEST(Failpoint, KillsAtTheNthPassingOnly) {
    EXPECT_EXIT(pass("commit.before=kill@3", "commit.before", 3), ::testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(pass("commit.before=kill@3", "commit.before", 2), ::testing::ExitedWithCode(0), "");
    EXPECT_EXIT(pass("commit.before=kill", "commit.after", 9), ::testing::ExitedWithCode(0), "");
}

TEST(Failpoint, AListThatCannotBeReadIsOneClearSentence) {
    for (const char* list : {"commit.before", "=kill", "a=explode", "a=kill@x", "a=delay:", "a=delay:-1"})
        EXPECT_THROW(checkFailpoints(list), Error) << list;
    EXPECT_NO_THROW(checkFailpoints("a=kill, b=error@2,c=delay:10,d=disconnect@1,e=stop@3,"));
}

TEST(Waitpoint, RunsOnWhoeverPassesUntilItIsTakenAway) {
    int passed = 0;
    setWaitpoint("here", [&] { ++passed; });
    failpoint("here");
    failpoint("there");
    setWaitpoint("here", {});
    failpoint("here");
    EXPECT_EQ(passed, 1);
}

TEST(Waitpoint, WhatItThrowsComesOut) {
    setWaitpoint("here", [] { throw Error("gone", "test", "none"); });
    EXPECT_THROW(failpoint("here"), Error);
    setWaitpoint("here", {});
}

}  // namespace
}  // namespace overture
