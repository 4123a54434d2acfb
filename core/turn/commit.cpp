#include "turn/commit.hpp"

#include "base/time.hpp"
#include "compliance/records.hpp"
#include "queries/turn.hpp"
#include "turn/mailbox.hpp"
#include "turn/rows.hpp"

namespace overture::turn {
namespace {

template <typename T>
store::Param maybeId(const std::optional<T>& id) {
    return id ? store::Param(*id) : store::Param(nullptr);
}

class Writer {
public:
    Writer(store::Transaction& tx, const Opened& opened, const Outcome& outcome, int messageCount, Instant now)
        : tx_(tx), opened_(opened), outcome_(outcome), messageCount_(messageCount), now_(now) {}

    void write() {
        conversation();
        messages();
        events();
        timers();
        for (const auto& effect : outcome_.effects) effect(tx_);
        deliveries();
        if (outcome_.optOut) optOut(*outcome_.optOut);
    }

private:
    const OrganizationId& organization() const { return opened_.organization; }
    const ConversationId& id() const { return opened_.conversation.id; }

    void conversation() {
        const auto& before = opened_.conversation;
        tx_.queue(sql::turn::update_conversation,
                {organization(), id(), outcome_.stage.value_or(before.stage), outcome_.state.value_or(before.state),
                 outcome_.reason.value_or(before.reason), outcome_.language.value_or(before.language),
                 outcome_.sentiment.value_or(before.sentiment), outcome_.channel.value_or(before.channel),
                 outcome_.facts.value_or(before.facts), outcome_.memory.value_or(before.memory),
                 static_cast<int>(outcome_.messages.size()), opened_.turnNumber, now_});
    }

    void messages() {
        int number = messageCount_;
        for (const auto& message : outcome_.messages)
            tx_.queue(sql::turn::insert_message,
                    {organization(), id(), ++number, message.direction, message.author, message.channel, message.text,
                     message.stage, message.at, maybeId(message.event), maybeId(message.delivery),
                     message.details.is_null() ? Json::object() : message.details});
    }

    void events() {
        for (const auto& event : opened_.events)
            if (event.kind == "status") noteStatus(tx_, organization(), event.payload, now_);
        if (outcome_.deferUntil)
            tx_.queue(sql::turn::defer_events, {organization(), id(), idsOf(opened_.events), *outcome_.deferUntil});
        else
            tx_.queue(sql::turn::close_events, {organization(), id(), idsOf(opened_.events), opened_.turnNumber});
    }

    void timers() {
        if (outcome_.cancelTimers)
            tx_.queue(sql::turn::cancel_timers, {organization(), id(), "a later turn made it pointless", idsOf(opened_.events)});
        int number = 0;
        for (const auto& timer : outcome_.timers) {
            const auto key = "turn:" + id().text() + ":" + std::to_string(opened_.turnNumber) + ":" +
                             std::to_string(++number);
            tx_.queue(sql::turn::insert_event, {organization(), EventId(uuid7(now_, key)), id(), timer.kind, timer.dueAt, now_,
                                                key, timer.payload});
        }
    }

    void deliveries() {
        if (outcome_.deliveries.empty()) return;
        std::vector<compliance::Permit> permits;
        for (const auto& delivery : outcome_.deliveries) permits.push_back(delivery.permit);
        compliance::recordPermits(tx_, organization(), permits);
        for (const auto& delivery : outcome_.deliveries)
            tx_.queue(sql::turn::insert_delivery,
                    {organization(), delivery.id, id(), opened_.lead.id, opened_.turnNumber, delivery.channel,
                     delivery.binding, delivery.sender, delivery.recipient, delivery.text, delivery.parts, delivery.dueAt,
                     delivery.permit.id(), opened_.conversation.takeoverFence, now_});
    }

    void optOut(const OptOutAct& act) {
        compliance::suppress(tx_, organization(), act.addresses, act.reason, act.proof, now_);
        tx_.queue(sql::turn::cancel_deliveries_of_lead, {organization(), opened_.lead.id, act.reason, now_});
        tx_.queue(sql::turn::cancel_timers_of_lead, {organization(), opened_.lead.id, act.reason});
        tx_.queue(sql::turn::close_conversations_of_lead, {organization(), opened_.lead.id, act.reason, now_});
    }

