#pragma once

#include "service/history.hpp"
#include "turn/types.hpp"

namespace overture::service {

/// One committed turn as it was recorded: what it started from, its steps [[kind, request hash, result], …], and what it decided.
struct RecordedTurn {
    turn::Opened opened;
    Json steps;
    Json decided;  ///< {explanation, deliveries: [[id, text], …]}
};
/// Throws Error when there is no such turn or it was never finished.
RecordedTurn recordedTurn(store::Database& database, const ConversationRef& conversation, int turnNumber);
/// In the same form as RecordedTurn::decided.
Json decisionOf(const turn::Outcome& outcome);
/// What a person would notice between two decisions: "way: … then, … with it". Empty when nothing.
std::vector<std::string> differencesOf(const Json& then, const Json& with);

struct Replayed {
    Json recorded;  ///< what the turn decided then: {explanation, deliveries: [[id, text], …]}
    Json again;     ///< what the same code decides now, in the same form
    std::vector<std::string> differences;  ///< sentences; empty when both are the same
};

/// Runs one recorded turn with whatever version `handler` gives it, from what the turn started from and what its calls gave
/// then: a call gets the next recorded result of its kind, whatever it asks. `differences` are what a person would notice: the
/// way of the stage, what is said, the verdicts, who must look; or why it cannot be told. Calls nobody and writes nothing. Throws
/// Error when there is no such turn or it was never finished.
Replayed compareTurn(store::Database& database, const ConversationRef& conversation, int turnNumber,
                     turn::Handler& handler);

/// Runs one recorded turn again, from what it started from and the results of its steps. Calls no model, carrier or calendar
/// and writes nothing. Throws Error when there is no such turn or it was never finished.
Replayed replayTurn(store::Database& database, const ConversationRef& conversation, int turnNumber,
                    turn::Handler& handler);

}  // namespace overture::service
