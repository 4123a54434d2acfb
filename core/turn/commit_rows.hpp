// Inside turn: the rows that finished turns become, gathered into sets.
#pragma once

#include "turn/journal.hpp"

namespace overture::turn {

class CommitRows {
public:
    explicit CommitRows(const OrganizationId& organization);

    Instant now;  ///< set before the first row: when all of them are written

    void conversation(const Opened& opened, const Outcome& outcome);
    void messages(const Opened& opened, const Outcome& outcome, int alreadyThere);
    void events(const Opened& opened, const Outcome& outcome);
    void closeEvent(const EventId& event, int turnNumber);
    /// What still waits of the conversation's timers and touches, but for the turn's own.
    void cancelTimers(const Opened& opened);
    void timers(const Opened& opened, const Outcome& outcome);
    void delivery(const Opened& opened, const NewDelivery& delivery, const char* state, Instant dueAt,
                  const PermitId& permit, const std::string& note);
    void close(const Opened& opened, const char* state, const Json& outcome);
    void steps(const KeptSteps& steps);
    void release(const Opened& opened) { release(opened.conversation.id, opened.fence); }
    void release(const ConversationId& conversation, std::int64_t fence);

    /// Settles what the turn had set aside with what its recorded steps have cost.
    void settle(const Opened& opened);

    void queue(store::Transaction& tx);
    /// After everything that closes events: the next wake-up is read from those left.
    void queueReleases(store::Transaction& tx);

private:
    OrganizationId organization_;
    using Rows = std::vector<std::vector<store::Param>>;
    Rows conversations_, messages_, closed_, deferred_, timers_, deliveries_, begun_, ended_, steps_,
        released_, settled_;
    std::vector<std::string> withoutTimers_, ownEvents_;
};

}  // namespace overture::turn
