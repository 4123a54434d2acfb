// The people of an organization, and how they come to a password.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"
#include "tenant/keys.hpp"
#include "tenant/passwords.hpp"

namespace overture::tenant {

struct User {
    UserId id;
    std::string email, name;
    Role role = Role::agent;
    Instant createdAt;
    std::optional<Instant> disabledAt, signedInAt;
    bool hasPassword = false, hasSecondFactor = false;

    /// "invited" (cannot sign in with a password yet), "active" or "disabled".
    std::string state() const;
};

/// The address as it is kept: trimmed, in lower case; nothing for what is none.
std::optional<std::string> emailIn(const std::string& text);

/// Makes one who has no password yet. Nothing when the organization has somebody with this address.
std::optional<User> createUser(store::Transaction& tx, const OrganizationId& organization,
                               const std::string& email, const std::string& name, Role role, Instant now);
/// The oldest first.
std::vector<User> users(store::Transaction& tx, const OrganizationId& organization);
std::optional<User> findUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id);
std::optional<User> findUser(store::Transaction& tx, const OrganizationId& organization,
                             const std::string& email);

enum class Changed {
    done,
    unknown,    ///< there is nobody of this id, or nothing to change
    lastAdmin,  ///< somebody must be left who may
};
/// "" leaves the name as it is.
Changed changeUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id,
                   const std::string& name, std::optional<Role> role);
/// Ends their sessions, tokens and everything they could come in with; what they did stays.
Changed disableUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id,
                    Instant now);
Changed enableUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id);

enum class TokenKind {
    invitation,  ///< holds for seven days
    reset,       ///< for a day
};
struct UserToken {
    std::string token;  ///< 256 random bits, shown once: the database keeps its hash
    Instant expiresAt;
};
/// A token by which a person chooses a password, once, in place of any they were given before.
UserToken giveToken(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                    TokenKind kind, Instant now);

struct TokenOwner {
    OrganizationId organization;
    Uuid token;
    UserId user;
};
/// Whose token this is, over all organizations, whether or not it still holds.
std::optional<TokenOwner> userTokenOf(store::Database& database, const std::string& token);
/// Uses it up: the person has this password from now on and their sessions end. False when it does not hold any more.
bool useToken(store::Transaction& tx, const TokenOwner& owner, const std::string& passwordHash, Instant now);

/// A new password for somebody who is signed in; their other sessions end.
void setPassword(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                 const std::string& passwordHash);
/// None that they were given holds any more.
void voidTokens(store::Transaction& tx, const OrganizationId& organization, const UserId& user, Instant now);
/// False when they have another password than this by now, or are disabled; otherwise neither changes until the transaction ends.
bool lockUser(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
              const std::string& passwordHash);
/// "" for none.
std::string passwordHashOf(store::Transaction& tx, const OrganizationId& organization, const UserId& user);

/// Somebody who could sign in with this address and a password.
struct Candidate {
    OrganizationId organization;
    std::string organizationName;
    UserId user;
    std::string passwordHash;
    bool known = false;  ///< they have begun a session from that network in the last 90 days
};
std::vector<Candidate> usersWith(store::Database& database, const std::string& email,
                                 const std::string& network, Instant now);

}  // namespace overture::tenant
