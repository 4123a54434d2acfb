#include "bench/floor.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "bench/usage.hpp"
#include "bench/vendors.hpp"
#include "store/database.hpp"

namespace overture::bench {
namespace {

constexpr auto kTime = seconds(5);
constexpr int kSessions = 16;  // one alone waits for the disk most of the time

const store::Query kConversations{"floor/conversations", R"(
select organization_id, conversation_id
from conversations
where organization_id = (select organization_id from organizations order by created_at limit 1)
order by conversation_id)"};
const store::Query kEvents{"floor/events", R"(
insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload)
select $1::uuid, g.id, g.conversation_id, 'message', $2::timestamptz, $2::timestamptz, g.id::text,
       '{"text": "Please look into zaaaaaaa for me", "from": "+12025550101", "channel": "sms"}'
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number))"};
const store::Query kMailboxes{"floor/mailboxes", R"(
update mailboxes m set fence = m.fence + 1, wake_at = null
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number)
where m.organization_id = $1::uuid and m.conversation_id = g.conversation_id and $2::timestamptz is not null)"};
const store::Query kTurns{"floor/turns", R"(
insert into turns (organization_id, conversation_id, turn_number, fence, state, opened_at, opened, closed_at, outcome)
select $1::uuid, g.conversation_id, g.turn_number, 1, 'committed', $2::timestamptz, '{"events": []}', $2::timestamptz,
       '{"moves": []}'
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number))"};
const store::Query kSteps{"floor/steps", R"(
insert into steps (organization_id, conversation_id, turn_number, step_number, kind, request_hash, result, cost_micros,
                   started_at, ended_at)
select $1::uuid, g.conversation_id, g.turn_number, s, 'csr', repeat('a', 64),
       '{"outcome": "ok", "document": {"content": "Thank you, we look into it for you.", "finish": "stop"}}', 0,
       $2::timestamptz, $2::timestamptz
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number)
cross join generate_series(1, 2) s)"};
const store::Query kMessages{"floor/messages", R"(
insert into messages (organization_id, conversation_id, number, direction, author, channel, text, stage, at)
select $1::uuid, g.conversation_id, g.turn_number * 2 + s, case s when 0 then 'in' else 'out' end,
       case s when 0 then 'lead' else 'agent' end, 'sms', 'Thank you, we look into it for you.', 'talk', $2::timestamptz
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number)
cross join generate_series(0, 1) s)"};
const store::Query kConversation{"floor/conversation", R"(
update conversations c set message_count = c.message_count + 2, turn_count = g.turn_number, updated_at = $2::timestamptz
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number)
where c.organization_id = $1::uuid and c.conversation_id = g.conversation_id)"};
const store::Query kClosed{"floor/closed", R"(
update events e set turn_number = g.turn_number
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number)
where e.organization_id = $1::uuid and e.event_id = g.id and $2::timestamptz is not null)"};
const store::Query kPermits{"floor/permits", R"(
insert into permits (organization_id, permit_id, sequence, address, channel, purpose, minute, document, previous_hash, hash)
select $1::uuid, g.id, nextval('floor_sequence'), '+12025550101', 'sms', 'reply', $2::timestamptz, '{"rules": []}',
       repeat('a', 64), repeat('b', 64)
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number))"};
const store::Query kDeliveries{"floor/deliveries", R"(
insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, turn_number, channel, binding_id, recipient,
                        text, state, due_at, permit_id, takeover_fence, created_at, updated_at)
select $1::uuid, g.id, g.conversation_id, c.lead_id, g.turn_number, 'sms', g.id, '+12025550101',
       'Thank you, we look into it for you.', 'sending', $2::timestamptz, g.id, 0, $2::timestamptz, $2::timestamptz
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number)
join conversations c on c.organization_id = $1::uuid and c.conversation_id = g.conversation_id)"};
const store::Query kReceipts{"floor/receipts", R"(
update deliveries d set state = 'sent', reference = g.id::text, sent_at = $2::timestamptz
from unnest($3::uuid[], $4::uuid[], $5::integer[]) as g (conversation_id, id, turn_number)
where d.organization_id = $1::uuid and d.delivery_id = g.id)"};

struct Conversation {
    OrganizationId organization;
    std::string id;
};

std::vector<Conversation> conversationsIn(store::Database& database) {
    auto tx = database.beginOwner();
    tx.script("create sequence if not exists floor_sequence start 1000000000", "floor");
    std::vector<Conversation> all;
    for (const auto row : tx.run(kConversations))
        all.push_back({row.id<OrganizationId>("organization_id"), row.text("conversation_id")});
    tx.commit();
    return all;
}

/// One session's share of the conversations, `turns` at a time.
int work(store::Database& database, const std::vector<Conversation>& own, int turns, int session,
         Steady::time_point until) {
    int done = 0;
    std::size_t next = 0;
    std::uint64_t serial = 0;
    int turnNumber = 1000000 + turns * 100000;
    while (Steady::now() < until) {
        const auto now = SystemClock{}.now();
        store::RowSet rows({own.front().organization, now});
        for (int i = 0; i < turns; ++i) {
            if (next == own.size()) {
                next = 0;
                ++turnNumber;
            }
            const auto name =
                std::to_string(turns) + ":" + std::to_string(session) + ":" + std::to_string(++serial);
            rows.add({own[next++].id, EventId(uuid7(now, "floor:" + name)), turnNumber});
        }
        auto tx = database.beginOwner();
        for (const auto* query : {&kEvents, &kMailboxes, &kTurns, &kSteps, &kMessages, &kConversation,
                                  &kClosed, &kPermits, &kDeliveries, &kReceipts})
            tx.queue(*query, rows.params());
        tx.commit();
        done += turns;
    }
    return done;
}

}  // namespace

Floor measureFloor(const std::string& url, const std::string& cluster, int turns) {
    store::Database database({.url = url, .sessions = kSessions});
    const auto all = conversationsIn(database);
    if (static_cast<int>(all.size()) < turns * kSessions)
        throw Error("the floor needs more conversations", "bench", "Give a larger --open");
    const auto before = usageOf(0, cluster);
    const auto begin = Steady::now();
    std::atomic<int> done{0};
    std::mutex mutex;
    std::string fault;
    std::vector<std::thread> threads;
    for (int session = 0; session < kSessions; ++session)
        threads.emplace_back([&, session] {
            std::vector<Conversation> own;
            for (std::size_t i = static_cast<std::size_t>(session); i < all.size(); i += kSessions)
                own.push_back(all[i]);
            try {
                done += work(database, own, turns, session, begin + kTime);
            } catch (const std::exception& error) {
                const std::scoped_lock lock(mutex);
                fault = error.what();
            }
        });
    for (auto& thread : threads) thread.join();
    if (!fault.empty()) throw Error(fault, "bench/floor");
    const auto took = std::chrono::duration<double>(Steady::now() - begin).count();
    const auto after = usageOf(0, cluster);
    return {done / took, (after.database - before.database) / done * 1000};
}

}  // namespace overture::bench
