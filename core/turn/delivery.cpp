#include "turn/delivery.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/call_deadline.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/time.hpp"
#include "compliance/records.hpp"
#include "queries/turn.hpp"
#include "turn/mailbox.hpp"
#include "turn/rows.hpp"

namespace overture::turn {
namespace {

Delivery deliveryOf(const store::Row& row, const OrganizationId& organization) {
    Delivery delivery;
    delivery.id = row.id<DeliveryId>("delivery_id");
    delivery.organization = organization;
    delivery.conversation = row.id<ConversationId>("conversation_id");
    delivery.lead = leadOf(row);
    delivery.channel = row.text("channel");
    delivery.sender = row.text("sender");
    delivery.recipient = row.text("recipient");
    delivery.text = row.text("text");
    delivery.reference = row.text("reference");
    delivery.purpose = row.text("purpose");
    delivery.binding = row.id<BindingId>("binding_id");
    delivery.parts = row.json("parts");
    delivery.dueAt = row.instant("due_at");
    delivery.createdAt = row.instant("created_at");
    delivery.triedAt = row.instant("minute");
    delivery.tries = static_cast<int>(row.integer("tries"));
    delivery.stale = row.boolean("stale");
    delivery.permit = row.id<PermitId>("permit_id");
    delivery.goodUntil = row.maybeInstant("good_until");
    return delivery;
}

constexpr auto kLongestDoubt = minutes(30);  // then a person decides

/// There is no use in waiting for longer than the text is good.
Instant orWhenItIsOver(const Delivery& delivery, Instant at) {
    return delivery.goodUntil ? std::min(at, *delivery.goodUntil) : at;
}

milliseconds backOff(int tries) {
    return seconds(30) * (1 << std::min(tries, 8));
}

/// Nothing else would tell the conversation that its words never left: carriers report on what they took.
void tellConversations(store::Transaction& tx, const OrganizationId& organization,
                       const std::vector<Settled>& all) {
    store::RowSet rows({organization});
    std::map<std::string, const Settled*> failed;
    for (const auto& one : all)
        if (one.state == "failed") {
            rows.add({one.delivery, one.permit});
            failed.emplace(one.delivery.text(), &one);
        }
    if (failed.empty()) return;
    std::vector<NewEvent> events;
    for (const auto row : tx.run(sql::turn::failed_deliveries, rows.params())) {
        const auto delivery = row.text("delivery_id");
        const auto& one = *failed.at(delivery);
        const auto key = "failed:" + delivery + ":" + one.permit.text();
        events.push_back({EventId(uuid7(one.at, key)),
                          row.id<ConversationId>("conversation_id"),
                          "status",
                          one.at,
                          one.at,
                          key,
                          {{"delivery_id", delivery},
                           {"status", "failed"},
                           {"code", one.note},
                           {"never_left", true},
                           {"refused", one.refused}}});
    }
    post(tx, organization, events);
}

void queueSettled(store::Transaction& tx, const OrganizationId& organization,
                  const std::vector<Settled>& all) {
    if (all.empty()) return;
    store::RowSet rows({organization}), untried({organization});
    for (const auto& one : all)
        if (one.untried)
            untried.add({one.delivery, one.permit, one.note, one.dueAt, one.at});
        else
            rows.add({one.delivery, one.permit, one.state,
                      one.reference.empty() ? store::Param(nullptr) : store::Param(one.reference), one.note,
                      one.dueAt, one.state == "sent" ? store::Param(one.at) : store::Param(nullptr), one.at});
    if (!rows.empty()) tx.queue(sql::turn::settle_deliveries, rows.params());
    if (!untried.empty()) tx.queue(sql::turn::untry_deliveries, untried.params());
    tellConversations(tx, organization, all);
}

void tell(const std::vector<Settled>& all) {
    for (const auto& one : all) metrics::count("overture_deliveries_total", {{"result", one.state}});
    for (const auto& one : all)
        if (!one.note.empty() && one.state != "sent")
            log::info("delivery_settled",
                      {{"delivery", one.delivery.text()}, {"state", one.state}, {"note", one.note}});
}

}  // namespace

Deliverer::Deliverer(store::Database& database, const Clock& clock, const compliance::Gate& gate,
                     Sender& sender, DelivererOptions options)
    : database_(database),
      clock_(clock),
      gate_(gate),
      sender_(sender),
      options_(options),
      settling_(
          [this](const OrganizationId& organization, const std::vector<const std::vector<Settled>*>& sets) {
              // What a crash of the database server loses here is found in `sending` and looked up at the carrier.
              auto tx = database_.beginRelaxed(organization);
              std::vector<Settled> all;
              for (const auto* set : sets) all.insert(all.end(), set->begin(), set->end());
              queueSettled(tx, organization, all);
              tx.commit();
          }) {}

int Deliverer::runBatch() {
    const auto claimedAt = clock_.now();
    const auto rows =
        database_.beginShared()
            .finish({{sql::turn::claim_deliveries,
                      {claimedAt, std::to_string(options_.lease.count()) + " seconds", options_.batch}}})
            .front();
    if (rows.empty()) return 0;
    failpoint("delivery.after_sending");
    std::map<OrganizationId, std::pair<std::vector<std::string>, std::vector<std::string>>> byOrganization;
    for (const auto row : rows) {
        auto& [due, unknown] = byOrganization[row.id<OrganizationId>("organization_id")];
        (row.text("was") == "unknown" ? unknown : due).push_back(row.text("delivery_id"));
    }
    for (const auto& [organization, ids] : byOrganization)
        workThrough(organization, ids.first, ids.second, claimedAt);
    return static_cast<int>(rows.size());
}

void Deliverer::workThrough(const OrganizationId& organization, const std::vector<std::string>& due,
                            const std::vector<std::string>& unknown, Instant claimedAt) {
    auto all = due;
    all.insert(all.end(), unknown.begin(), unknown.end());
    auto tx = database_.begin(organization);
    std::vector<Delivery> toSend, toLookUp;
    for (const auto row :
         tx.run(sql::turn::load_deliveries, {organization, store::Param::array(all), claimedAt})) {
        auto delivery = deliveryOf(row, organization);
        const bool known = std::find(due.begin(), due.end(), delivery.id.text()) != due.end();
        (known ? toSend : toLookUp).push_back(std::move(delivery));
    }
    std::vector<Settled> settled;
    auto ready = permitted(tx, std::move(toSend), settled);
    // Their conversations are told, which takes mailboxes: those are locked before conversations, which are ours here.
    const auto failed = std::stable_partition(settled.begin(), settled.end(),
                                              [](const Settled& one) { return one.state != "failed"; });
    const std::vector<Settled> toTell(failed, settled.end());
    settled.erase(failed, settled.end());
    queueSettled(tx, organization, settled);
    keepOurs(std::move(tx), organization, ready, claimedAt);
    tell(settled);
    if (!toTell.empty()) settle(organization, toTell);
    send(ready);
    if (toLookUp.empty()) return;
    settled.clear();
    for (const auto& delivery : toLookUp) settled.push_back(lookUp(delivery));
    settle(organization, settled);
}

std::vector<Ready> Deliverer::permitted(store::Transaction& tx, std::vector<Delivery> deliveries,
                                        std::vector<Settled>& settled) {
    const auto now = clock_.now();
    std::vector<Ready> ready;
    std::vector<compliance::ContactRequest> requests;
    std::vector<const Delivery*> asked;
    for (auto& delivery : deliveries) {
        if (delivery.stale) {
            settled.push_back({delivery.id, delivery.permit, "cancelled", "",
                               "a takeover, an opt-out or a pause came first", std::nullopt, now});
            continue;
        }
        if (delivery.goodUntil && *delivery.goodUntil <= now) {
            settled.push_back({delivery.id, delivery.permit, "failed", "",
                               delivery.channel + " took this text until " + toRfc3339(*delivery.goodUntil),
                               std::nullopt, now, false, true});
            continue;
        }
        requests.push_back(sender_.contact(delivery, now));
        asked.push_back(&delivery);
    }
    if (asked.empty()) return ready;
    const auto& organization = asked.front()->organization;
    std::vector<compliance::ContactRequest*> pointers;
    for (auto& request : requests) pointers.push_back(&request);
    const compliance::RecordsOfContacts records(organization, pointers);
    // The chain first: while it is ours, nobody else counts attempts to the same people.
    compliance::PermitChain chain(organization, {pointers.begin(), pointers.end()});
    auto reads = chain.statements();
    reads.push_back(records.statement());
    const auto read = tx.runAll(reads);
    chain.lock(read[0], read[1]);
    records.fill(read[2]);
    std::vector<compliance::Permit> permits;
    std::vector<compliance::Attempt> attempts;
    std::map<LeadId, std::vector<Instant>> tried;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        auto delivery = *asked[i];
        if (const auto later = chain.waitsFor(now)) {
            settled.push_back(
                {delivery.id, delivery.permit, "due", "", "the clock was set back", *later, now});
            continue;
        }
        auto& before = tried[delivery.lead.id];
        requests[i].attempts.insert(requests[i].attempts.end(), before.begin(), before.end());
        const auto verdict = gate_.decide(requests[i]);
        countVerdict(verdict, requests[i].channel);
        if (const auto* later = std::get_if<compliance::NotBefore>(&verdict)) {
            settled.push_back({delivery.id, delivery.permit, "due", "", "not before then: " + later->rule,
                               orWhenItIsOver(delivery, later->at), now});
        } else if (const auto* no = std::get_if<compliance::Refused>(&verdict)) {
            settled.push_back({delivery.id, delivery.permit, "cancelled", "", no->rule + ": " + no->reason,
                               std::nullopt, now});
        } else {
            const auto& permit = std::get<compliance::Permit>(verdict);
            permits.push_back(permit);
            if (delivery.purpose == "marketing") {
                before.push_back(now);
                attempts.push_back(
                    {delivery.recipient, delivery.lead.id, delivery.channel, delivery.id, now});
            }
            ++delivery.tries;
            delivery.permit = permit.id();
            ready.push_back({permit, std::move(delivery)});
        }
    }
    chain.write(tx, permits);
    compliance::recordAttempts(tx, organization, attempts);
    return ready;
}

