// How many people a day a binding writes to first: what its carrier allows and how far it is warmed up; what would be one more waits.
#include "agent/reach.hpp"

#include "agent/sender.hpp"
#include "pg/turn_world.hpp"
#include "tenant/tenants.hpp"

namespace overture::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class ReachTest : public TurnWorld {
protected:
    turn::Delivery to(const std::string& recipient, const std::string& purpose = "marketing") {
        turn::Delivery delivery;
        delivery.id = DeliveryId(uuid7(clock.now()));
        delivery.organization = organization;
        delivery.binding = binding;
        delivery.recipient = recipient;
        delivery.purpose = purpose;
        delivery.parts = Json::array({{{"text", "hi"}}});
        return delivery;
    }
    Json limits(const Json& own) { return {{binding.text(), own}}; }
    static std::string person(int number) { return "+160255501" + std::to_string(10 + number); }
    agent::Reach reach{*database, clock};
};

TEST_F(ReachTest, WhatWouldBeOnePersonMoreWaitsForTheFirstToBeADayAgo) {
    const auto people = limits({{"carrier", 3}});
    const auto begun = clock.now();
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(reach.wait(to(person(i)), people)) << i;
        clock.advanceTo(clock.now() + hours(1));
    }
    EXPECT_FALSE(reach.wait(to(person(1)), people)) << "the same person again is nobody more";
    EXPECT_FALSE(reach.wait(to(person(8), "reply"), people)) << "who wrote to us is answered";
    EXPECT_EQ(reach.wait(to(person(4)), people), begun + hours(24) - clock.now());
    EXPECT_EQ(reach.wait(to(person(5)), people), begun + hours(26) - clock.now())
        << "the next one's place is the next to become free: the second was written to again just now";
    clock.advanceTo(begun + hours(24));
    EXPECT_FALSE(reach.wait(to(person(4)), people));
    EXPECT_TRUE(reach.wait(to(person(5)), people));
    EXPECT_FALSE(reach.wait(to(person(5)), Json())) << "without a limit nobody waits";
    EXPECT_FALSE(reach.wait(to(person(5)), limits({{"carrier", nullptr}})));
}

TEST_F(ReachTest, ATemplateToSomebodyWhoWroteCountsAndDoesNotWait) {
    const auto people = limits({{"carrier", 1}});
    auto reminder = to(person(0), "service");
    reminder.parts = Json::array({{{"text", "See you"}, {"template", {{"name", "meet"}}}}});
    EXPECT_FALSE(reach.wait(reminder, people));
    EXPECT_TRUE(reach.wait(to(person(1)), people));
    reminder.recipient = person(2);
    EXPECT_FALSE(reach.wait(reminder, people));
}

TEST_F(ReachTest, ANewSenderIsWarmedUpDayByDay) {
    const Json own{{"warm_up", "2x2..6"}, {"since", toRfc3339(clock.now())}};
    const std::vector<int> most{2, 4, 6, 6};
    for (std::size_t day = 0; day < most.size(); ++day)
        EXPECT_EQ(agent::peopleADay(own, clock.now() + hours(24 * day) + minutes(1)), most[day]) << day;
    auto both = own;
    both["carrier"] = 3;
    EXPECT_EQ(agent::peopleADay(both, clock.now() + hours(30)), 3) << "the least counts";
    EXPECT_FALSE(agent::peopleADay(Json::object(), clock.now()));
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(reach.wait(to(person(i)), limits(own)));
    EXPECT_TRUE(reach.wait(to(person(2)), limits(own)));
    clock.advanceTo(clock.now() + hours(24));
    EXPECT_FALSE(reach.wait(to(person(2)), limits(own)));
}

/// Through the deliverer, on what is written in the database: a restart forgets nothing, and nothing fails for waiting.
TEST_F(ReachTest, ADeliveryWaitsInsteadOfFailingAlsoAfterARestart) {
    struct One final : agent::Instances, plugin::Instance {
        std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId&) override {
            return {std::shared_ptr<plugin::Instance>(), this};
        }
        std::shared_ptr<plugin::Instance> channel(const std::string&) override { return nullptr; }
        const std::string& plugin() const override { return name; }
        bool offers(std::string_view) const override { return true; }
        plugin::Reply call(std::string_view, std::string_view, const Json& asked, milliseconds) override {
            sent.push_back(textOf(asked, "to"));
            return {plugin::Outcome::ok, {{"reference", "r"}, {"status", "sent"}}, "", "", {}};
        }
        std::vector<std::string> sent;
        std::string name = "one";
    } carrier;
    {
        auto tx = database->begin(organization);
        tenant::limitPeople(tx, organization, binding, {{"carrier", 1}});
        tx.commit();
    }
    tenant::Policies policies(*database, clock, milliseconds(0));
    const auto work = [&] {
        agent::Reach fresh(*database, clock);
        agent::CarrierSender sender(carrier, seconds(1), {&policies, nullptr, nullptr, &fresh});
        turn::Deliverer deliverer(*database, clock, gate, sender);
        Answering handler(gate, binding);
        handler.purpose = "marketing";
        turn::Worker worker(*database, clock, handler);
        while (worker.runBatch() > 0 || deliverer.runBatch() > 0) continue;
    };
    hears(addConversation("+16025550100"), "hello");
    work();
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"+16025550100"});
    hears(addConversation("+16025550101"), "hello");
    work();
    EXPECT_EQ(carrier.sent.size(), 1U);
    EXPECT_EQ(word("select note as w from deliveries where recipient = '+16025550101'"),
              "waits for tomorrow: no more people are written to in a day");
    EXPECT_EQ(
        word("select state || ' ' || tries::text as w from deliveries where recipient = '+16025550101'"),
        "due 0");
    clock.advanceTo(clock.now() + hours(24));
    work();
    EXPECT_EQ(carrier.sent.size(), 2U);
}

}  // namespace
}  // namespace overture::testing
