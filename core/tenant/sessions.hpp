// Sessions of people: a JWT that says which, and a row that says whether it still holds.
#pragma once

#include "tenant/tenants.hpp"
#include "tenant/users.hpp"

namespace overture::tenant {

using SessionId = Id<struct SessionTag>;

struct Session {
    SessionId id;
    User user;
    Instant begunAt, expiresAt;
    std::optional<Instant> revokedAt = {};

    bool holdsAt(Instant now) const { return !revokedAt && !user.disabledAt && now < expiresAt; }
};

struct SessionOwner {
    OrganizationId organization;
    Session session;
};

struct Begun {
    std::string token;  ///< a JWT; the database does not have it
    SessionId id;
    Instant expiresAt;
};

/// A new session of 24 hours, signed (HMAC-SHA256) by the organization's newest key; a new key is made every 30 days. `network`
/// as networkOf says it; `program` is cut.
Begun beginSession(store::Transaction& tx, const Vault& vault, const OrganizationId& organization,
                   const UserId& user, const std::string& network, const std::string& program, Instant now);
/// The session of a token that one of its organization's keys has signed, whether or not it still holds; nothing for any other.
std::optional<SessionOwner> sessionOf(store::Database& database, const Vault& vault,
                                      const std::string& token);
/// Whether this looks like a session's token, not a key's.
bool isSessionToken(const std::string& token);

struct ListedSession {
    SessionId id;
    Instant begunAt, expiresAt;
    std::string network, program;
};
/// Those that hold, the newest first.
std::vector<ListedSession> sessions(store::Transaction& tx, const OrganizationId& organization,
                                    const UserId& user, Instant now);
/// False when it is not theirs, or revoked already.
bool revokeSession(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                   const SessionId& id, Instant now);
/// All of a person's, or all but one.
void revokeSessions(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                    Instant now, std::optional<SessionId> but = std::nullopt);
/// A new key signs from now on. With `endAll` those before it are forgotten, and so every session ends.
void rotateSessionKey(store::Transaction& tx, const Vault& vault, const OrganizationId& organization,
                      bool endAll, Instant now);

/// For queries with a person's columns.
User userIn(const store::Row& row);

}  // namespace overture::tenant
