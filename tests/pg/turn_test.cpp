#include <condition_variable>
#include <mutex>

#include "base/call_deadline.hpp"
#include "pg/turn_world.hpp"
#include "turn/commit.hpp"
#include "turn/journal.hpp"

namespace overture::testing {
namespace {

using turn::Committed;

class Turns : public TurnWorld {
protected:
    Turns()
        : handler(gate, binding),
          worker(*database, clock, handler),
          deliverer(*database, clock, gate, carrier) {}

    void work() {
        while (worker.runBatch() > 0 || deliverer.runBatch() > 0) {
        }
    }

    turn::StepWriter steps{[this](const OrganizationId& owner, const std::vector<turn::StepRow*>& rows) {
        turn::writeSteps(*database, owner, rows);
    }};
    Answering handler;
    Carrier carrier;
    turn::Worker worker;
    turn::Deliverer deliverer;
};

TEST_F(Turns, AMessageIsAnsweredOnceWithAPermit) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    work();
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: hello;"});
    EXPECT_EQ(word("select state as w from deliveries"), "sent");
    EXPECT_EQ(
        number("select count(*) as n from deliveries d join permits p using (organization_id, permit_id)"),
        1);
    EXPECT_EQ(number("select cost_micros as n from steps"), 1500);
    work();
    EXPECT_EQ(carrier.sent.size(), 1U);
    EXPECT_EQ(number("select count(*) as n from mailboxes where wake_at is not null"), 0);
}

TEST_F(Turns, TheSameEventTwiceIsOneEvent) {
    const auto conversation = addConversation();
    hears(conversation, "hello", "SM1");
    hears(conversation, "hello", "SM1");
    work();
    EXPECT_EQ(handler.turns, 1);
    hears(conversation, "hello", "SM1");
    work();
    EXPECT_EQ(handler.turns, 1);
}

TEST_F(Turns, SeveralMessagesInARowGetOneAnswer) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    hears(conversation, "are you there?");
    work();
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: hello;are you there?;"});
}

TEST_F(Turns, ALateWorkersCommitIsRefusedByTheFence) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    const auto first = turn::claimMailboxes(*database, clock.now(), seconds(30), "slow", 10);
    ASSERT_EQ(first.size(), 1U);
    auto slow = turn::open(*database, first[0], clock.now());
    ASSERT_TRUE(slow);
    turn::DatabaseJournal journal(steps, slow->opened, {}, clock);
    const auto late = handler.handle(slow->opened, journal);

    clock.advanceTo(clock.now() + seconds(31));
    work();
    EXPECT_EQ(carrier.sent.size(), 1U);
    EXPECT_EQ(handler.modelCalls, 1) << "the second worker uses the recorded call";
    EXPECT_EQ(turn::commit(*database, slow->opened, late, clock.now()), Committed::fenced);
    EXPECT_THROW(journal.step("more", Json::object(), [] { return turn::StepResult{}; }), turn::Fenced);
    EXPECT_EQ(number("select count(*) as n from deliveries"), 1);
}

/// Steps do not wait for the disk: a crash of the database server may take the last of them.
TEST_F(Turns, AWorkerWhoseStepsWereLostWritesNoMoreOfThem) {
    const auto conversation = addConversation();
    for (const char* lost :
         {"delete from steps; delete from turns", "delete from steps where step_number = 2"}) {
        hears(conversation, "hello");
        const auto claim = turn::claimMailboxes(*database, clock.now(), seconds(30), "ours", 10).at(0);
        auto start = turn::open(*database, claim, clock.now());
        turn::DatabaseJournal journal(steps, start->opened, {}, clock);
        const auto outcome = handler.handle(start->opened, journal);
        journal.step("more", Json::object(), [] { return turn::StepResult{}; });
        auto tx = database->beginOwner();
        tx.script(lost, "test");
        tx.commit();
        const auto before = number("select count(*) as n from steps");
        EXPECT_THROW(journal.step("again", Json::object(), [] { return turn::StepResult{}; }), turn::Fenced);
        EXPECT_EQ(number("select count(*) as n from steps"), before) << lost;
        EXPECT_EQ(turn::commit(*database, start->opened, outcome, clock.now()), Committed::fenced) << lost;

        carrier.sent.clear();
        clock.advanceTo(clock.now() + minutes(2));
        work();
        EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: hello;"}) << lost;
    }
}

