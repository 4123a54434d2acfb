#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "turn/types.hpp"

namespace overture::turn {

/// How long a claim is ours by our own clock: who slept longer asks no model for what another may have recorded. Any thread.
class Lease {
public:
    explicit Lease(Instant until) : until_(until.time_since_epoch().count()) {}
    /// Not above zero when it is over.
    Instant::duration left(Instant now) const {
        return Instant::duration(until_ - now.time_since_epoch().count());
    }
    bool over(Instant now) const { return left(now).count() <= 0; }
    void moveTo(Instant until) { until_ = until.time_since_epoch().count(); }

private:
    std::atomic<Instant::rep> until_;
};

struct Claim {
    OrganizationId organization;
    ConversationId conversation;
    std::int64_t fence = 0;
    std::shared_ptr<Lease> lease = {};
};

/// Leases up to `most` due mailboxes to `worker`, raising each fence. Skips what others hold and what belongs to the
/// organizations in `full`. Oldest first; when more are due than `most`, the organizations take turns.
std::vector<Claim> claimMailboxes(store::Database& database, Instant now, seconds lease,
                                  const std::string& worker, int most,
                                  const std::vector<std::string>& full = {});

/// How long a text waits for the next, so that several in a row get one answer: `each` after the first, and as much more with
/// every one that comes, but never past `most` after the first.
struct Quiet {
    milliseconds each{0}, most{0};
};

struct NewEvent {
    EventId id;
    ConversationId conversation;
    std::string kind;
    Instant dueAt, receivedAt;
    std::string dedupeKey;  ///< the same key is the same event: posted once
    Json payload;
    Quiet quiet = {};
};

/// Puts events into their conversations' mailboxes and wakes those. Returns the ids of those that were not there already.
std::set<EventId> post(store::Transaction& tx, const OrganizationId& organization,
                       const std::vector<NewEvent>& events);

/// Whether a delivery status ({"delivery_id", "status", "code"}) is something the handler must hear of: failed and undelivered
/// are. sent, delivered and read only move the delivery's row.
bool needsTurn(const Json& status);

/// What is to be written of each delivery, by its id.
struct StatusNote {
    std::string status, code;
    Instant at;
};
using StatusNotes = std::map<std::string, StatusNote>;
/// Adds a status; of several for one delivery the first final one stands, and read says more than delivered.
void note(StatusNotes& notes, const Json& status, Instant at);
/// Moves the deliveries' rows forward to these statuses; never back from a final one. Harmless to repeat.
void noteStatuses(store::Transaction& tx, const OrganizationId& organization, const StatusNotes& notes);

/// When there is next something to do for anybody; nothing when all is quiet.
struct NextDue {
    std::optional<Instant> mailbox, delivery;
};
NextDue nextDue(store::Database& database);

/// A user takes the conversation until `until`, or until they give it back: the agent may not speak, drafts and queued
/// deliveries from before are void. Taking it again moves the end. Returns the new fence; nothing when the conversation is
/// closed.
std::optional<std::int64_t> takeOver(store::Transaction& tx, const OrganizationId& organization,
                                     const ConversationId& conversation, const std::string& who, Instant now,
                                     Instant until);
/// The agent may speak again, about what comes from now on. False when nobody had taken the conversation.
bool giveBack(store::Transaction& tx, const OrganizationId& organization, const ConversationId& conversation,
              Instant now);

}  // namespace overture::turn
