// A permit as it was stored, and why it was given, in words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compliance/gate.hpp"
#include "store/database.hpp"

namespace overture::compliance {

struct PermitRecord {
    PermitId id;
    std::int64_t sequence = 0;  ///< its place in the organization's chain
    std::string address, channel, purpose, hash;
    Instant minute;
    Json document;  ///< as Permit::document() wrote it
    Json
        consents;  ///< [{channel, purpose, level, source, proof, given_at, expires_at?, revoked_at?}] of that address, given by then
    Json deliveries;  ///< [{delivery, conversation, state, sent_at?, text, to}] made with it
};

/// Nothing when the organization has no such permit.
std::optional<PermitRecord> findPermit(store::Transaction& tx, const OrganizationId& organization,
                                       const PermitId& id);

/// Why this contact was allowed, in lines a person reads: who, when by their own clock, on what evidence of place, with
/// which consent, by which rules from which sources, and what was sent. Pure.
std::string explain(const PermitRecord& permit);

}  // namespace overture::compliance
