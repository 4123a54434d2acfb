#include "turn/commit.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/failpoint.hpp"
#include "base/time.hpp"
#include "compliance/records.hpp"
#include "queries/turn.hpp"
#include "turn/commit_rows.hpp"
#include "turn/mailbox.hpp"
#include "turn/rows.hpp"

namespace overture::turn {
namespace {

struct Mailbox {
    std::int64_t fence = 0, takeoverFence = 0;
    int messageCount = 0, steps = 0;
    std::vector<std::string> waiting;  ///< messages and takeovers not yet answered
};

std::map<std::string, Mailbox> mailboxesOf(const store::Rows& rows) {
    std::map<std::string, Mailbox> mailboxes;
    for (const auto row : rows)
        mailboxes.emplace(row.text("conversation_id"),
                          Mailbox{row.integer("fence"), row.integer("takeover_fence"),
                                  static_cast<int>(row.integer("message_count")),
                                  static_cast<int>(row.integer("steps")), row.array("waiting")});
    return mailboxes;
}

bool overtaken(const Mailbox& mailbox, const Finished& turn) {
    if (turn.outcome.deliveries.empty()) return false;
    if (mailbox.takeoverFence != turn.opened.conversation.takeoverFence) return true;
    return std::any_of(mailbox.waiting.begin(), mailbox.waiting.end(), [&](const std::string& id) {
        const auto& events = turn.opened.events;
        return std::none_of(events.begin(), events.end(),
                            [&](const Event& event) { return event.id.text() == id; });
    });
}

compliance::ContactRequest contactOf(const Finished& turn, const NewDelivery& delivery) {
    auto request = delivery.permit.request();
    request.at = turn.now;
    return request;
}

/// A delivery's state at the commit, and the permit it goes by.
struct Decided {
    const char* state = "due";
    Instant dueAt;
    compliance::Permit permit;
    std::string note;
};

class Committing {
public:
    Committing(store::Database& database, const OrganizationId& organization,
               const std::vector<Finished*>& turns, const compliance::Gate* gate)
        : tx_(database.begin(organization)),
          organization_(organization),
          turns_(turns),
          gate_(gate),
          rows_(organization) {}

    void run() {
        lock();
        rows_.now = turns_.front()->now;
        std::vector<Finished*> written;
        for (auto* turn : turns_) {
            if (turn->committed == Committed::overtaken)
                rows_.close(turn->opened, "failed", {{"overtaken", true}});
            if (turn->committed == Committed::yes) written.push_back(turn);
        }
        decide(written);
        for (auto* turn : written)
            for (const auto& effect : turn->outcome.effects) effect(tx_);
        for (auto* turn : written) write(*turn);
        noteStatuses(tx_, organization_, statuses_);
        if (chain_) chain_->write(tx_, permits_);
        rows_.queue(tx_);
        compliance::recordAttempts(tx_, organization_, attempts_);
        for (auto* turn : written)
            if (turn->outcome.optOut) optOut(*turn);
        for (const auto* turn : turns_) {
            if (turn->committed == Committed::fenced) continue;
            if (turn->steps != nullptr) rows_.steps(*turn->steps);
            rows_.release(turn->opened);
            if (turn->outcome.paid) rows_.settle(turn->opened);
        }
        rows_.queueReleases(tx_);
        failpoint("commit.before");
        tx_.commit();
        failpoint("commit.after");
    }

private:
    void lock() {
        store::RowSet turns({organization_});
        for (const auto* turn : turns_) turns.add({turn->opened.conversation.id, turn->opened.turnNumber});
        std::vector<store::Statement> reads{{sql::turn::lock_mailboxes, turns.params()}};
        std::vector<compliance::ContactRequest*> contacts;
        std::vector<const compliance::ContactRequest*> permitted;
        for (const auto* turn : turns_)
            for (const auto& delivery : turn->outcome.deliveries) {
                permitted.push_back(&delivery.permit.request());
                if (gate_ == nullptr || delivery.dueAt > turn->now) continue;
                contacts.push_back(&fresh_.emplace(delivery.id, contactOf(*turn, delivery)).first->second);
                permitted.push_back(contacts.back());
            }
        const compliance::RecordsOfContacts records(organization_, contacts);
        if (!permitted.empty()) {
            chain_.emplace(organization_, permitted);
            for (auto& statement : chain_->statements()) reads.push_back(std::move(statement));
        }
        if (!contacts.empty()) reads.push_back(records.statement());
        const auto read = tx_.runAll(reads);
        if (chain_) chain_->lock(read[1], read[2]);
        if (!contacts.empty()) records.fill(read[3]);
        mailboxes_ = mailboxesOf(read[0]);
        for (auto* turn : turns_) {
            turn->ready.clear();
            const auto mailbox = mailboxes_.find(turn->opened.conversation.id.text());
            const bool ours = mailbox != mailboxes_.end() && mailbox->second.fence == turn->opened.fence &&
                              mailbox->second.steps == turn->opened.steps;
            turn->committed = !ours                               ? Committed::fenced
                              : overtaken(mailbox->second, *turn) ? Committed::overtaken
                                                                  : Committed::yes;
        }
    }

