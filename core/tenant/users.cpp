#include "tenant/users.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "queries/tenant.hpp"
#include "tenant/sessions.hpp"

namespace overture::tenant {
namespace {

constexpr std::string_view kTokenPrefix = "ovu_";
constexpr std::size_t kTokenBytes = 32;
constexpr seconds kInvitationHolds{7 * 86400}, kResetHolds{86400};
constexpr seconds kNetworkKnownFor{90 * 86400};
constexpr std::size_t kLongestEmail = 254;

std::vector<User> usersOf(store::Transaction& tx, const OrganizationId& organization, const store::Param& id,
                          const store::Param& email) {
    std::vector<User> all;
    for (const auto row : tx.run(sql::tenant::users, {organization, id, email})) all.push_back(userIn(row));
    return all;
}

std::optional<User> firstOf(std::vector<User> all) {
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
}

/// Whether nobody who may do everything would be left without this one.
bool isLastAdmin(store::Transaction& tx, const OrganizationId& organization, const UserId& id) {
    const auto admins = tx.run(sql::tenant::lock_admins, {organization});
    return admins.size() == 1 && admins[0].id<UserId>("user_id") == id;
}

}  // namespace

User userIn(const store::Row& row) {
    return {row.id<UserId>("user_id"),        row.text("email"),           row.text("name"),
            *roleNamed(row.text("role")),     row.instant("created_at"),   row.maybeInstant("disabled_at"),
            row.maybeInstant("signed_in_at"), row.boolean("has_password"), row.boolean("has_second_factor")};
}

std::string User::state() const {
    return disabledAt ? "disabled" : hasPassword || signedInAt ? "active" : "invited";
}

std::optional<std::string> emailIn(const std::string& text) {
    const auto email = lowerAscii(trim(text));
    const auto at = email.find('@');
    const auto bad = [](unsigned char c) {
        return c <= ' ' || c == 0x7f || c == ',' || c == '<' || c == '>';
    };
    if (email.size() > kLongestEmail || at == 0 || at == std::string::npos || at + 1 == email.size() ||
        email.find('@', at + 1) != std::string::npos || std::any_of(email.begin(), email.end(), bad))
        return std::nullopt;
    return email;
}

std::optional<User> createUser(store::Transaction& tx, const OrganizationId& organization,
                               const std::string& email, const std::string& name, Role role, Instant now) {
    const UserId id(uuid7(now));
    if (tx.run(sql::tenant::insert_user, {organization, id, email, name, nameOf(role), now}).affected() == 0)
        return std::nullopt;
    return findUser(tx, organization, id);
}

std::vector<User> users(store::Transaction& tx, const OrganizationId& organization) {
    return usersOf(tx, organization, nullptr, nullptr);
}

std::optional<User> findUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id) {
    return firstOf(usersOf(tx, organization, id, nullptr));
}

std::optional<User> findUser(store::Transaction& tx, const OrganizationId& organization,
                             const std::string& email) {
    return firstOf(usersOf(tx, organization, nullptr, email));
}

Changed changeUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id,
                   const std::string& name, std::optional<Role> role) {
    if (role && *role != Role::admin && isLastAdmin(tx, organization, id)) return Changed::lastAdmin;
    const auto changed = tx.run(sql::tenant::change_user,
                                {organization, id, name.empty() ? store::Param(nullptr) : store::Param(name),
                                 role ? store::Param(nameOf(*role)) : store::Param(nullptr)});
    return changed.affected() > 0 ? Changed::done : Changed::unknown;
}

Changed disableUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id,
                    Instant now) {
    if (isLastAdmin(tx, organization, id)) return Changed::lastAdmin;
    if (tx.run(sql::tenant::disable_user, {organization, id, now}).affected() == 0) return Changed::unknown;
    voidTokens(tx, organization, id, now);
    revokeSessions(tx, organization, id, now);
    return Changed::done;
}

Changed enableUser(store::Transaction& tx, const OrganizationId& organization, const UserId& id) {
    const auto done = tx.run(sql::tenant::disable_user, {organization, id, nullptr});
    return done.affected() > 0 ? Changed::done : Changed::unknown;
}

UserToken giveToken(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                    TokenKind kind, Instant now) {
    std::string random(kTokenBytes, '\0');
    randombytes_buf(random.data(), random.size());
    const bool invitation = kind == TokenKind::invitation;
    UserToken given{std::string(kTokenPrefix) + toHex(random),
                    now + (invitation ? kInvitationHolds : kResetHolds)};
    voidTokens(tx, organization, user, now);
    tx.run(sql::tenant::insert_user_token,
           {organization, uuid7(now), user, invitation ? "invitation" : "reset", toHex(sha256(given.token)),
            now, given.expiresAt});
    return given;
}

std::optional<TokenOwner> userTokenOf(store::Database& database, const std::string& token) {
    if (token.size() != kTokenPrefix.size() + 2 * kTokenBytes || !token.starts_with(kTokenPrefix))
        return std::nullopt;
    auto tx = database.beginShared();
    const auto rows = tx.finish({{sql::tenant::user_token_with, {toHex(sha256(token))}}}).front();
    if (rows.empty()) return std::nullopt;
    return TokenOwner{rows[0].id<OrganizationId>("organization_id"), rows[0].uuid("token_id"),
                      rows[0].id<UserId>("user_id")};
}

bool useToken(store::Transaction& tx, const TokenOwner& owner, const std::string& passwordHash, Instant now) {
    if (tx.run(sql::tenant::use_user_token, {owner.organization, owner.token, now}).empty()) return false;
    setPassword(tx, owner.organization, owner.user, passwordHash);
    revokeSessions(tx, owner.organization, owner.user, now);
    return true;
}

void setPassword(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                 const std::string& passwordHash) {
    tx.run(sql::tenant::set_password, {organization, user, passwordHash});
}

void voidTokens(store::Transaction& tx, const OrganizationId& organization, const UserId& user, Instant now) {
    tx.queue(sql::tenant::void_user_tokens, {organization, user, now});
}

bool lockUser(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
              const std::string& passwordHash) {
    return !tx.run(sql::tenant::lock_user, {organization, user, passwordHash}).empty();
}

std::string passwordHashOf(store::Transaction& tx, const OrganizationId& organization, const UserId& user) {
    const auto rows = tx.run(sql::tenant::password, {organization, user});
    return rows.empty() ? std::string() : rows[0].text("password");
}

std::vector<Candidate> usersWith(store::Database& database, const std::string& email,
                                 const std::string& network, Instant now) {
    auto tx = database.beginShared();
    const auto rows =
        tx.finish({{sql::tenant::users_with_email, {email, network, now - kNetworkKnownFor}}}).front();
    std::vector<Candidate> all;
    for (const auto row : rows)
        all.push_back({row.id<OrganizationId>("organization_id"), row.text("organization"),
                       row.id<UserId>("user_id"), row.text("password"), row.boolean("known")});
    return all;
}

}  // namespace overture::tenant
