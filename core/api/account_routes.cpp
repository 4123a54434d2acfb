#include <algorithm>

#include "api/shared.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

Json keySchema() {
    return object({{"id", uuid()},
                   {"name", type("string")},
                   {"role", {{"type", "string"}, {"enum", {"agent", "manager", "admin"}}}},
                   {"scopes", {{"type", "array"}, {"items", type("string")}}},
                   {"created_at", time()},
                   {"expires_at", maybeTime()},
                   {"revoked_at", maybeTime()}});
}

Json jsonOf(const tenant::Key& key) {
    return {{"id", key.id.text()},
            {"name", key.name},
            {"role", nameOf(key.role)},
            {"scopes", key.scopes},
            {"created_at", toRfc3339(key.createdAt)},
            {"expires_at", timeOrNull(key.expiresAt)},
            {"revoked_at", timeOrNull(key.revokedAt)}};
}

Answer listKeys(Call& call) {
    Json items = Json::array();
    for (const auto& key : tenant::keys(call.tx, call.organization)) items.push_back(jsonOf(key));
    return {{{"items", items}, {"next", nullptr}}};
}

/// Whether what `scope` lets in is let in by one of `own` too.
bool isWithin(const std::string& scope, const std::vector<std::string>& own) {
    const auto colon = scope.find(':');
    return std::any_of(own.begin(), own.end(), [&](const std::string& one) {
        const auto end = one.find(':');
        const bool area = one.compare(0, end, "*") == 0 || one.substr(0, end) == scope.substr(0, colon);
        return area && (one.substr(end) == ":write" || one.substr(end) == scope.substr(colon));
    });
}

/// A key with scopes gives on what it has, and no more.
void mustHave(const Caller& caller, const std::vector<std::string>& scopes) {
    const auto& own = caller.scopes;
    if (own.empty()) return;
    if (scopes.empty() ||
        !std::all_of(scopes.begin(), scopes.end(), [&](const auto& scope) { return isWithin(scope, own); }))
        throw Refusal{403, "scope",
                      "A key gives another one at most its own scopes; yours has " + join(own, ", ") + ".",
                      "scopes"};
}

Answer createKey(Call& call) {
    const auto name = call.body["name"].get<std::string>();
    std::optional<Instant> expires;
    if (call.body.contains("expires_at")) {
        expires = parseRfc3339(call.body["expires_at"].get<std::string>());
        if (!expires || *expires <= call.now)
            throw Refusal{400, "invalid", "expires_at must be a time to come, like 2027-01-31T00:00:00Z.",
                          "expires_at"};
    }
    const auto role = *tenant::roleNamed(call.body["role"].get<std::string>());
    const auto scopes = call.body["scopes"].get<std::vector<std::string>>();
    if (const auto fault = faultOfScopes(scopes)) throw Refusal{400, "invalid", *fault, "scopes"};
    mustHave(call.caller, scopes);
    const auto token = tenant::createKey(call.tx, call.organization, name, role, expires, call.now, scopes);
    if (!token)
        throw Refusal{409, "exists", "There is a key of this name; revoke it first, or take another.",
                      "name"};
    Answer made{{{"token", *token}}};
    made.secret = true;
    made.audited = {{"name", name}, {"role", nameOf(role)}, {"scopes", scopes}};
    return made;
}

Answer revokeKey(Call& call) {
    const auto id = call.id<tenant::KeyId>("key");
    if (!tenant::revokeKey(call.tx, call.organization, id, call.now)) notFound("key that still holds");
    return {{{"id", id.text()}}};
}

Answer audit(Call& call) {
    Json items = Json::array();
    for (const auto row : call.tx.run(sql::api::audit, {call.organization, below(call), rowsWanted(call)}))
        items.push_back({{"id", row.text("audit_id")},
                         {"at", toRfc3339(row.instant("at"))},
                         {"actor",
                          {{"kind", row.text("actor_kind")},
                           {"id", textOrNull(row, "actor_id")},
                           {"name", row.text("actor")}}},
                         {"act", row.text("act")},
                         {"target", row.text("target")},
                         {"details", row.json("details")}});
    return page(call, std::move(items));
}

}  // namespace

std::vector<Route> accountRoutes() {
    const auto line =
        object({{"id", uuid()},
                {"at", time()},
                {"actor", object({{"kind", {{"type", "string"}, {"enum", {"key", "user", "operator"}}}},
                                  {"id", maybe("string")},
                                  {"name", type("string", "as it was then")}})},
                {"act", type("string", "the operation")},
                {"target", type("string", "the path that was called")},
                {"details", type("object")}});
    const Json newKey{
        {"type", "object"},
        {"required", {"name", "role"}},
        {"properties",
         {{"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 100}}},
          {"role", {{"type", "string"}, {"enum", {"agent", "manager", "admin"}}}},
          {"scopes",
           {{"type", "array"},
            {"items", {{"type", "string"}}},
            {"maxItems", 50},
            {"default", Json::array()},
            {"description",
             "what it may do of what its role may, like leads:read, conversations:write, *:read; "
             "write is more than read; none: all of it"}}},
          {"expires_at", {{"type", "string"}, {"description", "RFC 3339; without it, never"}}}}},
        {"additionalProperties", false}};
    return {
        {"GET",
         "/v1/keys",
         "listKeys",
         "Every key, without its token.",
         Role::admin,
         {},
         {},
         listSchema(keySchema()),
         listKeys},
        {"POST",
         "/v1/keys",
         "createKey",
         "A new key. Its token is shown this once.",
         Role::admin,
         {},
         newKey,
         object({{"token", type("string", "send it as `Authorization: Bearer TOKEN`")}}),
         createKey},
        {"POST",
         "/v1/keys/{key}/revoke",
         "revokeKey",
         "From now on nobody gets in with this key.",
         Role::admin,
         {},
         {},
         object({{"id", uuid()}}),
         revokeKey},
        {"GET",
         "/v1/audit",
         "listAudit",
         "Who did what, the newest first.",
         Role::admin,
         listQuery(),
         {},
         listSchema(line),
         audit},
    };
}

}  // namespace overture::api