    void decide(const std::vector<Finished*>& written) {
        for (const auto* turn : written)
            if (turn->outcome.optOut) optedOut_.insert(turn->opened.lead.id);
        for (const auto* turn : written)
            for (const auto& delivery : turn->outcome.deliveries)
                decided_.emplace(delivery.id, decideOne(*turn, delivery));
    }

    Decided decideOne(const Finished& turn, const NewDelivery& delivery) {
        Decided decided{"due", delivery.dueAt, delivery.permit, ""};
        if (optedOut_.contains(turn.opened.lead.id)) {
            decided.state = "cancelled";
            decided.note = "an opt-out came at the same moment";
            return decided;
        }
        const auto request = fresh_.find(delivery.id);
        if (request == fresh_.end()) return decided;
        if (const auto later = chain_->waitsFor(turn.now)) {
            decided.dueAt = *later;
            decided.note = "the clock was set back";
            return decided;
        }
        // Other turns of this set may be to the same person.
        auto& tried = tried_[turn.opened.lead.id];
        request->second.attempts.insert(request->second.attempts.end(), tried.begin(), tried.end());
        const auto verdict = gate_->decide(request->second);
        countVerdict(verdict, decided.permit.request().channel);
        if (const auto* permit = std::get_if<compliance::Permit>(&verdict)) {
            decided.state = "sending";
            decided.permit = *permit;
            if (permit->request().purpose == "marketing") {
                tried.push_back(turn.now);
                attempts_.push_back(
                    {delivery.recipient, turn.opened.lead.id, delivery.channel, delivery.id, turn.now});
            }
        } else if (const auto* later = std::get_if<compliance::NotBefore>(&verdict)) {
            decided.dueAt = later->at;
            decided.note = "not before then: " + later->rule;
        } else {
            const auto& no = std::get<compliance::Refused>(verdict);
            decided.state = "cancelled";
            decided.note = no.rule + ": " + no.reason;
        }
        return decided;
    }

    void write(Finished& turn) {
        const auto& opened = turn.opened;
        const auto& outcome = turn.outcome;
        rows_.conversation(opened, outcome);
        rows_.messages(opened, outcome, mailboxes_.at(opened.conversation.id.text()).messageCount);
        for (const auto& event : opened.events)
            if (event.kind == "status") note(statuses_, event.payload, turn.now);
        rows_.events(opened, outcome);
        if (outcome.cancelTimers) rows_.cancelTimers(opened);
        rows_.timers(opened, outcome);
        for (const auto& delivery : outcome.deliveries) {
            const auto& decided = decided_.at(delivery.id);
            permits_.push_back(decided.permit);
            rows_.delivery(opened, delivery, decided.state, decided.dueAt, decided.permit.id(), decided.note);
            if (std::string_view(decided.state) == "sending")
                turn.ready.push_back(
                    {decided.permit, deliveryOf(opened, delivery, decided.permit, turn.now)});
        }
        auto explanation = outcome.explanation;
        if (outcome.deferUntil) explanation["deferred_until"] = toRfc3339(*outcome.deferUntil);
        rows_.close(opened, "committed", explanation);
    }

    static Delivery deliveryOf(const Opened& opened, const NewDelivery& from,
                               const compliance::Permit& permit, Instant now) {
        Delivery delivery;
        delivery.id = from.id;
        delivery.organization = opened.organization;
        delivery.conversation = opened.conversation.id;
        delivery.lead = opened.lead;
        delivery.channel = from.channel;
        delivery.sender = from.sender;
        delivery.recipient = from.recipient;
        delivery.text = from.text;
        delivery.purpose = from.permit.request().purpose;
        delivery.binding = from.binding;
        delivery.parts = from.parts;
        delivery.dueAt = from.dueAt;
        delivery.createdAt = now;
        delivery.tries = 1;
        delivery.permit = permit.id();
        delivery.goodUntil = from.goodUntil;
        return delivery;
    }

