#include "chaos/evidence.hpp"

#include "chaos/marker.hpp"
#include "compliance/records.hpp"
#include "store/database.hpp"

namespace overture::chaos {
namespace {

const store::Query kOpen{"chaos/open", R"(
select (select count(*) from events where organization_id = $1::uuid and kind = 'message'
          and turn_number is null and dropped is null) as events,
       (select count(*) from deliveries where organization_id = $1::uuid
          and state in ('due', 'sending', 'unknown')) as deliveries,
       (select count(*) from turns where organization_id = $1::uuid and state = 'open') as turns)"};
const store::Query kSteps{"chaos/steps", R"(
select conversation_id, turn_number, result -> 'document' ->> 'model' as serial, ended_at
from steps where organization_id = $1::uuid and kind in ('csr', 'overseer') and result ->> 'outcome' = 'ok')"};
const store::Query kDeliveries{"chaos/deliveries", R"(
select delivery_id, conversation_id, turn_number, recipient, text, state, note, permit_id
from deliveries where organization_id = $1::uuid)"};
const store::Query kPermits{
    "chaos/permits", "select permit_id, address, minute from permits where organization_id = $1::uuid"};
const store::Query kEvents{"chaos/events", R"(
select e.payload ->> 'text' as text, coalesce(e.dropped, '') as dropped, e.turn_number is not null as closed, c.state,
       c.reason
from events e
join conversations c on c.organization_id = e.organization_id and c.conversation_id = e.conversation_id
where e.organization_id = $1::uuid and e.kind = 'message')"};
const store::Query kReopened{"chaos/reopened", R"(
select count(*) as turns from turns
where organization_id = $1::uuid and outcome ->> 'error' like '%begun again%')"};

std::string firstMarker(const std::string& text) {
    const auto markers = markersIn(text, kInbound);
    return markers.empty() ? "" : markers.front();
}

}  // namespace

Open openWork(const World& world) {
    store::Database database({.url = world.server.url(), .sessions = 1});
    auto tx = database.beginOwner();
    const auto rows = tx.run(kOpen, {world.organization});
    return {static_cast<int>(rows[0].integer("events")), static_cast<int>(rows[0].integer("deliveries")),
            static_cast<int>(rows[0].integer("turns"))};
}

Evidence gather(const World& world, std::vector<Inbound> inbound) {
    Evidence evidence;
    evidence.inbound = std::move(inbound);
    evidence.sends = world.carrier.sends();
    evidence.calls = world.model.calls();
    store::Database database({.url = world.server.url(), .sessions = 2});
    auto tx = database.beginOwner();
    for (const auto row : tx.run(kSteps, {world.organization}))
        evidence.steps.push_back({row.text("conversation_id"), static_cast<int>(row.integer("turn_number")),
                                  row.text("serial"), row.instant("ended_at")});
    for (const auto row : tx.run(kDeliveries, {world.organization}))
        evidence.deliveries.push_back({row.text("delivery_id"), row.text("conversation_id"),
                                       static_cast<int>(row.integer("turn_number")), row.text("recipient"),
                                       row.text("text"), row.text("state"), row.text("note"),
                                       row.text("permit_id")});
    for (const auto row : tx.run(kPermits, {world.organization}))
        evidence.permits.push_back({row.text("permit_id"), row.text("address"), row.instant("minute")});
    for (const auto row : tx.run(kEvents, {world.organization}))
        evidence.events.push_back({firstMarker(row.text("text")), row.text("dropped"), row.text("state"),
                                   row.text("reason"), row.boolean("closed")});
    evidence.reopenedTurns = static_cast<int>(tx.run(kReopened, {world.organization})[0].integer("turns"));
    tx.commit();
    auto own = database.begin(world.organization);
    evidence.chainFault = compliance::verifyPermits(own, world.organization).fault;
    return evidence;
}

}  // namespace overture::chaos
