// One person, many who would reach them at the same moment: the cap holds, whoever asks and however they ask.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <filesystem>
#include <thread>

#include "base/text.hpp"
#include "pg/turn_world.hpp"

namespace overture::testing {
namespace {

constexpr int kMany = 32;

/// Rules of one line: one attempt in a day, whatever campaign or channel it comes from.
std::string oneADay() {
    auto folder = (std::filesystem::temp_directory_path() / "overture-caps-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw Error("a folder cannot be made", folder);
    writeFile(folder + "/test.json",
              R"({"pack": "test", "version": 1, "revised": "2026-01-01", "about": "Test.",
        "counsel": "A test.", "jurisdictions": ["every", "*"], "rules": [
        {"id": "test.cap", "kind": "cap", "channels": ["text", "voice", "email"], "purposes": ["marketing"],
         "attempts": 1, "hours": 24, "source": "test", "about": "Once a day."}]})");
    return folder;
}

/// Writes to whoever the turn is about, for marketing.
class Touching : public turn::Handler {
public:
    Touching(const compliance::Gate& gate, BindingId binding) : gate_(gate), binding_(binding) {}
    turn::Outcome handle(const turn::Opened& opened, turn::Journal&) override {
        auto request = opened.contacts.at("sms");
        request.at = opened.now;
        const auto verdict = gate_.decide(request);
        turn::Outcome outcome;
        const auto* permit = std::get_if<compliance::Permit>(&verdict);
        if (permit == nullptr) return outcome;
        const DeliveryId id(uuid7(opened.now, opened.conversation.id.text()));
        outcome.deliveries.push_back({id, "sms", binding_, "+12025550100", request.address, "hello",
                                      Json::array({{{"text", "hello"}}}), opened.now, *permit});
        return outcome;
    }

private:
    const compliance::Gate& gate_;
    BindingId binding_;
};

class Counting : public Carrier {
public:
    turn::SendResult send(const compliance::Permit& permit, const turn::Delivery& delivery) override {
        ++sent_;
        if (!permit.covers(permit.request().at) || permit.request().address != delivery.recipient) ++wrong;
        return {turn::SendResult::Kind::sent, delivery.id.text(), "sent", "", {}};
    }
    std::atomic<int> sent_ = 0, wrong = 0;
};

class Caps : public TurnWorld {
protected:
    Caps()
        : folder(oneADay()),
          strict(folder),
          many(Postgres::shared().freshPool(kMany + 8)),
          touching(strict, binding) {
        std::swap(many, database);  // 32 sessions at once
        organization = addOrganization(*database);
        auto tx = database->begin(organization);
        tx.run(kSetup, {organization, binding, clock.now()});
        const LeadId lead(uuid7(clock.now()));
        tx.run(kLead, {organization, lead, "the one", "+16025550100", clock.now()});
        compliance::recordConsent(tx, organization, "+16025550100", "sms", "marketing",
                                  compliance::ConsentLevel::expressWritten, "web form", Json::object(),
                                  clock.now() - hours(24));
        for (int i = 0; i < kMany; ++i) {
            const CampaignId another(uuid7(clock.now()));
            const ConversationId conversation(uuid7(clock.now()));
            tx.run(kCampaign, {organization, another, binding.text(), clock.now()});
            tx.run(kConversation, {organization, conversation, another, lead, clock.now()});
            conversations.push_back(conversation);
        }
        tx.commit();
        for (const auto& conversation : conversations) post(conversation, "touch", {{"touch", 0}});
    }
    ~Caps() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

    /// All begin at the same moment.
    void together(const std::function<void(int)>& work) {
        std::barrier start(kMany);
        std::vector<std::thread> threads;
        for (int i = 0; i < kMany; ++i)
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                work(i);
            });
        for (auto& thread : threads) thread.join();
    }
    std::int64_t permitted() {
        return number(
            "select count(*) as n from permits p join deliveries d using (organization_id, permit_id) "
            "where d.state not in ('due', 'cancelled')");
    }
    std::int64_t attempts() { return number("select count(*) as n from attempts"); }
    std::int64_t waiting() { return number("select count(*) as n from deliveries where state = 'due'"); }

    /// As many drafts as there are conversations, none asked for since.
    void queueAll() {
        turn::Worker worker(*database, clock, touching, {.batch = 2 * kMany});
        while (worker.runBatch() > 0) {
        }
        ASSERT_EQ(waiting(), kMany);
    }

