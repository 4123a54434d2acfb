// Rates in virtual time: messages that are all due at once, and a carrier that takes only so many.
#include "agent/rates.hpp"

#include <gtest/gtest.h>

#include <queue>

#include "base/random.hpp"

namespace overture::agent {
namespace {

class RatesTest : public ::testing::Test {
protected:
    struct Out {
        Instant at;
        turn::Delivery delivery;
    };
    VirtualClock clock{Instant(hours(490'000))};
    Rates rates{clock};
    Random random{7};
    OrganizationId organization{uuid7(clock.now(), "organization")};
    BindingId account{uuid7(clock.now(), "account")};

    turn::Delivery message(const std::string& from, const std::string& to) {
        turn::Delivery delivery;
        delivery.id = DeliveryId(uuid7(clock.now(), std::to_string(random.below(1'000'000'000))));
        delivery.organization = organization;
        delivery.binding = account;
        delivery.sender = from;
        delivery.recipient = to;
        return delivery;
    }
    std::string person(std::size_t number) { return "+1602555" + std::to_string(1000 + number); }

    /// Asks about each as the engine does, at the time it was told to, for so long; `send` says what the carrier does.
    std::vector<Out> run(const std::vector<turn::Delivery>& all, const RateLimits& limits, seconds time,
                         const std::function<bool(const turn::Delivery&)>& send) {
        const auto later = [](const Out& a, const Out& b) { return a.at > b.at; };
        std::priority_queue<Out, std::vector<Out>, decltype(later)> due(later);
        for (const auto& delivery : all) due.push({clock.now(), delivery});
        std::vector<Out> out;
        for (const auto end = clock.now() + time; !due.empty() && due.top().at <= end;) {
            auto next = due.top();
            due.pop();
            clock.advanceTo(std::max(clock.now(), next.at));
            ++asked;
            if (const auto wait = rates.wait(next.delivery, limits)) {
                due.push({clock.now() + *wait, next.delivery});
                continue;
            }
            if (send(next.delivery))
                out.push_back({clock.now(), next.delivery});
            else
                due.push({clock.now() + seconds(30), next.delivery});
        }
        return out;
    }
    static std::size_t mostIn(const std::vector<Out>& out, milliseconds window,
                              const std::function<std::string(const turn::Delivery&)>& key) {
        std::size_t most = 0;
        for (const auto& first : out) {
            std::size_t count = 0;
            for (const auto& one : out)
                if (key(one.delivery) == key(first.delivery) && one.at >= first.at &&
                    one.at < first.at + window)
                    ++count;
            most = std::max(most, count);
        }
        return most;
    }
    int asked = 0;
};

const auto kTakesAll = [](const turn::Delivery&) { return true; };

TEST_F(RatesTest, WithoutLimitsNothingWaits) {
    std::vector<turn::Delivery> all;
    for (std::size_t i = 0; i < 1000; ++i) all.push_back(message("+12025550100", person(i)));
    EXPECT_EQ(run(all, {}, seconds(0), kTakesAll).size(), 1000U);
}

TEST_F(RatesTest, NumbersAccountsPairsAndOrganizationsHaveTheirOwn) {
    std::vector<turn::Delivery> all;
    for (std::size_t i = 0; i < 300; ++i)
        all.push_back(message(i % 3 == 0 ? "+12025550100" : "+12025550101", person(i % 7)));
    const RateLimits limits{60, 90, 4, 80};
    const auto out = run(all, limits, hours(1), kTakesAll);
    ASSERT_EQ(out.size(), 300U) << "nothing is forgotten";
    EXPECT_LE(mostIn(out, minutes(1), [](const auto& one) { return one.sender; }), 60U);
    EXPECT_LE(mostIn(out, minutes(1), [](const auto&) { return "all"; }), 80U);
    EXPECT_LE(mostIn(out, seconds(14), [](const auto& one) { return one.sender + one.recipient; }), 4U);
    EXPECT_LE(asked, 300 * 5)
        << "who waits keeps the place it was given and is not asked about again and again";
}

TEST_F(RatesTest, EachKindHoldsByItself) {
    for (const auto limits : {RateLimits{30, 0, 0, 0}, RateLimits{0, 30, 0, 0}, RateLimits{0, 0, 0, 30}}) {
        std::vector<turn::Delivery> all;
        for (int i = 0; i < 100; ++i) all.push_back(message("+12025550100", person(1)));
        const auto out = run(all, limits, hours(1), kTakesAll);
        EXPECT_EQ(out.size(), 100U);
        EXPECT_EQ(mostIn(out, minutes(1), [](const auto&) { return "all"; }), 30U);
    }
}

TEST_F(RatesTest, APairMayHaveSoManyAtOnce) {
    std::vector<turn::Delivery> all;
    for (int i = 0; i < 6; ++i) all.push_back(message("+12025550100", person(1)));
    const auto start = clock.now();
    const auto out = run(all, {0, 0, 4, 0}, hours(1), kTakesAll);
    ASSERT_EQ(out.size(), 6U);
    EXPECT_EQ(out[3].at, start);
    EXPECT_EQ(out[4].at, start + seconds(15));
    EXPECT_EQ(out[5].at, start + seconds(30));
}

TEST_F(RatesTest, OneSlowNumberDoesNotHoldUpAnother) {
    std::vector<turn::Delivery> all;
    for (std::size_t i = 0; i < 100; ++i) all.push_back(message("+12025550100", person(i)));
    run(all, {6, 6000, 0, 6000}, seconds(1), kTakesAll);
    EXPECT_EQ(run({message("+12025550101", person(0))}, {6, 6000, 0, 6000}, seconds(1), kTakesAll).size(),
              1U);
}

TEST_F(RatesTest, ACarrierThatTakesTenASecondIsFoundAndKeptTo) {
    std::vector<turn::Delivery> all;
    for (std::size_t i = 0; i < 4000; ++i) all.push_back(message("+12025550100", person(i)));
    Instant second{};
    int taken = 0, complaints = 0, complaintsLate = 0;
    const auto start = clock.now();
    const auto carrier = [&](const turn::Delivery&) {
        const auto now = std::chrono::floor<seconds>(clock.now());
        if (now != second) {
            second = now;
            taken = 0;
        }
        if (++taken > 10) {
            ++complaints;
            if (clock.now() - start > minutes(2)) ++complaintsLate;
            rates.limited(account, seconds(1));
            return false;
        }
        rates.accepted(account);
        return true;
    };
    const auto out = run(all, {}, minutes(10), carrier);
    EXPECT_GT(out.size(), 3000U) << "more than half of what it takes";
    EXPECT_LT(complaintsLate * 20, int(out.size())) << "fewer than one message in twenty is sent in vain";
    EXPECT_GT(complaints, 0);
}

TEST_F(RatesTest, RetryAfterIsObeyedAndOneBurstOfComplaintsIsOneCut) {
    for (std::size_t i = 0; i < 40; ++i) EXPECT_FALSE(rates.wait(message("+12025550100", person(i)), {}));
    for (int i = 0; i < 5; ++i) rates.limited(account, seconds(20));
    EXPECT_EQ(rates.slowedTo(account), 20);
    const auto one = message("+12025550100", person(1));
    EXPECT_EQ(rates.wait(one, {}), seconds(20));
    clock.advanceTo(clock.now() + seconds(20));
    EXPECT_FALSE(rates.wait(one, {}));
    for (int i = 0; i < 20; ++i) rates.accepted(account);
    EXPECT_NEAR(rates.slowedTo(account), 24, 0.4) << "a second that went well: up by a tenth of the old rate";
}

TEST_F(RatesTest, WithoutComplaintsItIsForgotten) {
    rates.limited(account, {});
    EXPECT_GT(rates.slowedTo(account), 0);
    clock.advanceTo(clock.now() + minutes(10));
    rates.accepted(account);
    EXPECT_EQ(rates.slowedTo(account), 0);
}

}  // namespace
}  // namespace overture::agent
