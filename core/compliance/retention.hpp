// How long an organization keeps what of people, and the clearing away.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::compliance {

/// webhooks: the bytes of calls that came in. journal: what turns that are over were opened with, decided and asked models for
/// (that they were, and what they cost, stays). messages: what was said in closed conversations (that, when and by whom stays), with
/// the recordings of their calls. recordings: those of all calls. people: everything about people whose conversations are all closed and who have no meeting to come, as erasePeople() does it.
/// Suppressions, permits and registries are not among them.
extern const std::vector<std::string> kRetentionKinds;

std::map<std::string, int> retention(store::Transaction& tx,
                                     const OrganizationId& organization);  ///< kind → days
/// 0 days: kept. Throws Error for a kind that is none.
void setRetention(store::Transaction& tx, const OrganizationId& organization, const std::string& kind,
                  int days, Instant now);

/// Clears away what is older than its days, a set per transaction, until nothing is left; how many rows (people, for that kind)
/// went of each kind that has a rule. People with whom something is under way stay for the next time.
std::map<std::string, std::int64_t> applyRetention(store::Database& database,
                                                   const OrganizationId& organization, Instant now);

}  // namespace overture::compliance
