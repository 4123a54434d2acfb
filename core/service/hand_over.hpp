// Inside service: what whoever takes a call is told, and what came of that.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::service {

/// A call that is given to a person.
struct HandOver {
    OrganizationId organization;
    ConversationId conversation;
    std::string call, to;
    bool aloud = true;  ///< who takes it hears it before they are connected, where the carrier can
};

/// Writes the transfer down and tells the users of it by a note of the conversation: who calls, why, what is known and agreed, the
/// last words; once for each call. Returns what is said to who takes it, "" where nothing is. To be called before its carrier is asked.
std::string tellOfHandOver(store::Transaction& tx, const HandOver& given, Instant now);

/// answered, busy, no_answer, failed, left (they hung up meanwhile): once for each transfer, the first word counts. By our id of the
/// call or its carrier's, "" where it is not known; false when no transfer waits for it.
bool endHandOver(store::Transaction& tx, const OrganizationId& organization,
                 const std::optional<BindingId>& binding, const std::string& call,
                 const std::string& reference, const std::string& outcome, Instant now);

}  // namespace overture::service
