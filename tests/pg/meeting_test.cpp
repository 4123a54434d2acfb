#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "base/time.hpp"
#include "meeting/slots.hpp"
#include "pg/fixture.hpp"

namespace overture::meeting {
namespace {

using namespace std::chrono_literals;

constexpr store::Query kWorld{"test/meeting_world", R"sql(
with version as (
    insert into playbook_versions (organization_id, version, playbook, files, published_at)
    values ($1::uuid, 'v1', 'test', '{}', $3::timestamptz)
)
insert into campaigns (organization_id, campaign_id, name, version, channels, state, starts_at, created_at)
values ($1::uuid, $2::uuid, 'test', 'v1', '{sms}', 'running', $3::timestamptz, $3::timestamptz))sql"};
constexpr store::Query kTalk{"test/meeting_talk", R"sql(
with lead as (
    insert into leads (organization_id, lead_id, phone, created_at) values ($1::uuid, $2::uuid, $5, $6::timestamptz)
)
insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, state, created_at, updated_at)
values ($1::uuid, $3::uuid, $4::uuid, $2::uuid, 'v1', 'booking', 'open', $6::timestamptz, $6::timestamptz))sql"};

struct Talk {
    LeadId lead;
    ConversationId conversation;
};

class Meetings : public ::testing::Test {
protected:
    template <typename Work>
    auto in(Work work) {
        auto tx = database->begin(organization);
        if constexpr (std::is_void_v<decltype(work(tx))>) {
            work(tx);
            tx.commit();
        } else {
            auto result = work(tx);
            tx.commit();
            return result;
        }
    }

    Meetings()
        : database(overture::testing::Postgres::shared().freshPool(20)), now(overture::testing::tuesday()) {
        organization = overture::testing::addOrganization(*database);
        campaign = CampaignId(uuid7(now));
        sam = {ManagerId(uuid7(now)), "Sam Okafor", "sam@example.com", "America/New_York",
               "Mon-Fri 09:00-17:00"};
        in([&](store::Transaction& tx) {
            tx.run(kWorld, {organization, campaign, now});
            saveManagers(tx, organization, {sam});
        });
    }

    Talk addTalk() {
        const Talk talk{LeadId(uuid7(now)), ConversationId(uuid7(now))};
        in([&](store::Transaction& tx) {
            tx.run(kTalk, {organization, talk.lead, talk.conversation, campaign,
                           "+1602555" + std::to_string(1000 + talks_++), now});
        });
        return talk;
    }

    /// Wednesday 4 March 2026 at this time in New York.
    Slot wednesday(seconds time) const {
        const auto from = instantOf("America/New_York", std::chrono::year(2026) / 3 / 4, time);
        return {sam.id, sam.name, from, from + 30min};
    }

    std::optional<Meeting> holdAt(store::Transaction& tx, const Talk& talk, const Slot& slot, Instant at) {
        return hold(tx, organization, MeetingId(uuid7(at)), talk.conversation, talk.lead, slot, rules, "Roof",
                    "America/Phoenix", at);
    }
    std::optional<Meeting> holdAt(const Talk& talk, const Slot& slot, Instant at) {
        return in([&](store::Transaction& tx) { return holdAt(tx, talk, slot, at); });
    }
    bool bookAt(const MeetingId& id, Instant at) {
        return in([&](store::Transaction& tx) { return book(tx, organization, id, at); });
    }
    std::string stateOf(const MeetingId& id) {
        return in([&](store::Transaction& tx) { return find(tx, organization, id)->state; });
    }

    std::unique_ptr<store::Database> database;
    Instant now;
    OrganizationId organization;
    CampaignId campaign;
    AccountManager sam;
    Rules rules{30, 3, 2h, days(5), "Mon-Fri 09:00-17:00", 15min, 15min};

private:
    int talks_ = 0;
};

TEST_F(Meetings, ManagersAreSavedOnceAndKeepTheirId) {
    auto changed = sam;
    changed.id = ManagerId(uuid7(now));
    changed.hours = "Mon 10:00-11:00";
    in([&](store::Transaction& tx) { saveManagers(tx, organization, {changed}); });
    const auto found = in([&](store::Transaction& tx) { return managers(tx, organization); });
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].id, sam.id);
    EXPECT_EQ(found[0].hours, "Mon 10:00-11:00");
    changed.zone = "Mars/Phobos";
    EXPECT_THROW(in([&](store::Transaction& tx) { saveManagers(tx, organization, {changed}); }), Error);
}

