#include "turn/delivery.hpp"

#include "base/log.hpp"
#include "compliance/records.hpp"
#include "queries/turn.hpp"
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
    delivery.conversationState = row.text("conversation_state");
    delivery.binding = row.id<BindingId>("binding_id");
    delivery.parts = row.json("parts");
    delivery.dueAt = row.instant("due_at");
    delivery.createdAt = row.instant("created_at");
    delivery.tries = static_cast<int>(row.integer("tries"));
    delivery.stale = row.boolean("stale");
    return delivery;
}

milliseconds backOff(int tries) { return seconds(30) * (1 << std::min(tries, 8)); }

}  // namespace

Deliverer::Deliverer(store::Database& database, const Clock& clock, const compliance::Gate& gate, Sender& sender,
                     DelivererOptions options)
    : database_(database), clock_(clock), gate_(gate), sender_(sender), options_(options) {}

int Deliverer::runBatch() {
    auto tx = database_.beginShared();
    const auto rows = tx.run(sql::turn::claim_deliveries,
                             {clock_.now(), std::to_string(options_.lease.count()) + " seconds", options_.batch});
    tx.commit();
    for (const auto row : rows)
        runOne(row.id<OrganizationId>("organization_id"), row.id<DeliveryId>("delivery_id"),
               row.text("was") == "unknown");
    return static_cast<int>(rows.size());
}

void Deliverer::runOne(const OrganizationId& organization, const DeliveryId& id, bool unknown) {
    auto tx = database_.begin(organization);
    const auto rows = tx.run(sql::turn::load_delivery, {organization, id});
    if (rows.empty()) return;
    const auto delivery = deliveryOf(rows[0], organization);
    if (unknown) {
        tx.commit();
        return lookUp(delivery);
    }
    if (delivery.stale || delivery.conversationState == "taken") {
        tx.commit();
        return settle(delivery, "cancelled", "", "a takeover or an opt-out came first", std::nullopt);
    }
    const auto allowed = permit(tx, delivery);
    tx.commit();
    if (allowed) send(*allowed, delivery);
}

std::optional<compliance::Permit> Deliverer::permit(store::Transaction& tx, const Delivery& delivery) {
    const auto now = clock_.now();
    const auto& organization = delivery.organization;
    auto request = sender_.contact(delivery, now);
    compliance::fillFromRecords(tx, organization, request);
    const auto settleIn = [&](const char* state, const std::string& note, std::optional<Instant> dueAt) {
        tx.queue(sql::turn::settle_delivery,
               {organization, delivery.id, state, nullptr, note, dueAt, nullptr, now});
    };
    const auto verdict = gate_.decide(request);
    if (const auto* later = std::get_if<compliance::NotBefore>(&verdict)) {
        settleIn("due", "not before then: " + later->rule, later->at);
        return std::nullopt;
    }
    if (const auto* no = std::get_if<compliance::Refused>(&verdict)) {
        settleIn("cancelled", no->rule + ": " + no->reason, std::nullopt);
        return std::nullopt;
    }
    const auto& permit = std::get<compliance::Permit>(verdict);
    compliance::recordPermits(tx, organization, {permit});
    tx.queue(sql::turn::permit_delivery, {organization, delivery.id, permit.id(), now});
    if (delivery.purpose == "marketing")
        compliance::recordAttempt(tx, organization, delivery.recipient, delivery.lead.id, delivery.channel, delivery.id,
                                  now);
    return permit;
}

void Deliverer::send(const compliance::Permit& permit, const Delivery& delivery) {
    const auto result = sender_.send(permit, delivery);
    const auto now = clock_.now();
    switch (result.kind) {
        case SendResult::Kind::sent: return settle(delivery, "sent", result.reference, result.note, std::nullopt);
        case SendResult::Kind::rejected: return settle(delivery, "failed", "", result.note, std::nullopt);
        case SendResult::Kind::auth: return settle(delivery, "held", "", result.note, std::nullopt);
        case SendResult::Kind::unknown:
            return settle(delivery, "unknown", result.reference, result.note, now + seconds(30));
        case SendResult::Kind::retry: {
            if (delivery.tries + 1 >= options_.mostTries)
                return settle(delivery, "failed", "", result.note, std::nullopt);
            const auto wait = std::max(result.retryAfter.value_or(milliseconds(0)), backOff(delivery.tries));
            return settle(delivery, "due", "", result.note, now + wait);
        }
    }
}

void Deliverer::lookUp(const Delivery& delivery) {
    const auto found = sender_.lookup(delivery);
    switch (found.kind) {
        case LookupResult::Kind::found:
            return settle(delivery, "sent", found.reference, "found at the carrier", std::nullopt);
        case LookupResult::Kind::absent: return settle(delivery, "due", "", "the carrier never got it", clock_.now());
        case LookupResult::Kind::cannotTell:
            return settle(delivery, "held", "", "the carrier cannot tell whether it was sent; a person decides",
                          std::nullopt);
    }
}

void Deliverer::settle(const Delivery& delivery, const char* state, const std::string& reference,
                       const std::string& note, std::optional<Instant> dueAt) {
    const auto now = clock_.now();
    const bool sent = std::string_view(state) == "sent";
    auto tx = database_.begin(delivery.organization);
    tx.queue(sql::turn::settle_delivery,
           {delivery.organization, delivery.id, state, reference.empty() ? store::Param(nullptr) : store::Param(reference),
            note, dueAt, sent ? store::Param(now) : store::Param(nullptr), now});
    tx.commit();
    if (!note.empty() && !sent)
        log::info("delivery_settled", {{"delivery", delivery.id.text()}, {"state", state}, {"note", note}});
}

}  // namespace overture::turn
