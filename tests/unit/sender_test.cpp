#include "agent/sender.hpp"

#include <gtest/gtest.h>

namespace overture::agent {
namespace {

/// A carrier that gives what it was told to.
class QueuedCarrier final : public plugin::Instance {
public:
    const std::string& plugin() const override { return name_; }
    bool offers(std::string_view) const override { return true; }
    plugin::Reply call(std::string_view, std::string_view, const Json&, milliseconds) override {
        ++calls;
        return reply;
    }
    plugin::Reply reply;
    int calls = 0;

private:
    std::string name_ = "queued";
};

struct OneInstance final : Instances {
    std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId&) override { return carrier; }
    std::shared_ptr<plugin::Instance> channel(const std::string&) override { return carrier; }
    std::shared_ptr<QueuedCarrier> carrier = std::make_shared<QueuedCarrier>();
};

struct Sending {
    VirtualClock clock{Instant(hours(490'000))};
    OneInstance instances;
    CarrierSender sender{instances, seconds(1)};
    turn::Delivery delivery;

    Sending() {
        delivery.channel = "sms";
        delivery.recipient = "+16025550100";
        delivery.binding = BindingId(uuid7(clock.now()));
    }
    turn::LookupResult lookUp(plugin::Outcome outcome, Json document,
                              std::optional<milliseconds> retryAfter = {}) {
        instances.carrier->reply = {outcome, std::move(document), {}, {}, retryAfter};
        return sender.lookup(delivery);
    }
};

TEST(Sender, ALookUpThatCannotTellYetSaysWhenToAskAgain) {
    Sending sending;
    using Kind = turn::LookupResult::Kind;
    using plugin::Outcome;
    const auto later =
        sending.lookUp(Outcome::ok, {{"found", false}, {"trusted", false}, {"ask_again_ms", 45'000}});
    EXPECT_EQ(later.kind, Kind::cannotTell);
    EXPECT_EQ(later.askAgain, milliseconds(45'000));
    EXPECT_FALSE(sending.lookUp(Outcome::ok, {{"found", false}, {"trusted", false}}).askAgain);
    EXPECT_EQ(sending.lookUp(Outcome::ok, {{"found", false}, {"trusted", true}, {"ask_again_ms", 1}}).kind,
              Kind::absent);
    EXPECT_EQ(sending.lookUp(Outcome::limited, {}, milliseconds(2'000)).askAgain, seconds(30));
    EXPECT_EQ(sending.lookUp(Outcome::transient, {}, minutes(2)).askAgain, minutes(2));
    EXPECT_FALSE(sending.lookUp(Outcome::auth, {}).askAgain) << "a wrong key does not mend itself";
}

}  // namespace
}  // namespace overture::agent