TEST_F(Turns, ACallEndsWithTheLeaseItWasBegunUnder) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    const auto claim = turn::claimMailboxes(*database, clock.now(), seconds(30), "ours", 10).at(0);
    auto start = turn::open(*database, claim, clock.now());
    turn::DatabaseJournal journal(steps, start->opened, {}, clock, claim.lease);
    clock.advanceTo(clock.now() + seconds(10));
    std::optional<CallDeadline::Steady::duration> left;
    const auto call = [&] {
        left = CallDeadline::end() - CallDeadline::Steady::now();
        return turn::StepResult{};
    };
    journal.step("model", Json::object(), call);
    ASSERT_TRUE(left);
    EXPECT_LE(*left, seconds(20));
    EXPECT_EQ(CallDeadline::end(), CallDeadline::Steady::time_point::max());
    left.reset();
    clock.advanceTo(clock.now() + seconds(20));
    EXPECT_THROW(journal.step("model", Json::object(), call), turn::Fenced);
    EXPECT_FALSE(left) << "asked";
}

TEST_F(Turns, AModelCallWhoseResultWasRecordedIsNotPaidAgain) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    const auto claims = turn::claimMailboxes(*database, clock.now(), seconds(30), "dies", 10);
    auto start = turn::open(*database, claims[0], clock.now());
    turn::DatabaseJournal journal(steps, start->opened, {}, clock);
    handler.handle(start->opened, journal);  // the process ends here

    clock.advanceTo(clock.now() + minutes(2));
    work();
    EXPECT_EQ(handler.modelCalls, 1);
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: hello;"});
}

TEST_F(Turns, ATurnBegunAgainTakesItsEventsInTheOrderOfThatTime) {
    const auto conversation = addConversation();
    hears(conversation, "first");
    hears(conversation, "second");
    const auto claims = turn::claimMailboxes(*database, clock.now(), seconds(30), "dies", 10);
    auto start = turn::open(*database, claims[0], clock.now());
    turn::DatabaseJournal journal(steps, start->opened, {}, clock);
    handler.handle(start->opened, journal);
    auto tx = database->beginOwner();  // as a later message does to those that wait with it
    tx.script("update events set due_at = due_at + interval '5 s' where payload ->> 'text' = 'first'",
              "test");
    tx.commit();

    clock.advanceTo(clock.now() + minutes(2));
    work();
    EXPECT_EQ(handler.modelCalls, 1) << "the recorded steps were thrown away";
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: first;second;"});
}

TEST_F(Turns, CodeThatAsksOtherwiseThanRecordedBeginsAgain) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    const auto claims = turn::claimMailboxes(*database, clock.now(), seconds(30), "dies", 10);
    auto start = turn::open(*database, claims[0], clock.now());
    turn::DatabaseJournal journal(steps, start->opened, {}, clock);
    handler.handle(start->opened, journal);

    handler.salt = "another prompt";
    clock.advanceTo(clock.now() + minutes(2));
    work();
    EXPECT_EQ(handler.modelCalls, 2);
    EXPECT_EQ(carrier.sent.size(), 1U);
}

TEST_F(Turns, ANewerMessageMakesTheDraftStaleAndBothAreAnsweredTogether) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    handler.afterStep = [&] {
        handler.afterStep = nullptr;
        hears(conversation, "wait, one more thing");
    };
    work();
    EXPECT_EQ(carrier.sent, std::vector<std::string>{"answer to: hello;wait, one more thing;"});
    EXPECT_EQ(number("select count(*) as n from turns where outcome ? 'overtaken'"), 1);
}

TEST_F(Turns, TextsInARowWaitForEachOtherButNotForEver) {
    const auto conversation = addConversation();
    const auto begin = clock.now();
    const auto writes = [&](const std::string& text, seconds after) {
        clock.advanceTo(begin + after);
        auto tx = database->begin(organization);
        turn::post(tx, organization,
                   {{EventId(uuid7(clock.now())),
                     conversation,
                     "message",
                     clock.now(),
                     clock.now(),
                     text,
                     {{"text", text}, {"channel", "sms"}},
                     {seconds(2), seconds(10)}}});
        tx.commit();
    };
    const auto at = [&](seconds after) {
        clock.advanceTo(begin + after);
        work();
        return carrier.sent;
    };
    writes("one", seconds(1));
    EXPECT_TRUE(at(seconds(2)).empty());
    writes("two", seconds(2));
    EXPECT_TRUE(at(seconds(5)).empty()) << "two wait four seconds";
    EXPECT_EQ(at(seconds(6)), std::vector<std::string>{"answer to: one;two;"});
    EXPECT_EQ(handler.turns, 1);

    carrier.sent.clear();
    for (int i = 0; i < 10; ++i) writes(std::to_string(i), seconds(20 + i));
    EXPECT_TRUE(at(seconds(29)).empty());
    EXPECT_EQ(at(seconds(30)).size(), 1U) << "ten seconds after the first, although they keep coming";
}

