// What is told: every change once, in order, however transactions overlap, and to nobody else.
#include "feed/feed.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "pg/turn_world.hpp"

namespace overture::feed {
namespace {

using overture::testing::addOrganization;
using overture::testing::tuesday;
using overture::testing::TurnWorld;
using ::testing::ElementsAre;

struct FeedTest : TurnWorld {
    Cursor here() {
        auto tx = database->begin(organization);
        return now(tx);
    }
    std::optional<Page> page(const Cursor& from, int most = 100, const OrganizationId* of = nullptr) {
        auto tx = database->beginShared();
        return read(tx, {of == nullptr ? organization : *of}, from, most);
    }
    std::vector<std::string> kindsSince(const Cursor& from) {
        std::vector<std::string> told;
        const auto read = page(from);
        for (const auto& notice : read->notices) told.push_back(notice.kind);
        return told;
    }
    /// One that stays open until it is told to commit.
    store::Transaction begun() { return database->begin(organization); }
    static void say(store::Transaction& tx, const OrganizationId& organization,
                    const ConversationId& conversation, int number, const std::string& direction = "in") {
        tx.script(
            "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
            "text, stage, at) "
            "values ('" +
                organization.text() + "', '" + conversation.text() + "', " + std::to_string(number) + ", '" +
                direction + "', 'lead', 'sms', 'word " + std::to_string(number) +
                "', 'opening', '2026-03-03T17:00:00Z')",
            "test");
    }
    void sayNow(const ConversationId& conversation, int number) {
        auto tx = begun();
        say(tx, organization, conversation, number);
        tx.commit();
    }
    void change(const std::string& sql) {
        auto tx = begun();
        tx.script(sql, "test");
        tx.commit();
    }
};

TEST_F(FeedTest, TellsWhatChangedAndNothingElse) {
    const auto conversation = addConversation();
    const auto start = here();
    EXPECT_THAT(kindsSince(start), ElementsAre());
    change(
        "insert into messages (organization_id, conversation_id, number, direction, author, channel, text, "
        "stage, at) values "
        "('" +
        organization.text() + "', '" + conversation.text() +
        "', 1, 'in', 'lead', 'sms', 'Hello', 'opening', '2026-03-03T17:00:00Z'), "
        "('" +
        organization.text() + "', '" + conversation.text() +
        "', 2, 'out', 'agent', 'sms', 'Hi', 'opening', '2026-03-03T17:00:01Z')");
    change("update conversations set facts = '{\"roof\": 1}', updated_at = updated_at");
    change("update conversations set stage = 'qualify'");
    change("update conversations set state = 'held', reason = 'asked for a person'");
    change("update conversations set state = 'open', reason = ''");
    change("update campaigns set state = 'paused', state_since = '2026-03-03T18:00:00Z'");
    const auto told = page(start)->notices;
    ASSERT_EQ(told.size(), 6U);
    EXPECT_THAT(kindsSince(start),
                ElementsAre("message.received", "message.written", "conversation.moved", "conversation.held",
                            "conversation.reopened", "campaign.paused"));
    EXPECT_EQ(told[0].data["text"], "Hello");
    EXPECT_EQ(told[0].data["conversation"], conversation.text());
    EXPECT_EQ(told[0].data["campaign"], campaign.text());
    EXPECT_EQ(told[0].data["number"], 1);
    EXPECT_EQ(told[2].data["stage"], "qualify");
    EXPECT_EQ(told[2].data["stage_before"], "opening");
    EXPECT_EQ(told[3].data["reason"], nullptr) << "no longer held: the reason is gone with it";
    for (const auto& notice : told) EXPECT_THAT(kinds(), ::testing::Contains(notice.kind));
    EXPECT_EQ(number("select count(*) as n from feed where what::text like '%Hello%'"), 0)
        << "no words are kept in it";
}

TEST_F(FeedTest, ACampaignIsStoppedInAFewRowsAndEveryConversationIsTold) {
    constexpr int kAll = 25000;
    const auto first = addConversation();
    auto owner = database->beginOwner();
    owner.script(
        "set local session_replication_role = replica; "
        "insert into conversations select (jsonb_populate_record(c, jsonb_build_object("
        "'conversation_id', gen_random_uuid(), 'lead_id', gen_random_uuid()))).* "
        "from conversations c, generate_series(2, 25000)",
        "test");
    owner.commit();
    const auto start = here();
    const auto begun = std::chrono::steady_clock::now();
    change("update conversations set stage = 'later' where conversation_id = '" + first.text() + "'");
    change("update conversations set state = 'closed', reason = 'the campaign was stopped'");
    EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(30));
    EXPECT_EQ(number("select count(*) as n from feed where topic = 'conversation'"), 3)
        << "the stages and states they had are told apart";
    std::set<std::string> told;
    auto cursor = start;
    for (bool more = true; more;) {
        const auto part = page(cursor, 1000);
        ASSERT_TRUE(part);
        for (const auto& notice : part->notices)
            if (notice.kind == "conversation.closed") told.insert(notice.data["conversation"]);
        cursor = part->next;
        more = part->more;
    }
    EXPECT_EQ(told.size(), kAll);
}

TEST_F(FeedTest, WhatCommitsLateIsToldLateAndNotSkipped) {
    const auto first = addConversation("+16025550100"), second = addConversation("+16025550101");
    const auto start = here();
    auto slow = begun();
    say(slow, organization, first, 1);  // has its transaction and its position before the other
    sayNow(second, 1);
    const auto early = page(start);
    ASSERT_EQ(early->notices.size(), 1U);
    EXPECT_EQ(early->notices[0].data["conversation"], second.text());
    slow.commit();
    sayNow(second, 2);
    const auto late = page(early->next);
    ASSERT_EQ(late->notices.size(), 2U);
    EXPECT_EQ(late->notices[0].data["conversation"], first.text());
    EXPECT_EQ(late->notices[1].data["number"], 2);
    EXPECT_TRUE(page(late->next)->notices.empty());
}

TEST_F(FeedTest, APageMayEndAnywhere) {
    const auto conversation = addConversation();
    const auto start = here();
    change(
        "insert into messages (organization_id, conversation_id, number, direction, author, channel, text, "
        "stage, at) select '" +
        organization.text() + "', '" + conversation.text() +
        "', n, 'in', 'lead', 'sms', 'x', 'opening', '2026-03-03T17:00:00Z' "
        "from generate_series(1, 7) n");
    sayNow(conversation, 8);
    std::vector<int> numbers;
    auto cursor = start;
    for (int round = 0; round < 20; ++round) {
        if (round == 1) sayNow(conversation, 9);  // while it is read
        const auto part = page(*Cursor::parse(cursor.text()), 3);
        ASSERT_TRUE(part);
        for (const auto& notice : part->notices) numbers.push_back(notice.data["number"]);
        if (!part->notices.empty()) {
            EXPECT_EQ(part->next, part->notices.back().cursor);
        }
        cursor = part->next;
        if (!part->more) break;
    }
    EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(FeedTest, AnotherOrganizationIsToldNothing) {
    const auto conversation = addConversation();
    const auto other = addOrganization(*database, "Brook Pest");
    const auto start = here();
    sayNow(conversation, 1);
    EXPECT_EQ(page(start)->notices.size(), 1U);
    EXPECT_TRUE(page(start, 100, &other)->notices.empty());
    auto tx = database->begin(other);
    EXPECT_EQ(tx.run({"test/feed", "select count(*) as n from feed"})[0].integer("n"), 0);
    EXPECT_THROW(say(tx, organization, conversation, 2), store::DatabaseError);
}

TEST_F(FeedTest, ACursorThatCannotBeContinuedIsSaidToBeGone) {
    const auto conversation = addConversation();
    const auto start = here();
    auto elsewhere = start;
    elsewhere.life = "abc";
    EXPECT_FALSE(page(elsewhere));
    auto future = start;
    future.seen = "900000000:900000000:";
    EXPECT_FALSE(page(future));
    auto forged = start;
    forged.seen = "1:" + std::to_string(std::stoll(split(start.seen, ':')[1])) + ":";
    EXPECT_TRUE(page(forged)) << "nothing was forgotten yet";
    sayNow(conversation, 1);
    auto owner = database->beginOwner();
    owner.script("update feed set at = '2100-01-01'", "test");
    owner.commit();
    EXPECT_EQ(forget(*database, SystemClock().now() - hours(1)), 0);
    EXPECT_TRUE(page(start));
    EXPECT_GT(forget(*database, SystemClock().now() + hours(1)), 0) << "whenever it happens, as it says";
    EXPECT_FALSE(page(start)) << "what came after it was forgotten";
    // While an older transaction runs, such as one of the server's own, a cursor is before what was forgotten.
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (!page(here()) && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(page(here()));
    for (const auto* bad : {"", "_", "abc", "abc_1:2", "abc_2:1:", "abc_1:9:4,3", "abc_1:9:9",
                            "abc_0:1:", "xyz_1:1:", "abc_1:9:_1:9:_1", "abc_1:9:__1_1", "abc_1:9:_1:9:_-1_1",
                            "abc_1:9:_1:9:_1_1_1", "abc_1 :9:"})
        EXPECT_FALSE(Cursor::parse(bad)) << bad;
    EXPECT_FALSE(Cursor::parse("abc_1:99999:" + std::string(9000, '5')));
}

TEST_F(FeedTest, WhatADumpBroughtAlongIsNotTold) {
    const auto conversation = addConversation();
    sayNow(conversation, 1);
    settle(*database);
    EXPECT_GT(number("select count(*) as n from feed"), 0);
    auto tx = database->beginOwner();
    tx.script("update feed_kept set written_in = 1", "test");
    tx.commit();
    settle(*database);
    EXPECT_EQ(number("select count(*) as n from feed"), 0);
}

/// Many writers with transactions of every length, and readers that come and go: each hears everything once, and each
/// conversation in its order.
TEST_F(FeedTest, UnderManyWritersNobodyMissesAnything) {
    constexpr int kWriters = 6, kEach = 60;
    std::vector<ConversationId> conversations;
    for (int i = 0; i < kWriters; ++i)
        conversations.push_back(addConversation("+1602555010" + std::to_string(i)));
    const auto shared = addConversation("+16025550119");
    change("insert into mailboxes (organization_id, conversation_id) values ('" + organization.text() +
           "', '" + shared.text() + "')");
    const auto start = here();
    std::atomic<int> writing = kWriters;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < kWriters; ++writer)
        threads.emplace_back([&, writer] {
            std::mt19937 random(static_cast<unsigned>(writer));
            for (int i = 1; i <= kEach; ++i) {
                auto tx = database->begin(organization);
                say(tx, organization, conversations[writer], i);
                for (auto spins = random() % 40; spins > 0; --spins)
                    tx.script("select pg_sleep(0.0001)", "test");
                // Then the conversation that all share, under its lock: an older transaction may come later.
                tx.script("select 1 from mailboxes where conversation_id = '" + shared.text() +
                              "' for no key update",
                          "test");
                tx.script(
                    "insert into messages (organization_id, conversation_id, number, direction, author, "
                    "channel, text, stage, at) "
                    "select organization_id, conversation_id, message_count + 1, 'in', 'lead', 'sms', 'x', "
                    "'opening', '2026-03-03T17:00:00Z' "
                    "from conversations where conversation_id = '" +
                        shared.text() +
                        "'; "
                        "update conversations set message_count = message_count + 1 where conversation_id = "
                        "'" +
                        shared.text() + "'",
                    "test");
                if (random() % 10 == 0) continue;  // rolled back: its numbers are missing, nothing else
                tx.commit();
            }
            --writing;
        });
    using Heard = std::map<std::string, std::vector<int>>;
    std::vector<Heard> heard(3);
    for (std::size_t reader = 0; reader < heard.size(); ++reader)
        threads.emplace_back([&, reader] {
            std::mt19937 random(static_cast<unsigned>(reader));
            auto cursor = start;
            for (bool last = false, more = false; !last || more;) {
                if (!more) last = writing == 0;
                auto tx = database->beginShared();
                const auto part = read(tx, {organization}, *Cursor::parse(cursor.text()),
                                       1 + static_cast<int>(random() % 9));
                tx.commit();
                ASSERT_TRUE(part);
                for (const auto& notice : part->notices)
                    heard[reader][notice.data["conversation"]].push_back(notice.data["number"]);
                more = part->more;
                // Now and then the connection breaks in the middle of a page.
                if (part->notices.size() > 1 && random() % 5 == 0) {
                    auto& dropped = part->notices.back();
                    heard[reader][dropped.data["conversation"]].pop_back();
                    cursor = part->notices[part->notices.size() - 2].cursor;
                    more = true;
                } else {
                    cursor = part->next;
                }
            }
        });
    for (auto& thread : threads) thread.join();
    Heard expected;
    auto tx = database->begin(organization);
    for (const auto row :
         tx.run({"test/all", "select conversation_id, number from messages order by number"}))
        expected[row.text("conversation_id")].push_back(static_cast<int>(row.integer("number")));
    ASSERT_GT(expected[shared.text()].size(), 200U);
    for (const auto& one : heard) EXPECT_EQ(one, expected);
}

}  // namespace
}  // namespace overture::feed
