#include "turn/mailbox.hpp"

#include "queries/turn.hpp"

namespace overture::turn {

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

bool post(store::Transaction& tx, const OrganizationId& organization, const NewEvent& event) {
    const auto inserted =
        tx.run(sql::turn::insert_event, {organization, event.id, event.conversation, event.kind, event.dueAt,
                                         event.receivedAt, event.dedupeKey, event.payload});
    if (inserted.affected() == 0) return false;
    tx.queue(sql::turn::wake, {organization, event.conversation, event.dueAt});
    return true;
}

bool needsTurn(const Json& status) {
    const auto word = textOf(status, "status");
    return word == "failed" || word == "undelivered";
}

void noteStatus(store::Transaction& tx, const OrganizationId& organization, const Json& status, Instant now) {
    tx.queue(sql::turn::delivery_status, {organization, textOf(status, "delivery_id"),
                                          textOf(status, "status"), textOf(status, "code"), now});
}

NextDue nextDue(store::Database& database) {
    const auto rows = database.beginShared().finish({{sql::turn::next_due, {}}}).front();
    return {rows[0].maybeInstant("mailbox"), rows[0].maybeInstant("delivery")};
}

std::optional<std::int64_t> takeOver(store::Transaction& tx, const OrganizationId& organization,
                                     const ConversationId& conversation, const std::string& who,
                                     Instant now) {
    const auto rows = tx.run(sql::turn::take_over, {organization, conversation, "taken over by " + who, now});
    if (rows.empty()) return std::nullopt;
    tx.queue(sql::turn::cancel_deliveries_of_conversation,
             {organization, conversation, "taken over by " + who, now});
    return rows[0].integer("takeover_fence");
}

}  // namespace overture::turn
