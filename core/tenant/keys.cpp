#include "tenant/keys.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/digest.hpp"
#include "queries/tenant.hpp"

namespace overture::tenant {
namespace {

constexpr std::string_view kPrefix = "ovt_";
constexpr std::size_t kRandomBytes = 32;

bool looksLikeToken(const std::string& token) {
    return token.size() == kPrefix.size() + 2 * kRandomBytes && token.starts_with(kPrefix) &&
           std::all_of(token.begin() + kPrefix.size(), token.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Key keyIn(const store::Row& row) {
    return {row.id<KeyId>("key_id"),
            row.text("name"),
            *roleNamed(row.text("role")),
            row.instant("created_at"),
            row.maybeInstant("expires_at"),
            row.maybeInstant("revoked_at"),
            row.array("scopes")};
}

}  // namespace

std::string nameOf(Role role) {
    return role == Role::admin ? "admin" : role == Role::manager ? "manager" : "agent";
}

std::optional<Role> roleNamed(const std::string& name) {
    for (const auto role : {Role::agent, Role::manager, Role::admin})
        if (nameOf(role) == name) return role;
    return std::nullopt;
}

std::optional<std::string> createKey(store::Transaction& tx, const OrganizationId& organization,
                                     const std::string& name, Role role, std::optional<Instant> expiresAt,
                                     Instant now, const std::vector<std::string>& scopes) {
    std::string random(kRandomBytes, '\0');
    randombytes_buf(random.data(), random.size());
    auto token = std::string(kPrefix) + toHex(random);
    const auto made =
        tx.run(sql::tenant::insert_key, {organization, KeyId(uuid7(now)), toHex(sha256(token)), name,
                                         nameOf(role), now, expiresAt, store::Param::array(scopes)});
    if (made.affected() == 0) return std::nullopt;
    return token;
}

std::optional<KeyOwner> keyOf(store::Database& database, const std::string& token) {
    if (!looksLikeToken(token)) return std::nullopt;
    auto tx = database.beginShared();
    const auto rows = tx.finish({{sql::tenant::key_with, {toHex(sha256(token))}}}).front();
    if (rows.empty()) return std::nullopt;
    return KeyOwner{rows[0].id<OrganizationId>("organization_id"), keyIn(rows[0])};
}

std::vector<Key> keys(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<Key> all;
    for (const auto row : tx.run(sql::tenant::keys, {organization})) all.push_back(keyIn(row));
    return all;
}

bool revokeKey(store::Transaction& tx, const OrganizationId& organization, const KeyId& id, Instant now) {
    return tx.run(sql::tenant::revoke_key, {organization, id, now}).affected() > 0;
}

}  // namespace overture::tenant