TEST_F(Turns, AfterATakeoverNoDraftFromBeforeIsCommittedOrSent) {
    const auto drafted = addConversation("+16025550100"), queued = addConversation("+16025550101");
    const auto takeOver = [&](const ConversationId& conversation) {
        auto tx = database->begin(organization);
        turn::takeOver(tx, organization, conversation, "Dana", clock.now(), clock.now() + hours(8));
        tx.commit();
    };
    hears(queued, "hi");
    worker.runBatch();
    takeOver(queued);
    hears(drafted, "hello");
    handler.afterStep = [&] {
        handler.afterStep = nullptr;
        takeOver(drafted);
    };
    handler.speak = true;
    worker.runBatch();
    while (deliverer.runBatch() > 0) {
    }
    EXPECT_TRUE(carrier.sent.empty());
}

TEST_F(Turns, AnOptOutCancelsWhatIsQueuedAndEveryTimer) {
    const auto conversation = addConversation();
    handler.timers = {{"timer", clock.now() + hours(1), {{"close", "no answer"}}}};
    hears(conversation, "hello");
    worker.runBatch();
    ASSERT_EQ(word("select state as w from deliveries"), "due");
    handler.optOut = true;
    hears(conversation, "stop");
    worker.runBatch();
    while (deliverer.runBatch() > 0) {
    }
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(word("select state as w from deliveries"), "cancelled");
    EXPECT_EQ(number("select count(*) as n from events where turn_number is null and dropped is null"), 0);
    EXPECT_EQ(number("select count(*) as n from suppressions where channel = '*'"), 1);
    EXPECT_EQ(word("select state as w from conversations"), "closed");
}

TEST_F(Turns, ThePermitIsAskedForAgainBeforeSending) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    worker.runBatch();
    {
        auto tx = database->begin(organization);
        compliance::suppress(tx, organization, {"+16025550100"}, "asked by phone", Json::object(),
                             clock.now());
        tx.commit();
    }
    deliverer.runBatch();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(word("select state as w from deliveries"), "cancelled");
}

TEST_F(Turns, ADeliveryThatMissedItsHoursWaitsForTheMorning) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    worker.runBatch();
    clock.advanceTo(parseRfc3339("2026-03-04T05:30:00Z").value());  // 22:30 in Phoenix
    deliverer.runBatch();
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(
        word("select to_char(due_at at time zone 'America/Phoenix', 'DD HH24:MI') as w from deliveries"),
        "04 08:00");
    clock.advanceTo(parseRfc3339("2026-03-04T15:00:00Z").value());
    deliverer.runBatch();
    EXPECT_EQ(carrier.sent.size(), 1U);
}

TEST_F(Turns, AnUnknownOutcomeIsLookedUpAndNeverRepeatedBlindly) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    carrier.next = {turn::SendResult::Kind::unknown, "", "", "no answer", {}};
    work();
    EXPECT_EQ(word("select state as w from deliveries"), "unknown");
    clock.advanceTo(clock.now() + minutes(1));
    work();
    EXPECT_EQ(carrier.lookups, 1);
    EXPECT_EQ(word("select state as w from deliveries"), "held") << "the carrier cannot tell";
    EXPECT_EQ(carrier.sent.size(), 1U);
}

TEST_F(Turns, ACarrierThatCannotTellYetIsAskedAgainForHalfAnHour) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    carrier.next = {turn::SendResult::Kind::unknown, "", "", "no answer", {}};
    carrier.found.askAgain = minutes(1);
    work();
    clock.advanceTo(clock.now() + minutes(1));
    work();
    EXPECT_EQ(carrier.lookups, 1);
    EXPECT_EQ(word("select state as w from deliveries"), "unknown");
    clock.advanceTo(clock.now() + seconds(59));
    work();
    EXPECT_EQ(carrier.lookups, 1) << "not before the time it named";
    clock.advanceTo(clock.now() + minutes(29));
    work();
    EXPECT_EQ(carrier.lookups, 2);
    EXPECT_EQ(word("select state as w from deliveries"), "held");
    EXPECT_EQ(carrier.sent.size(), 1U);
}

TEST_F(Turns, ACrashWhileSendingIsLookedUpFirst) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    worker.runBatch();
    {
        auto tx = database->beginOwner();
        tx.run({"test/crash", "update deliveries set state = 'sending', updated_at = $1::timestamptz"},
               {clock.now()});
        tx.commit();
    }
    work();
    EXPECT_EQ(carrier.lookups, 0) << "its lease still runs";
    clock.advanceTo(clock.now() + minutes(2));
    carrier.found = {turn::LookupResult::Kind::found, "ref-9", "sent"};
    work();
    EXPECT_EQ(carrier.lookups, 1);
    EXPECT_TRUE(carrier.sent.empty());
    EXPECT_EQ(word("select state || ' ' || reference as w from deliveries"), "sent ref-9");
}