    std::string folder;
    compliance::Gate strict;
    std::unique_ptr<store::Database> many;
    Touching touching;
    Counting carrier;
    std::vector<ConversationId> conversations;
};

TEST_F(Caps, ThirtyTwoWorkersCommitAtOnceAndOneReachesThem) {
    turn::Deliverer deliverer(*database, clock, strict, carrier);
    const auto send = [&](const std::vector<turn::Ready>& ready) { deliverer.send(ready); };
    together([&](int i) {
        turn::Worker worker(*database, clock, touching,
                            {.name = "w" + std::to_string(i), .batch = 1, .gate = &strict, .send = send});
        worker.runBatch();
    });
    EXPECT_EQ(carrier.sent_, 1);
    EXPECT_EQ(carrier.wrong, 0);
    EXPECT_EQ(permitted(), 1);
    EXPECT_EQ(attempts(), 1);
}

TEST_F(Caps, ThirtyTwoDeliverersClaimAtOnceAndOneReachesThem) {
    queueAll();
    together([&](int) {
        turn::Deliverer deliverer(*database, clock, strict, carrier, {.batch = 1});
        deliverer.runBatch();
    });
    EXPECT_EQ(carrier.sent_, 1);
    EXPECT_EQ(permitted(), 1);
    EXPECT_EQ(attempts(), 1);
    EXPECT_EQ(waiting(), kMany - 1) << "tomorrow";
}

TEST_F(Caps, OneSetOfThirtyTwoCountsItsOwn) {
    turn::Deliverer deliverer(*database, clock, strict, carrier);
    const auto send = [&](const std::vector<turn::Ready>& ready) { deliverer.send(ready); };
    turn::Worker worker(*database, clock, touching, {.batch = 2 * kMany, .gate = &strict, .send = send});
    while (worker.runBatch() > 0) {
    }
    EXPECT_EQ(carrier.sent_, 1);
    EXPECT_EQ(waiting(), kMany - 1);
}

TEST_F(Caps, OneDelivererWithThirtyTwoCountsItsOwnToo) {
    queueAll();
    turn::Deliverer deliverer(*database, clock, strict, carrier, {.batch = 2 * kMany});
    while (deliverer.runBatch() > 0) {
    }
    EXPECT_EQ(carrier.sent_, 1);
    EXPECT_EQ(attempts(), 1);
    EXPECT_EQ(waiting(), kMany - 1);
    for (int day = 0; day < 3; ++day) {
        clock.advanceTo(clock.now() + hours(24));
        while (deliverer.runBatch() > 0) {
        }
    }
    EXPECT_EQ(carrier.sent_, 4) << "one a day";
}

/// A clock that may be set back.
class Wound : public Clock {
public:
    explicit Wound(Instant at) : at_(at) {}
    Instant now() const override { return at_; }
    void set(Instant at) { at_ = at; }

private:
    Instant at_;
};

TEST_F(Caps, AClockSetBackOpensNoWindowAgain) {
    const compliance::Gate real;  // until 21:00 in Phoenix
    Touching touches(real, binding);
    const auto evening = tuesday() + hours(10) + minutes(58);  // 20:58 there
    Wound wound(evening);
    turn::Deliverer deliverer(*database, wound, real, carrier);
    const auto send = [&](const std::vector<turn::Ready>& ready) { deliverer.send(ready); };
    turn::Worker worker(*database, wound, touches, {.batch = 1, .gate = &real, .send = send});
    ASSERT_EQ(worker.runBatch(), 1);
    ASSERT_EQ(carrier.sent_, 1);
    wound.set(evening + hours(1));
    EXPECT_EQ(worker.runBatch(), 1);
    EXPECT_EQ(carrier.sent_, 1) << "closed";
    wound.set(evening - hours(2));  // an hour after the window closed, somebody sets the clock to 19:00
    turn::Worker later(*database, wound, touches, {.batch = 1, .gate = &real, .send = send});
    EXPECT_EQ(later.runBatch(), 1);
    EXPECT_EQ(carrier.sent_, 1) << "what was sent at 20:58 says that 19:00 is over";
    EXPECT_EQ(waiting(), 1);
    EXPECT_EQ(word("select note as w from deliveries where state = 'due'"), "the clock was set back");
    while (deliverer.runBatch() > 0) {
    }
    EXPECT_EQ(carrier.sent_, 1) << "nor by way of the queue";
}

}  // namespace
}  // namespace overture::testing
