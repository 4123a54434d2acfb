// What must hold after any number of kills, judged from what the database and the servers outside remember.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"

namespace overture::chaos {

/// A message the harness posted to the webhook.
struct Inbound {
    std::string marker;
    bool acknowledged = false;
};

/// A message the carrier accepted.
struct Send {
    std::string to, body;
    Instant at;
};

/// A request the model got; `body` is a digest of it.
struct Call {
    std::string serial, body;
    Instant at;
};

/// A row of steps.
struct Step {
    std::string conversation;
    int turn = 0;
    std::string serial;  ///< of the model's answer it recorded
    Instant endedAt;
};

struct DeliveryRow {
    std::string id, conversation;
    int turn = 0;
    std::string to, text, state, note, permit;
};

struct PermitRow {
    std::string id, address;
    Instant minute;
};

/// A row of events that carries a message, with its conversation's state.
struct EventRow {
    std::string marker, dropped, conversationState, conversationReason;
    bool closed = false;  ///< some turn answered it or it was dropped
};

struct Evidence {
    std::vector<Inbound> inbound;
    std::vector<Send> sends;
    std::vector<Call> calls;
    std::vector<Step> steps;
    std::vector<DeliveryRow> deliveries;
    std::vector<PermitRow> permits;
    std::vector<EventRow> events;
    int reopenedTurns = 0;   ///< thrown away with their recorded steps
    std::string chainFault;  ///< where the chain of permits breaks; empty when it is whole
};

struct Judgement {
    int acknowledged = 0, answered = 0;
    int held = 0;          ///< answers whose delivery a person must decide on
    int heldMessages = 0;  ///< acknowledged messages left to a person, with the reason
    int lost = 0, answeredTwice = 0, sentTwice = 0, repeatedCalls = 0, sendsWithoutPermit = 0;
    std::vector<std::string> problems;  ///< one sentence for each of the last five
    bool ok() const { return problems.empty(); }
};

Judgement judge(const Evidence& evidence);

}  // namespace overture::chaos
