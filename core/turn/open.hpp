#pragma once

#include <optional>
#include <vector>

#include "turn/mailbox.hpp"

namespace overture::turn {

struct RecordedStep {
    std::string kind, requestHash;
    Json result;
};

/// A turn ready to run: new, or found unfinished after a crash with what it had recorded.
struct Start {
    Opened opened;
    std::vector<RecordedStep> recorded;
    std::vector<Event> statuses;  ///< delivery statuses that need no turn of their own
};

/// Reads the conversations' snapshots and due events, in one round trip per organization. In the order of `claims`; nothing
/// where the fence was raised meanwhile. `opened.events` is empty when only statuses (or nothing) were due. Writes nothing:
/// the turn's row comes with its first step. A turn that a crash left open starts from the record of its first opening.
std::vector<std::optional<Start>> open(store::Database& database, const std::vector<Claim>& claims,
                                       Instant now);
std::optional<Start> open(store::Database& database, const Claim& claim, Instant now);

}  // namespace overture::turn
