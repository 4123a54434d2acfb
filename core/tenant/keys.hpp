#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::tenant {

/// What a caller of the API may do; each may do what those before it may.
enum class Role { agent, manager, admin };
std::string nameOf(Role role);
std::optional<Role> roleNamed(const std::string& name);

using KeyId = Id<struct KeyTag>;

struct Key {
    KeyId id;
    std::string name;
    Role role = Role::agent;
    Instant createdAt;
    std::optional<Instant> expiresAt, revokedAt;
    /// {"leads:read", "conversations:write", "*:read"}: all it may do of what its role may; empty for all of that.
    std::vector<std::string> scopes = {};

    bool holdsAt(Instant now) const { return !revokedAt && (!expiresAt || now < *expiresAt); }
};

struct KeyOwner {
    OrganizationId organization;
    Key key;
};

/// Makes a key and returns its token, 256 random bits, which is shown once: the database keeps its hash. Nothing when a key
/// of this name holds already.
std::optional<std::string> createKey(store::Transaction& tx, const OrganizationId& organization,
                                     const std::string& name, Role role, std::optional<Instant> expiresAt,
                                     Instant now, const std::vector<std::string>& scopes = {});
/// The key of a token, over all organizations, whether or not it still holds; nothing for what is no token of ours.
std::optional<KeyOwner> keyOf(store::Database& database, const std::string& token);
/// The oldest first, with those that no longer hold.
std::vector<Key> keys(store::Transaction& tx, const OrganizationId& organization);
/// From now on nobody gets in with it. False when there is none, or it is revoked already.
bool revokeKey(store::Transaction& tx, const OrganizationId& organization, const KeyId& id, Instant now);

}  // namespace overture::tenant