TEST_F(Turns, AbsentAtATrustedCarrierIsSentAgain) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    carrier.next = {turn::SendResult::Kind::unknown, "", "", "no answer", {}};
    work();
    carrier.next = {turn::SendResult::Kind::sent, "ref-2", "sent", "", {}};
    carrier.found = {turn::LookupResult::Kind::absent, "", ""};
    clock.advanceTo(clock.now() + minutes(1));
    work();
    EXPECT_EQ(carrier.sent.size(), 2U);
    EXPECT_EQ(word("select state as w from deliveries"), "sent");
}

TEST_F(Turns, AMessageThatWasKeptBackUsesNoTryAndCountsAsNoAttempt) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    carrier.next = {turn::SendResult::Kind::retry, "", "", "waits for its turn", seconds(10), true};
    for (int i = 0; i < 8; ++i) {
        work();
        clock.advanceTo(clock.now() + seconds(10));
    }
    EXPECT_EQ(word("select state as w from deliveries"), "due") << "eight times is more than there are tries";
    EXPECT_EQ(word("select tries::text as w from deliveries"), "0");
    EXPECT_EQ(word("select count(*)::text as w from attempts"), "0");
    carrier.next = {turn::SendResult::Kind::sent, "r1", "queued", "", {}};
    work();
    EXPECT_EQ(word("select state as w from deliveries"), "sent");
    EXPECT_EQ(word("select tries::text as w from deliveries"), "1");
}

TEST_F(Turns, ALimitedCarrierIsTriedAgainWithinOneBudget) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    carrier.next = {turn::SendResult::Kind::retry, "", "", "slow down", std::chrono::minutes(10)};
    work();
    EXPECT_EQ(word("select state as w from deliveries"), "due");
    clock.advanceTo(clock.now() + minutes(9));
    work();
    EXPECT_EQ(carrier.sent.size(), 1U) << "the carrier's own wait is obeyed";
    for (int i = 0; i < 10; ++i) {
        clock.advanceTo(clock.now() + hours(1));
        work();
    }
    EXPECT_EQ(carrier.sent.size(), 5U);
    EXPECT_EQ(word("select state as w from deliveries"), "failed");
    EXPECT_EQ(word("select payload ->> 'code' as w from events where kind = 'status'"), "slow down")
        << "the conversation hears of it";
    EXPECT_EQ(number("select count(*) as n from events where kind = 'status' and turn_number is null"), 0);
    EXPECT_EQ(handler.turns, 2);
}

TEST_F(Turns, ADeferredTurnKeepsItsEvents) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    handler.speak = true;
    handler.deferUntil = clock.now() + hours(2);
    worker.runBatch();
    EXPECT_EQ(worker.runBatch(), 0);
    handler.deferUntil.reset();
    clock.advanceTo(clock.now() + hours(2));
    carrier.sent.clear();
    EXPECT_EQ(worker.runBatch(), 1);
    EXPECT_EQ(handler.turns, 2);
}

TEST_F(Turns, AnEventThatAlwaysFailsIsSetAsideAndAPersonIsTold) {
    const auto conversation = addConversation();
    hears(conversation, "boom");
    handler.afterStep = [] { throw Error("the moon is wrong"); };
    for (int i = 0; i < 8; ++i) {
        work();
        clock.advanceTo(clock.now() + hours(3));
    }
    EXPECT_EQ(number("select count(*) as n from events where dropped = 'the moon is wrong'"), 1);
    EXPECT_EQ(word("select state || ': ' || reason as w from conversations"), "held: the moon is wrong");
    EXPECT_EQ(handler.turns, 5);
}

TEST_F(Turns, APlaybooksMistakeHoldsAtOnce) {
    const auto conversation = addConversation();
    hears(conversation, "boom");
    handler.afterStep = [] { throw turn::HoldError("attempt to index nil", "playbook.lua:31"); };
    work();
    EXPECT_EQ(handler.turns, 1);
    EXPECT_EQ(word("select reason as w from conversations"), "playbook.lua:31: attempt to index nil");
}

