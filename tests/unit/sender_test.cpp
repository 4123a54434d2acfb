#include "agent/sender.hpp"

#include <gtest/gtest.h>

namespace overture::agent {
namespace {

/// A carrier that gives what it was told to.
class QueuedCarrier final : public plugin::Instance {
public:
    const std::string& plugin() const override { return name_; }
    bool offers(std::string_view) const override { return true; }
    plugin::Reply call(std::string_view, std::string_view, const Json& request, milliseconds) override {
        ++calls;
        asked = request;
        return reply;
    }
    bool busy() const override { return full; }
    plugin::Reply reply;
    bool full = false;
    int calls = 0;
    Json asked;

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
    Breakers breakers{clock, {3, seconds(30), seconds(60)}};
    Rates rates{clock};
    CarrierSender sender{instances, seconds(1), {nullptr, &breakers, &rates}};
    turn::Delivery delivery;
    compliance::Gate gate;

    Sending() {
        delivery.channel = "sms";
        delivery.recipient = "+16025550100";
        delivery.binding = BindingId(uuid7(clock.now()));
    }
    turn::SendResult send() {
        compliance::ContactRequest request;
        request.channel = "sms";
        request.address = delivery.recipient;
        request.purpose = "reply";
        request.at = Instant(hours(490'000) + hours(17 - 490'000 % 24));  // 10 in the morning in Phoenix
        request.place.zone = "America/Phoenix";
        request.consent = compliance::ConsentLevel::expressWritten;
        return sender.send(std::get<compliance::Permit>(gate.decide(request)), delivery);
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

TEST(Sender, AMessageToABusyCarrierComesAgainAndCountsNowhere) {
    Sending sending;
    using Kind = turn::SendResult::Kind;
    const auto comesAgain = [&](const turn::SendResult& result) {
        EXPECT_EQ(result.kind, Kind::retry);
        EXPECT_TRUE(result.notTried) << "it takes none of the message's tries";
        EXPECT_EQ(result.retryAfter, milliseconds(250));
    };
    sending.instances.carrier->full = true;
    for (int i = 0; i < 5; ++i) comesAgain(sending.send());
    EXPECT_EQ(sending.instances.carrier->calls, 0);
    std::vector<DeliveryId> ids{sending.delivery.id};
    for (int i = 1; i <= 3; ++i) {
        sending.delivery.id = ids.emplace_back(uuid7(sending.clock.now() + seconds(i)));
        EXPECT_EQ(sending.send().retryAfter, milliseconds(250 + 10 * i))
            << "the more wait, the less often each comes";
    }
    sending.instances.carrier->full = false;
    sending.instances.carrier->reply = {
        plugin::Outcome::ok, {{"reference", "r1"}, {"status", "sent"}}, {}, {}, {}};
    for (const auto& id : ids) {
        sending.delivery.id = id;
        EXPECT_EQ(sending.send().kind, Kind::sent);
    }
    sending.instances.carrier->reply = {plugin::Outcome::transient, {}, {}, "at work", {}, true};
    for (int i = 0; i < 5; ++i) comesAgain(sending.send());
    EXPECT_FALSE(sending.breakers.of(sending.delivery.binding).pausedUntil()) << "the carrier did not fail";
    sending.instances.carrier->reply = {
        plugin::Outcome::ok, {{"reference", "r1"}, {"status", "sent"}}, {}, {}, {}};
    EXPECT_EQ(sending.send().kind, Kind::sent);
}

TEST(Sender, WhatAChannelShowsGoesAlong) {
    Sending sending;
    sending.instances.carrier->reply = {plugin::Outcome::ok, {{"reference", "r"}}, {}, {}, {}};
    sending.delivery.parts = Json::array(
        {{{"text", "Ours"}, {"media", {{{"url", "https://a.example/p.png"}, {"kind", "image"}}}}}});
    ASSERT_EQ(sending.send().kind, turn::SendResult::Kind::sent);
    EXPECT_EQ(sending.instances.carrier->asked["media"],
              (Json::array({{{"url", "https://a.example/p.png"}, {"kind", "image"}}})));
    sending.delivery.parts = Json::array({{{"text", "Ours"}}});
    sending.send();
    EXPECT_EQ(sending.instances.carrier->asked["media"], Json::array());
}

TEST(Sender, ALookUpSaysTheChannel) {
    Sending sending;
    sending.lookUp(plugin::Outcome::ok, {{"found", false}});
    EXPECT_EQ(sending.instances.carrier->asked["channel"], "sms")
        << "the same number has other messages elsewhere";
}

TEST(Sender, ACarrierThatKeepsFailingIsLeftAloneForAWhile) {
    Sending sending;
    auto& carrier = *sending.instances.carrier;
    carrier.reply = {plugin::Outcome::transient, {}, "503", "down", {}};
    for (int i = 0; i < 3; ++i) {
        const auto result = sending.send();
        EXPECT_EQ(result.kind, turn::SendResult::Kind::retry);
        EXPECT_FALSE(result.notTried);
    }
    const auto kept = sending.send();
    EXPECT_EQ(carrier.calls, 3);
    EXPECT_EQ(kept.kind, turn::SendResult::Kind::retry);
    EXPECT_TRUE(kept.notTried) << "no try of the delivery's was used";
    EXPECT_EQ(kept.retryAfter, milliseconds(30'000));
    sending.clock.advanceTo(sending.clock.now() + seconds(30));
    carrier.reply = {plugin::Outcome::ok, {{"reference", "r1"}, {"status", "sent"}}, {}, {}, {}};
    EXPECT_EQ(sending.send().kind, turn::SendResult::Kind::sent);
    EXPECT_EQ(sending.send().kind, turn::SendResult::Kind::sent);
}

TEST(Sender, ACarrierThatFindsUsTooFastIsAskedAgainWhenItSaid) {
    Sending sending;
    auto& carrier = *sending.instances.carrier;
    carrier.reply = {plugin::Outcome::limited, {}, "429", "too fast", milliseconds(4'000)};
    EXPECT_FALSE(sending.send().notTried);
    for (int i = 0; i < 5; ++i) {
        const auto kept = sending.send();
        EXPECT_TRUE(kept.notTried);
        EXPECT_EQ(kept.retryAfter, milliseconds(4'000));
    }
    EXPECT_EQ(carrier.calls, 1);
    sending.clock.advanceTo(sending.clock.now() + seconds(4));
    carrier.reply = {plugin::Outcome::ok, {{"reference", "r1"}, {"status", "sent"}}, {}, {}, {}};
    EXPECT_EQ(sending.send().kind, turn::SendResult::Kind::sent) << "no breaker opened";
}

}  // namespace
}  // namespace overture::agent