    void optOut(const Finished& turn) {
        const auto& act = *turn.outcome.optOut;
        const auto& lead = turn.opened.lead.id;
        compliance::suppress(tx_, organization_, act.addresses, act.reason, act.proof, turn.now);
        tx_.queue(sql::turn::cancel_deliveries_of_lead, {organization_, lead, act.reason, turn.now});
        tx_.queue(sql::turn::cancel_timers_of_lead, {organization_, lead, act.reason});
        tx_.queue(sql::turn::close_conversations_of_lead, {organization_, lead, act.reason, turn.now});
    }

    store::Transaction tx_;
    const OrganizationId& organization_;
    const std::vector<Finished*>& turns_;
    const compliance::Gate* gate_;
    CommitRows rows_;
    StatusNotes statuses_;
    std::map<std::string, Mailbox> mailboxes_;
    std::map<DeliveryId, compliance::ContactRequest> fresh_;
    std::map<DeliveryId, Decided> decided_;
    std::set<LeadId> optedOut_;
    std::map<LeadId, std::vector<Instant>> tried_;  ///< by this set
    std::optional<compliance::PermitChain> chain_;
    std::vector<compliance::Permit> permits_;
    std::vector<compliance::Attempt> attempts_;
};

/// The mailbox row, locked, with our fence on it?
bool lockOurs(store::Transaction& tx, const OrganizationId& organization, const ConversationId& id,
              std::int64_t fence) {
    store::RowSet noTurn({organization});
    noTurn.add({id, 0});
    const auto rows = tx.run(sql::turn::lock_mailboxes, noTurn.params());
    return !rows.empty() && rows[0].integer("fence") == fence;
}

void closeAndRelease(store::Transaction& tx, const Opened& opened, const Json& outcome, Instant now) {
    CommitRows rows(opened.organization);
    rows.now = now;
    rows.close(opened, "failed", outcome);
    rows.release(opened);
    rows.settle(opened);
    rows.queue(tx);
    rows.queueReleases(tx);
    tx.commit();
}

}  // namespace

void commit(store::Database& database, const OrganizationId& organization,
            const std::vector<Finished*>& turns, const compliance::Gate* gate) {
    if (!turns.empty()) Committing(database, organization, turns, gate).run();
}

Committed commit(store::Database& database, Opened& opened, const Outcome& outcome, Instant now) {
    Finished turn{opened, outcome, now};
    commit(database, opened.organization, {&turn}, nullptr);
    return turn.committed;
}

void fail(store::Database& database, const Opened& opened, const std::string& reason, int mostTries,
          Instant now) {
    auto tx = database.begin(opened.organization);
    if (!lockOurs(tx, opened.organization, opened.conversation.id, opened.fence)) return;
    const auto rows = tx.run(sql::turn::fail_events, {opened.organization, opened.conversation.id,
                                                      idsOf(opened.events), mostTries, reason, now});
    for (const auto row : rows)
        if (row.boolean("dropped")) {
            tx.queue(sql::turn::hold_conversation,
                     {opened.organization, opened.conversation.id, reason, now});
            break;
        }
    closeAndRelease(tx, opened, {{"error", reason}}, now);
}

void holdFailed(store::Database& database, const Opened& opened, const std::string& reason, Instant now) {
    fail(database, opened, reason, 1, now);
}

void reopen(store::Database& database, const Opened& opened, Instant now) {
    auto tx = database.begin(opened.organization);
    if (!lockOurs(tx, opened.organization, opened.conversation.id, opened.fence)) return;
    CommitRows before(opened.organization);  // while its costs are still there
    before.settle(opened);
    before.queueReleases(tx);
    tx.queue(sql::turn::delete_steps, {opened.organization, opened.conversation.id, opened.turnNumber});
    closeAndRelease(tx, opened, {{"error", "the code asked other questions than recorded; begun again"}},
                    now);
}

void applyStatuses(store::Database& database, const Claim& claim, const std::vector<Event>& statuses,
                   Instant now) {
    auto tx = database.begin(claim.organization);
    if (!lockOurs(tx, claim.organization, claim.conversation, claim.fence)) return;
    CommitRows rows(claim.organization);
    rows.now = now;
    StatusNotes notes;
    for (const auto& event : statuses) {
        note(notes, event.payload, now);
        rows.closeEvent(event.id, 0);
    }
    noteStatuses(tx, claim.organization, notes);
    rows.queue(tx);
    rows.release(claim.conversation, claim.fence);
    rows.queueReleases(tx);
    tx.commit();
}

}  // namespace overture::turn
