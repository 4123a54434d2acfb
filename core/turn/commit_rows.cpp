#include "turn/commit_rows.hpp"

#include "queries/turn.hpp"

namespace overture::turn {
namespace {

void queueSet(store::Transaction& tx, const store::Query& query, std::vector<store::Param> shared,
              const std::vector<std::vector<store::Param>>& rows) {
    if (rows.empty()) return;
    store::RowSet set(std::move(shared));
    for (const auto& row : rows) set.add(row);
    tx.queue(query, set.params());
}

}  // namespace

CommitRows::CommitRows(const OrganizationId& organization) : organization_(organization) {}

void CommitRows::conversation(const Opened& opened, const Outcome& outcome) {
    const auto& before = opened.conversation;
    conversations_.push_back(
        {before.id, outcome.stage.value_or(before.stage), outcome.state.value_or(before.state),
         outcome.reason.value_or(before.reason), outcome.language.value_or(before.language),
         outcome.sentiment.value_or(before.sentiment), outcome.channel.value_or(before.channel),
         outcome.facts ? *outcome.facts : before.facts, outcome.memory ? *outcome.memory : before.memory,
         static_cast<int>(outcome.messages.size()), opened.turnNumber});
}

void CommitRows::messages(const Opened& opened, const Outcome& outcome, int alreadyThere) {
    int number = alreadyThere;
    for (const auto& message : outcome.messages)
        messages_.push_back({opened.conversation.id, ++number, message.direction, message.author,
                             message.channel, message.text, message.stage, message.at, message.event,
                             message.delivery, message.details.is_null() ? Json::object() : message.details});
}

void CommitRows::events(const Opened& opened, const Outcome& outcome) {
    for (const auto& event : opened.events)
        if (outcome.deferUntil)
            deferred_.push_back({event.id, *outcome.deferUntil});
        else
            closeEvent(event.id, opened.turnNumber);
}

void CommitRows::closeEvent(const EventId& event, int turnNumber) {
    closed_.push_back({event, turnNumber});
}

void CommitRows::cancelTimers(const Opened& opened) {
    withoutTimers_.push_back(opened.conversation.id.text());
    for (const auto& event : opened.events) ownEvents_.push_back(event.id.text());
}

void CommitRows::timers(const Opened& opened, const Outcome& outcome) {
    const auto& id = opened.conversation.id;
    int number = 0;
    for (const auto& timer : outcome.timers) {
        const auto key =
            "turn:" + id.text() + ":" + std::to_string(opened.turnNumber) + ":" + std::to_string(++number);
        timers_.push_back({EventId(uuid7(now, key)), id, timer.kind, timer.dueAt, key, timer.payload});
    }
}

void CommitRows::delivery(const Opened& opened, const NewDelivery& delivery, const char* state, Instant dueAt,
                          const PermitId& permit, const std::string& note) {
    const bool sending = std::string_view(state) == "sending";
    deliveries_.push_back({delivery.id, opened.conversation.id, opened.lead.id, opened.turnNumber,
                           delivery.channel, delivery.binding, delivery.sender, delivery.recipient,
                           delivery.text, delivery.parts, state, dueAt, permit,
                           opened.conversation.takeoverFence, sending ? 1 : 0, note,
                           delivery.goodUntil ? store::Param(*delivery.goodUntil) : store::Param(nullptr)});
}

void CommitRows::close(const Opened& opened, const char* state, const Json& outcome) {
    const auto& id = opened.conversation.id;
    if (opened.recorded)
        ended_.push_back({id, opened.turnNumber, opened.fence, state, outcome});
    else
        begun_.push_back({id, opened.turnNumber, opened.fence, state, opened.now, opened.toJson(), outcome});
}

void CommitRows::steps(const KeptSteps& steps) {
    for (const auto& [answer, row] : steps)
        steps_.push_back({row.opened.conversation.id, row.opened.turnNumber, row.number, row.kind,
                          row.requestHash, answer.result, answer.costMicros, row.started, row.ended});
}

void CommitRows::release(const ConversationId& conversation, std::int64_t fence) {
    released_.push_back({conversation, fence});
}

void CommitRows::settle(const Opened& opened) {
    settled_.push_back({opened.conversation.id, opened.turnNumber});
}

void CommitRows::queue(store::Transaction& tx) {
    queueSet(tx, sql::turn::update_conversations, {organization_, now}, conversations_);
    queueSet(tx, sql::turn::insert_messages, {organization_}, messages_);
    queueSet(tx, sql::turn::close_events, {organization_}, closed_);
    queueSet(tx, sql::turn::defer_events, {organization_}, deferred_);
    if (!withoutTimers_.empty())
        tx.queue(sql::turn::cancel_timers,
                 {organization_, store::Param::array(withoutTimers_), "a later turn made it pointless",
                  store::Param::array(ownEvents_)});
    queueSet(tx, sql::turn::insert_events, {organization_, now}, timers_);
    queueSet(tx, sql::turn::insert_deliveries, {organization_, now}, deliveries_);
    queueSet(tx, sql::turn::begin_turns, {organization_, now}, begun_);
    queueSet(tx, sql::turn::close_turns, {organization_, now}, ended_);
}

void CommitRows::queueReleases(store::Transaction& tx) {
    queueSet(tx, sql::turn::keep_steps, {organization_}, steps_);
    queueSet(tx, sql::turn::release, {organization_}, released_);
    queueSet(tx, sql::turn::settle_money, {organization_}, settled_);
}

}  // namespace overture::turn