TEST_F(Turns, StatusesMoveADeliveryForwardOnly) {
    const auto conversation = addConversation();
    hears(conversation, "hello");
    work();
    const auto delivery = word("select delivery_id::text as w from deliveries");
    const auto status = [&](const char* value) {
        post(conversation, "status", {{"delivery_id", delivery}, {"status", value}});
        work();
        return word("select state as w from deliveries");
    };
    EXPECT_EQ(status("delivered"), "delivered");
    EXPECT_EQ(status("sent"), "delivered");
    EXPECT_EQ(status("read"), "delivered");
    EXPECT_EQ(status("delivered"), "delivered");
    EXPECT_EQ(word("select note as w from deliveries"), "read") << "that it was read is known from then on";
    EXPECT_EQ(handler.turns, 1) << "a status needs no turn of its own";
}

/// Asks a model, which answers only once a second turn asks too, and then draws a number.
class Drawing : public turn::Handler {
public:
    turn::Outcome handle(const turn::Opened& opened, turn::Journal& journal) override {
        journal.step("csr", {{"of", opened.conversation.id.text()}}, [&] {
            std::unique_lock lock(mutex);
            ++asked;
            changed.notify_all();
            besides = changed.wait_for(lock, seconds(20), [&] { return asked >= 2; });
            return turn::StepResult{"yes", 0};
        });
        const auto drawn = journal.step("draw", {}, [&] { return turn::StepResult{++last, 0}; });
        turn::Outcome outcome;
        outcome.facts = Json{{"drawn", drawn}};
        return outcome;
    }

    std::mutex mutex;
    std::condition_variable changed;
    int asked = 0, last = 0;
    bool besides = false;
};

TEST_F(Turns, SideBySideTheyAskTheModelOnceEachAndDrawInTheOrderTheyWereDue) {
    std::vector<ConversationId> conversations;
    for (int i = 0; i < 8; ++i) {
        conversations.push_back(addConversation("+1602555010" + std::to_string(i)));
        hears(conversations.back(), "hello");
    }
    Drawing drawing;
    turn::Worker together(*database, clock, drawing,
                          {"together", seconds(60), 16, 5, &gate, {}, true, 4, {"draw"}});
    EXPECT_EQ(together.runBatch(), 8);
    EXPECT_TRUE(drawing.besides) << "the turns ran one after the other";
    EXPECT_EQ(drawing.asked, 8);
    EXPECT_EQ(drawing.last, 8);
    for (std::size_t i = 0; i < conversations.size(); ++i)
        EXPECT_EQ(word("select facts->>'drawn' as w from conversations where conversation_id = '" +
                       conversations[i].text() + "'"),
                  std::to_string(i + 1));
    EXPECT_EQ(number("select count(*) as n from steps"), 16);
    EXPECT_EQ(number("select count(*) as n from turns where state = 'committed'"), 8);
}

TEST_F(Turns, TwoWorkersShareTheMailboxesWithoutOverlap) {
    for (int i = 0; i < 40; ++i) hears(addConversation("+1602555" + std::to_string(1000 + i)), "hello");
    std::vector<std::thread> threads;
    std::atomic<int> claimed{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (;;) {
                const auto claims =
                    turn::claimMailboxes(*database, clock.now(), seconds(60), "w" + std::to_string(t), 3);
                if (claims.empty()) return;
                claimed += static_cast<int>(claims.size());
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(claimed, 40);
}

/// How many of the mailboxes were looked at must not depend on how many a neighbour has.
TEST_F(Turns, ANeighboursBacklogIsNotReadForAnothersClaim) {
    hears(addConversation(), "hello");
    const OrganizationId neighbour(uuid7(clock.now()));
    {
        auto tx = database->beginOwner();
        tx.script(
            "set local session_replication_role = 'replica'; insert into mailboxes (organization_id, "
            "conversation_id, wake_at) select '" +
                neighbour.text() + "', gen_random_uuid(), '" + toRfc3339(clock.now()) +
                "' from generate_series(1, 20000)",
            "a backlog");
        tx.commit();
    }
    for (const auto& [full, claimed] : {std::pair{std::string("{}"), 8}, {"{" + neighbour.text() + "}", 1}}) {
        auto tx = database->beginOwner();
        const auto claims = tx.run({"test/claim",
                                    "select count(*) as n from claim_mailboxes($1::timestamptz, '60 s', 'w', "
                                    "$2::integer, $3::uuid[])"},
                                   {clock.now(), 8, full});
        EXPECT_EQ(claims[0].integer("n"), claimed);
        const auto read =
            tx.run({"test/read",
                    "select seq_tup_read + idx_tup_fetch as n from pg_stat_xact_user_tables where "
                    "relname = 'mailboxes'"});
        EXPECT_LT(read[0].integer("n"), 500) << full;
    }
}

}  // namespace
}  // namespace overture::testing