    store::Transaction& tx_;
    const Opened& opened_;
    const Outcome& outcome_;
    int messageCount_;
    Instant now_;
};

void closeTurn(store::Transaction& tx, const Opened& opened, const char* state, const Json& outcome, Instant now) {
    tx.queue(sql::turn::close_turn,
           {opened.organization, opened.conversation.id, opened.turnNumber, state, now, outcome});
}

void release(store::Transaction& tx, const Opened& opened) {
    tx.queue(sql::turn::release, {opened.organization, opened.conversation.id, opened.fence});
}

/// The mailbox row, locked, with our fence on it; an empty result when somebody else's is.
store::Rows lockOurs(store::Transaction& tx, const Opened& opened) {
    return tx.run(sql::turn::lock_mailbox, {opened.organization, opened.conversation.id});
}

bool isOurs(const store::Rows& mailbox, const Opened& opened) {
    return !mailbox.empty() && mailbox[0].integer("fence") == opened.fence;
}

bool overtaken(store::Transaction& tx, const store::Row& mailbox, const Opened& opened, const Outcome& outcome) {
    if (outcome.deliveries.empty()) return false;
    if (mailbox.integer("takeover_fence") != opened.conversation.takeoverFence) return true;
    return tx.run(sql::turn::newer_messages, {opened.organization, opened.conversation.id, idsOf(opened.events)})[0]
               .integer("newer") > 0;
}

}  // namespace

Committed commit(store::Database& database, const Opened& opened, const Outcome& outcome, Instant now) {
    auto tx = database.begin(opened.organization);
    const auto mailbox = lockOurs(tx, opened);
    if (!isOurs(mailbox, opened)) return Committed::fenced;
    if (overtaken(tx, mailbox[0], opened, outcome)) {
        closeTurn(tx, opened, "failed", {{"overtaken", true}}, now);
        release(tx, opened);
        tx.commit();
        return Committed::overtaken;
    }
    Writer(tx, opened, outcome, static_cast<int>(mailbox[0].integer("message_count")), now).write();
    auto explanation = outcome.explanation;
    if (outcome.deferUntil) explanation["deferred_until"] = toRfc3339(*outcome.deferUntil);
    closeTurn(tx, opened, "committed", explanation, now);
    release(tx, opened);
    tx.commit();
    return Committed::yes;
}

void fail(store::Database& database, const Opened& opened, const std::string& reason, int mostTries, Instant now) {
    auto tx = database.begin(opened.organization);
    if (!isOurs(lockOurs(tx, opened), opened)) return;
    closeTurn(tx, opened, "failed", {{"error", reason}}, now);
    const auto rows = tx.run(sql::turn::fail_events, {opened.organization, opened.conversation.id, idsOf(opened.events),
                                                      mostTries, reason, now});
    for (const auto row : rows)
        if (row.boolean("dropped")) {
            tx.queue(sql::turn::hold_conversation, {opened.organization, opened.conversation.id, reason, now});
            break;
        }
    release(tx, opened);
    tx.commit();
}

void holdFailed(store::Database& database, const Opened& opened, const std::string& reason, Instant now) {
    fail(database, opened, reason, 1, now);
}

void reopen(store::Database& database, const Opened& opened, Instant now) {
    auto tx = database.begin(opened.organization);
    if (!isOurs(lockOurs(tx, opened), opened)) return;
    tx.queue(sql::turn::delete_steps, {opened.organization, opened.conversation.id, opened.turnNumber});
    closeTurn(tx, opened, "failed", {{"error", "the code asked other questions than recorded; begun again"}}, now);
    release(tx, opened);
    tx.commit();
}

void applyStatuses(store::Database& database, const Claim& claim, const std::vector<Event>& statuses, Instant now) {
    auto tx = database.begin(claim.organization);
    const auto mailbox = tx.run(sql::turn::lock_mailbox, {claim.organization, claim.conversation});
    if (mailbox.empty() || mailbox[0].integer("fence") != claim.fence) return;
    for (const auto& event : statuses)
        noteStatus(tx, claim.organization, event.payload, now);
    if (!statuses.empty())
        tx.queue(sql::turn::close_events, {claim.organization, claim.conversation, idsOf(statuses), 0});
    tx.queue(sql::turn::release, {claim.organization, claim.conversation, claim.fence});
    tx.commit();
}

}  // namespace overture::turn