TEST_F(Meetings, FromOfferToMeeting) {
    const auto talk = addTalk();
    const auto offered = in([&](store::Transaction& tx) {
        return offer(tx, organization, rules, "America/Phoenix", {}, now, 5);
    });
    ASSERT_EQ(offered.size(), 3u);
    const auto held = holdAt(talk, offered[1], now);
    ASSERT_TRUE(held);
    EXPECT_EQ(held->state, "held");
    EXPECT_FALSE(held->confirmedAt);
    const auto again = in([&](store::Transaction& tx) {
        return offer(tx, organization, rules, "America/Phoenix", {}, now, 5);
    });
    for (const auto& slot : again) EXPECT_TRUE(slot.to <= held->from || slot.from >= held->to);

    ASSERT_TRUE(bookAt(held->id, now + 5min));
    EXPECT_TRUE(bookAt(held->id, now + 6min)) << "booked is booked";
    const auto all = in([&](store::Transaction& tx) { return booked(tx, organization); });
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].confirmedAt, now + 5min);
    EXPECT_EQ(all[0].from, offered[1].from);
    EXPECT_EQ(all[0].managerEmail, "sam@example.com");
    EXPECT_EQ(all[0].leadZone, "America/Phoenix");
    const auto own =
        in([&](store::Transaction& tx) { return ofConversation(tx, organization, talk.conversation); });
    EXPECT_EQ(own->id, held->id);
}

TEST_F(Meetings, TheNextMeetingKeepsTheBuffer) {
    ASSERT_TRUE(holdAt(addTalk(), wednesday(10h), now));
    EXPECT_FALSE(holdAt(addTalk(), wednesday(10h + 30min), now));
    EXPECT_FALSE(holdAt(addTalk(), wednesday(9h + 20min), now));
    EXPECT_TRUE(holdAt(addTalk(), wednesday(10h + 45min), now));
    EXPECT_TRUE(holdAt(addTalk(), wednesday(9h + 15min), now));
}

TEST_F(Meetings, ANewHoldLetsTheEarlierGoUnlessItFails) {
    const auto talk = addTalk(), other = addTalk();
    const auto first = holdAt(talk, wednesday(10h), now);
    ASSERT_TRUE(holdAt(other, wednesday(14h), now));
    EXPECT_FALSE(holdAt(talk, wednesday(14h), now));
    EXPECT_EQ(stateOf(first->id), "held") << "losing one slot must not lose the other";
    ASSERT_TRUE(holdAt(talk, wednesday(12h), now));
    EXPECT_EQ(stateOf(first->id), "cancelled");
    EXPECT_TRUE(holdAt(addTalk(), wednesday(10h), now));
}

TEST_F(Meetings, AConversationWithAMeetingHoldsNoOther) {
    const auto talk = addTalk();
    ASSERT_TRUE(bookAt(holdAt(talk, wednesday(10h), now)->id, now));
    EXPECT_FALSE(holdAt(talk, wednesday(14h), now));
}

TEST_F(Meetings, AHoldThatRanOutIsBookedWhileItsTimeIsFree) {
    const auto later = now + 20min;
    EXPECT_TRUE(bookAt(holdAt(addTalk(), wednesday(10h), now)->id, later)) << "nobody has come for it";
    const auto swept = holdAt(addTalk(), wednesday(12h), now), lost = holdAt(addTalk(), wednesday(14h), now);
    EXPECT_EQ(in([&](store::Transaction& tx) { return expireHolds(tx, organization, later); }), 2);
    EXPECT_EQ(stateOf(swept->id), "expired");
    EXPECT_TRUE(bookAt(swept->id, later)) << "swept, and still free";
    ASSERT_TRUE(holdAt(addTalk(), wednesday(14h), later));
    EXPECT_FALSE(bookAt(lost->id, later)) << "somebody else holds it";
    EXPECT_EQ(stateOf(lost->id), "expired");
}

