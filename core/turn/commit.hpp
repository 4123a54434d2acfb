#pragma once

#include "turn/journal.hpp"

namespace overture::turn {

enum class Committed {
    yes,
    fenced,     ///< another worker holds the conversation: nothing was written
    overtaken,  ///< a newer message, a takeover or an opt-out came first: the draft is void, the events wait for the next turn
};

/// One finished turn on its way into the database.
struct Finished {
    Opened& opened;
    const Outcome& outcome;
    Instant now;
    const KeptSteps* steps = nullptr;  ///< those not written yet
    Committed committed = Committed::fenced;
    std::vector<Ready> ready = {};  ///< what is to be sent at once
};

/// Writes everything the turns decided in ONE transaction, each checked against its own lease and takeover fence; tells
/// each what became of it. With a gate, deliveries that are due now are asked for their permit once more on fresh records,
/// become `sending` and are handed back as `ready`; without, they are left for a Deliverer.
void commit(store::Database& database, const OrganizationId& organization,
            const std::vector<Finished*>& turns, const compliance::Gate* gate);
Committed commit(store::Database& database, Opened& opened, const Outcome& outcome, Instant now);

/// A turn that could not be finished: its events are tried again later, or after `mostTries` set aside with the reason and
/// the conversation held for a person.
void fail(store::Database& database, const Opened& opened, const std::string& reason, int mostTries,
          Instant now);

/// Holds the conversation for a person and sets this turn's events aside: for a playbook's own mistake.
void holdFailed(store::Database& database, const Opened& opened, const std::string& reason, Instant now);

/// Drops the recorded steps and the open turn: the next claim begins it from scratch.
void reopen(store::Database& database, const Opened& opened, Instant now);

/// Applies delivery statuses and gives the mailbox back.
void applyStatuses(store::Database& database, const Claim& claim, const std::vector<Event>& statuses,
                   Instant now);

}  // namespace overture::turn
