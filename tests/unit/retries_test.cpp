#include "compliance/retries.hpp"

#include <gtest/gtest.h>

namespace overture::compliance {
namespace {

TEST(Retries, WaitLongerEachTimeAndEnd) {
    for (const auto outcome :
         {Unreached::noAnswer, Unreached::busy, Unreached::machine, Unreached::undelivered}) {
        auto before = seconds(0);
        int times = 1;
        for (; const auto wait = retryAfter(outcome, times); ++times) {
            EXPECT_GT(*wait, before);
            before = *wait;
        }
        EXPECT_GE(times, 3) << "at least twice";
        EXPECT_LE(times, 6) << "and not for ever";
        EXPECT_FALSE(retryAfter(outcome, 0));
        EXPECT_FALSE(retryAfter(outcome, -3));
    }
    EXPECT_LT(*retryAfter(Unreached::busy, 1), *retryAfter(Unreached::noAnswer, 1))
        << "who talks is at the phone";
}

TEST(Retries, KnowTheWordsOfCarriers) {
    EXPECT_EQ(unreachedOf("busy"), Unreached::busy);
    EXPECT_EQ(unreachedOf("failed"), Unreached::undelivered);
    EXPECT_FALSE(unreachedOf("delivered"));
    EXPECT_FALSE(unreachedOf(""));
}

}  // namespace
}  // namespace overture::compliance