TEST_F(Meetings, ARunOutHoldDoesNotKeepOthersAway) {
    const auto held = holdAt(addTalk(), wednesday(10h), now);
    EXPECT_FALSE(holdAt(addTalk(), wednesday(10h), now + 14min));
    EXPECT_TRUE(holdAt(addTalk(), wednesday(10h), now + 15min)) << "no sweep was needed";
    EXPECT_FALSE(bookAt(held->id, now + 16min));
}

TEST_F(Meetings, NothingIsHeldOrBookedInThePast) {
    const auto slot = wednesday(10h);
    EXPECT_FALSE(holdAt(addTalk(), slot, slot.from));
    const auto held = holdAt(addTalk(), slot, now);
    EXPECT_FALSE(bookAt(held->id, slot.from));
    EXPECT_FALSE(bookAt(MeetingId(uuid7(now)), now));
}

TEST_F(Meetings, CancelFreesTheTime) {
    const auto held = holdAt(addTalk(), wednesday(10h), now);
    ASSERT_TRUE(bookAt(held->id, now));
    EXPECT_TRUE(in([&](store::Transaction& tx) { return cancel(tx, organization, held->id, now); }));
    EXPECT_FALSE(in([&](store::Transaction& tx) { return cancel(tx, organization, held->id, now); }));
    EXPECT_FALSE(bookAt(held->id, now));
    EXPECT_TRUE(holdAt(addTalk(), wednesday(10h), now));
    EXPECT_EQ(in([&](store::Transaction& tx) { return find(tx, organization, held->id); })->sequence, 1);
}

TEST_F(Meetings, MoveKeepsTheIdAndRaisesTheSequence) {
    const auto held = holdAt(addTalk(), wednesday(10h), now);
    ASSERT_TRUE(bookAt(held->id, now));
    ASSERT_TRUE(holdAt(addTalk(), wednesday(14h), now));
    const auto moveTo = [&](const Slot& to) {
        return in(
            [&](store::Transaction& tx) { return move(tx, organization, held->id, to, rules, now + 1min); });
    };
    EXPECT_FALSE(moveTo(wednesday(14h))) << "taken";
    auto meeting = *in([&](store::Transaction& tx) { return find(tx, organization, held->id); });
    EXPECT_EQ(meeting.from, wednesday(10h).from);
    EXPECT_EQ(meeting.sequence, 0);
    EXPECT_TRUE(moveTo(wednesday(10h + 15min))) << "its own old time is not in its way";
    meeting = *in([&](store::Transaction& tx) { return find(tx, organization, held->id); });
    EXPECT_EQ(meeting.from, wednesday(10h + 15min).from);
    EXPECT_EQ(meeting.sequence, 1);
    EXPECT_EQ(meeting.state, "booked");
    EXPECT_EQ(meeting.confirmedAt, now + 1min);
    auto past = wednesday(10h);
    past.from = now - 1h;
    EXPECT_FALSE(moveTo(past));
}

TEST_F(Meetings, OfManyWhoWantOneSlotExactlyOneGetsIt) {
    constexpr int kThreads = 16;
    for (int round = 0; round < 5; ++round) {
        std::vector<Talk> talks;
        for (int i = 0; i < kThreads; ++i) talks.push_back(addTalk());
        std::atomic<int> won{0};
        std::latch start(kThreads);
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i)
            threads.emplace_back([&, i] {
                // Half of them want a slot that only overlaps.
                const auto slot = wednesday(9h + hours(round) + (i % 2 == 0 ? 0min : 15min));
                start.arrive_and_wait();
                auto tx = database->begin(organization);
                const auto held = holdAt(tx, talks[static_cast<std::size_t>(i)], slot, now);
                if (held && book(tx, organization, held->id, now)) ++won;
                tx.commit();
            });
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(won, 1) << "round " << round;
    }
    EXPECT_EQ(in([&](store::Transaction& tx) { return booked(tx, organization).size(); }), 5u);
}

TEST_F(Meetings, AnotherOrganizationSeesNothing) {
    const auto held = holdAt(addTalk(), wednesday(10h), now);
    const auto stranger = overture::testing::addOrganization(*database, "Elsewhere");
    auto tx = database->begin(stranger);
    EXPECT_FALSE(find(tx, organization, held->id));
    EXPECT_TRUE(managers(tx, organization).empty());
    EXPECT_FALSE(book(tx, organization, held->id, now));
}

}  // namespace
}  // namespace overture::meeting
