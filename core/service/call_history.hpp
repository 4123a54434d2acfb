#pragma once

#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/database.hpp"

namespace overture::service {

/// Calls of an organization, the newest first: {id, lead, phone, direction, state, started_at, answered_at, ended_at, answered_by, reason, …}.
Json callsOf(store::Database& database, const OrganizationId& organization, int most);

/// One call with its lines [{who, text, kind, from_ms, to_ms, confidence, words}] and its recordings [{part, state, storage, key, seconds}]; nothing when there is none.
std::optional<Json> callHistory(store::Database& database, const OrganizationId& organization,
                                const Uuid& call);

}  // namespace overture::service
