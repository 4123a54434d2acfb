#include "plugin/slots.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>
#include <vector>

#include "base/failpoint.hpp"

namespace overture::plugin {
namespace {

using Steady = Slots::Steady;

Steady::time_point inAMinute() {
    return Steady::now() + std::chrono::minutes(1);
}

/// Tells when somebody stands in line; taken away with the test.
struct Line {
    Line() {
        setWaitpoint("plugin.waits_for_slot", [this] { waiting.release(); });
    }
    ~Line() { setWaitpoint("plugin.waits_for_slot", {}); }
    std::counting_semaphore<> waiting{0};
};

TEST(Slots, SoManyAreInAtOnce) {
    Slots slots(3);
    std::atomic<int> in = 0, most = 0, served = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                const auto slot = slots.take(inAMinute());
                ASSERT_TRUE(slot);
                const int now = ++in;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                std::this_thread::yield();
                --in;
                ++served;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(served, 2400);
    EXPECT_EQ(most, 3);
    EXPECT_TRUE(slots.free());
}

TEST(Slots, TheLineIsServedInItsOrder) {
    Line line;
    Slots slots(1);
    std::vector<int> order;
    std::vector<std::thread> threads;
    {
        const auto first = slots.take(inAMinute());
        EXPECT_FALSE(slots.free());
        for (int i = 0; i < 5; ++i) {
            threads.emplace_back([&, i] {
                const auto slot = slots.take(inAMinute());
                order.push_back(i);  // the slot guards it
            });
            line.waiting.acquire();
        }
        EXPECT_TRUE(order.empty());
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Slots, NobodyWaitsLongerThanAsked) {
    Slots slots(1);
    {
        const auto first = slots.take(inAMinute());
        EXPECT_FALSE(slots.take(Steady::now()));
        EXPECT_FALSE(slots.take(Steady::now() + std::chrono::milliseconds(20)));
    }
    EXPECT_TRUE(slots.take(Steady::now())) << "those who gave up left no gap";
}

TEST(Slots, OneWhoGaveUpIsNotServed) {
    Slots slots(1);
    std::counting_semaphore<> waits{0};
    setWaitpoint("plugin.waits_for_slot", [&] { waits.release(); });
    auto held = std::make_unique<Slots::Slot>(slots.take(inAMinute()));
    std::thread hasty([&] { EXPECT_FALSE(slots.take(Steady::now())); });
    waits.acquire();
    hasty.join();
    std::atomic<bool> in = false;
    std::thread patient([&] { in = bool(slots.take(inAMinute())); });
    waits.acquire();
    held.reset();
    patient.join();
    setWaitpoint("plugin.waits_for_slot", {});
    EXPECT_TRUE(in);
}

}  // namespace
}  // namespace overture::plugin
