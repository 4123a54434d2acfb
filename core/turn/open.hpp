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

/// Reads the conversation's snapshot and due events and writes the `open` step, in one transaction. Nothing when the
/// fence was raised meanwhile. `opened.events` is empty when only statuses (or nothing) were due: then no turn was begun.
std::optional<Start> open(store::Database& database, const Claim& claim, Instant now);

}  // namespace overture::turn