/// Writes the permits and commits; whatever somebody else has claimed since is not ready any more.
void Deliverer::keepOurs(store::Transaction tx, const OrganizationId& organization, std::vector<Ready>& ready,
                         Instant claimedAt) {
    if (ready.empty()) return tx.commit();
    store::RowSet permits({organization, clock_.now(), claimedAt});
    for (const auto& one : ready) permits.add({one.delivery.id, one.permit.id()});
    const auto written = tx.finish({{sql::turn::permit_deliveries, permits.params()}}).front();
    std::set<std::string> ours;
    for (const auto row : written) ours.insert(row.text("delivery_id"));
    std::erase_if(ready, [&](const Ready& one) { return !ours.contains(one.delivery.id.text()); });
}

void Deliverer::send(const std::vector<Ready>& ready) {
    if (ready.empty()) return;
    std::vector<Settled> settled;
    for (const auto& one : ready) settled.push_back(sendOne(one));
    settle(ready.front().delivery.organization, settled);
}

Settled Deliverer::sendOne(const Ready& ready) {
    const auto& delivery = ready.delivery;
    failpoint("delivery.before_carrier");
    const auto before = CallDeadline::Steady::now();
    const auto started = clock_.now();
    if (started - ready.permit.request().at >
        options_.lease / 2)  // too late to be done before others look it up
        return {delivery.id, delivery.permit, "due", "", "was not sent in time", started, started};
    if (!ready.permit.covers(started))
        return {delivery.id, delivery.permit, "due", "", "its permit was for a minute that has passed",
                started,     started};
    const CallDeadline ours(before + (ready.permit.request().at + options_.lease - started));
    SendResult result;
    try {
        result = sender_.send(ready.permit, delivery);
    } catch (const std::exception& error) {
        result.note = error.what();  // of unknown outcome: looked up before anything else
    }
    failpoint("delivery.after_carrier");
    return outcomeOf(delivery, result);
}

