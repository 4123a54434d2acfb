#include "tenant/sessions.hpp"

#include <sodium.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "queries/tenant.hpp"
#include "tenant/jwt.hpp"

namespace overture::tenant {
namespace {

using SessionKeyId = Id<struct SessionKeyTag>;

constexpr seconds kLength{24 * 3600};
constexpr seconds kKeySignsFor{30 * 86400};
constexpr seconds kRememberedFor{90 * 86400};  // for the networks that a person comes from
constexpr std::size_t kSigningKeyBytes = 32, kLongestProgram = 200;

struct SigningKey {
    SessionKeyId id;
    std::string key;
};

std::string opened(const Vault& vault, const store::Row& row, const SessionKeyId& id) {
    return fromBase64(vault.unseal(row.bytes("sealed"), id).at("key"));
}

SigningKey makeKey(store::Transaction& tx, const Vault& vault, const OrganizationId& organization,
                   Instant now) {
    SigningKey made{SessionKeyId(uuid7(now)), std::string(kSigningKeyBytes, '\0')};
    randombytes_buf(made.key.data(), made.key.size());
    tx.run(sql::tenant::insert_session_key,
           {organization, made.id, store::Param::bytes(vault.seal({{"key", toBase64(made.key)}}, made.id)),
            now});
    return made;
}

SigningKey newestKey(store::Transaction& tx, const Vault& vault, const OrganizationId& organization,
                     Instant now) {
    const auto rows = tx.run(sql::tenant::newest_session_key, {organization});
    if (!rows.empty() && now - rows[0].instant("created_at") < kKeySignsFor) {
        const auto id = rows[0].id<SessionKeyId>("key_id");
        return {id, opened(vault, rows[0], id)};
    }
    tx.queue(sql::tenant::forget_session_keys, {organization, now - kLength});
    return makeKey(tx, vault, organization, now);
}

std::int64_t secondsOf(Instant at) {
    return std::chrono::floor<seconds>(at).time_since_epoch().count();
}

template <typename T>
std::optional<T> idIn(const Json& object, const char* name) {
    return T::parse(textOf(object, name));
}

std::string shortened(const std::string& text) {
    return toValidUtf8(replaceAll(text, std::string(1, '\0'), " ").substr(0, kLongestProgram));
}

}  // namespace

Begun beginSession(store::Transaction& tx, const Vault& vault, const OrganizationId& organization,
                   const UserId& user, const std::string& network, const std::string& program, Instant now) {
    const auto key = newestKey(tx, vault, organization, now);
    Begun begun{{}, SessionId(uuid7(now)), now + kLength};
    tx.queue(sql::tenant::forget_sessions, {organization, user, now - kRememberedFor});
    tx.run(sql::tenant::insert_session,
           {organization, begun.id, user, now, begun.expiresAt, network, shortened(program)});
    begun.token = signedJwt({{"kid", key.id.text()}},
                            {{"org", organization.text()},
                             {"sub", user.text()},
                             {"jti", begun.id.text()},
                             {"iat", secondsOf(now)},
                             {"exp", secondsOf(begun.expiresAt)}},
                            key.key);
    return begun;
}

bool isSessionToken(const std::string& token) {
    return token.starts_with("ey");
}

std::optional<SessionOwner> sessionOf(store::Database& database, const Vault& vault,
                                      const std::string& token) {
    const auto jwt = readJwt(token);
    if (!jwt) return std::nullopt;
    const auto organization = idIn<OrganizationId>(jwt->claims, "org");
    const auto id = idIn<SessionId>(jwt->claims, "jti");
    const auto key = idIn<SessionKeyId>(jwt->header, "kid");
    if (!organization || !id || !key) return std::nullopt;
    const auto rows = database.run(*organization, sql::tenant::session, {*organization, *id, *key});
    if (rows.empty() || !isSigned(*jwt, opened(vault, rows[0], *key))) return std::nullopt;
    const auto row = rows[0];
    return SessionOwner{*organization,
                        {*id, userIn(row), row.instant("begun_at"), row.instant("expires_at"),
                         row.maybeInstant("revoked_at")}};
}

std::vector<ListedSession> sessions(store::Transaction& tx, const OrganizationId& organization,
                                    const UserId& user, Instant now) {
    std::vector<ListedSession> all;
    for (const auto row : tx.run(sql::tenant::sessions, {organization, user, now}))
        all.push_back({row.id<SessionId>("session_id"), row.instant("created_at"), row.instant("expires_at"),
                       row.text("network"), row.text("program")});
    return all;
}

bool revokeSession(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                   const SessionId& id, Instant now) {
    return tx.run(sql::tenant::revoke_sessions, {organization, user, id, nullptr, now}).affected() > 0;
}

void revokeSessions(store::Transaction& tx, const OrganizationId& organization, const UserId& user,
                    Instant now, std::optional<SessionId> but) {
    tx.run(sql::tenant::revoke_sessions, {organization, user, nullptr, but, now});
}

void rotateSessionKey(store::Transaction& tx, const Vault& vault, const OrganizationId& organization,
                      bool endAll, Instant now) {
    makeKey(tx, vault, organization, now);
    tx.run(sql::tenant::forget_session_keys, {organization, endAll ? now : now - kLength});
}

}  // namespace overture::tenant
