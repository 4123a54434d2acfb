#pragma once

#include "service/history.hpp"
#include "turn/types.hpp"

namespace overture::service {

struct Replayed {
    Json recorded;  ///< what the turn decided then: {explanation, deliveries: [[id, text], …]}
    Json again;     ///< what the same code decides now, in the same form
    std::vector<std::string> differences;  ///< sentences; empty when both are the same
};

/// Runs one recorded turn again, from what it started from and the results of its steps. Calls no model, carrier or calendar
/// and writes nothing. Throws Error when there is no such turn or it was never finished.
Replayed replayTurn(store::Database& database, const ConversationRef& conversation, int turnNumber,
                    turn::Handler& handler);

}  // namespace overture::service