Settled Deliverer::outcomeOf(const Delivery& delivery, const SendResult& result) const {
    const auto now = clock_.now();
    switch (result.kind) {
        case SendResult::Kind::sent:
            return {delivery.id, delivery.permit, "sent", result.reference, result.note, std::nullopt, now};
        case SendResult::Kind::rejected:
            return {delivery.id, delivery.permit, "failed", "", result.note, std::nullopt, now, false, true};
        case SendResult::Kind::auth:
            return {delivery.id, delivery.permit, "held", "", result.note, std::nullopt, now};
        case SendResult::Kind::unknown: break;
        case SendResult::Kind::retry: {
            if (result.notTried)
                return {delivery.id, delivery.permit,
                        "due",       "",
                        result.note, orWhenItIsOver(delivery, now + result.retryAfter.value_or(seconds(1))),
                        now,         true};
            if (delivery.tries >= options_.mostTries)
                return {delivery.id, delivery.permit, "failed", "", result.note, std::nullopt, now};
            const auto wait =
                std::max(result.retryAfter.value_or(milliseconds(0)), backOff(delivery.tries - 1));
            return {delivery.id, delivery.permit, "due",
                    "",          result.note,     orWhenItIsOver(delivery, now + wait),
                    now};
        }
    }
    return {delivery.id, delivery.permit, "unknown", result.reference, result.note, now + seconds(30), now};
}

Settled Deliverer::lookUp(const Delivery& delivery) {
    const auto found = sender_.lookup(delivery);
    const auto now = clock_.now();
    switch (found.kind) {
        case LookupResult::Kind::found:
            return {
                delivery.id, delivery.permit, "sent", found.reference, "found at the carrier", std::nullopt,
                now};
        case LookupResult::Kind::absent:
            return {delivery.id, delivery.permit, "due", "", "the carrier never got it", now, now};
        case LookupResult::Kind::cannotTell: break;
    }
    if (found.askAgain && now - delivery.triedAt < kLongestDoubt)
        return {
            delivery.id, delivery.permit, "unknown", "", "the carrier cannot tell yet", now + *found.askAgain,
            now};
    return {delivery.id,
            delivery.permit,
            "held",
            "",
            "the carrier cannot tell whether it was sent; a person decides",
            std::nullopt,
            now};
}

void Deliverer::settle(const OrganizationId& organization, const std::vector<Settled>& settled) {
    settling_.submit(organization, settled);
    tell(settled);
}

}  // namespace overture::turn
