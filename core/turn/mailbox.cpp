#include "turn/mailbox.hpp"

#include "base/log_context.hpp"
#include "base/time.hpp"
#include "queries/turn.hpp"

namespace overture::turn {
namespace {

/// With the call of the API that caused it: its turn names it.
store::Param payloadOf(const NewEvent& event, const std::string& request) {
    if (request.empty()) return event.payload;
    auto payload = event.payload;
    payload["request"] = request;
    return payload;
}

}  // namespace

std::vector<Claim> claimMailboxes(store::Database& database, Instant now, seconds lease,
                                  const std::string& worker, int most, const std::vector<std::string>& full) {
    const auto rows = database.beginShared()
                          .finish({{sql::turn::claim_mailboxes,
                                    {now, std::to_string(lease.count()) + " seconds", worker, most,
                                     store::Param::array(full)}}})
                          .front();
    std::vector<Claim> claims;
    for (const auto row : rows)
        claims.push_back({row.id<OrganizationId>("organization_id"),
                          row.id<ConversationId>("conversation_id"), row.integer("fence"),
                          std::make_shared<Lease>(now + lease)});
    return claims;
}

std::set<EventId> post(store::Transaction& tx, const OrganizationId& organization,
                       const std::vector<NewEvent>& events) {
    if (events.empty()) return {};
    const auto request = log::contextField("request");
    store::RowSet rows({organization});
    for (const auto& event : events)
        rows.add({event.id, event.conversation, event.kind, event.dueAt, event.receivedAt, event.dedupeKey,
                  payloadOf(event, request), std::to_string(event.quiet.each.count()) + " ms",
                  std::to_string(event.quiet.most.count()) + " ms"});
    std::set<EventId> posted;
    for (const auto row : tx.run(sql::turn::post_events, rows.params()))
        posted.insert(row.id<EventId>("event_id"));
    return posted;
}

bool needsTurn(const Json& status) {
    const auto word = textOf(status, "status");
    return word == "failed" || word == "undelivered";
}

void note(StatusNotes& notes, const Json& status, Instant at) {
    const StatusNote given{textOf(status, "status"), textOf(status, "code"), at};
    const auto [place, added] = notes.emplace(textOf(status, "delivery_id"), given);
    const auto& was = place->second.status;
    if (!added && (was == "sent" || was == "queued" || (was == "delivered" && given.status == "read")))
        place->second = given;
}

void noteStatuses(store::Transaction& tx, const OrganizationId& organization, const StatusNotes& notes) {
    if (notes.empty()) return;
    store::RowSet rows({organization});
    for (const auto& [delivery, note] : notes) rows.add({delivery, note.status, note.code, note.at});
    tx.queue(sql::turn::note_statuses, rows.params());
}

NextDue nextDue(store::Database& database) {
    const auto rows = database.beginShared().finish({{sql::turn::next_due, {}}}).front();
    return {rows[0].maybeInstant("mailbox"), rows[0].maybeInstant("delivery")};
}

std::optional<std::int64_t> takeOver(store::Transaction& tx, const OrganizationId& organization,
                                     const ConversationId& conversation, const std::string& who, Instant now,
                                     Instant until) {
    const auto reason = "taken over by " + who + " until " + toRfc3339(until);
    const auto rows = tx.run(sql::turn::take_over, {organization, conversation, reason, now});
    if (rows.empty()) return std::nullopt;
    const auto fence = rows[0].integer("takeover_fence");
    tx.queue(sql::turn::cancel_deliveries_of_conversation, {organization, conversation, reason, now});
    const auto key = "release:" + conversation.text() + ":" + std::to_string(fence);
    post(tx, organization,
         {{EventId(uuid7(now, key)), conversation, "release", until, now, key, {{"fence", fence}}}});
    return fence;
}

bool giveBack(store::Transaction& tx, const OrganizationId& organization, const ConversationId& conversation,
              Instant now) {
    return tx.run(sql::turn::give_back, {organization, conversation, now}).affected() > 0;
}

}  // namespace overture::turn
