#include <iostream>

#include "api/route.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "tenant/keys.hpp"

namespace overture::cli {
namespace {

int create(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "role=", "scopes=", "expires="}));
    if (arguments.positional().size() != 1) throw UsageError{"name the key: who or what will use it"};
    const auto given = arguments.value("role", "agent");
    const auto role = tenant::roleNamed(given);
    if (!role) throw UsageError{"--role takes agent, manager or admin, not \"" + given + "\""};
    const auto now = SystemClock{}.now();
    std::optional<Instant> expires;
    if (arguments.has("expires")) {
        const auto length = parseDuration(arguments.value("expires"));
        if (!length || *length <= seconds(0))
            throw UsageError{"--expires " + arguments.value("expires") + " is no duration; 90d or 12h are"};
        expires = now + *length;
    }
    const auto scopes =
        arguments.has("scopes") ? split(arguments.value("scopes"), ',') : std::vector<std::string>();
    if (const auto fault = api::faultOfScopes(scopes)) throw UsageError{"--scopes: " + *fault};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    const auto& name = arguments.positional()[0];
    const auto token = tenant::createKey(tx, organization.id, name, *role, expires, now, scopes);
    if (!token)
        throw Error("there is a key of this name", "key \"" + name + "\"",
                    "Revoke it first (overture key revoke), or take another name.");
    tx.commit();
    std::cerr << "Key \"" << name << "\" of " << organization.name << ", role " << nameOf(*role)
              << (expires ? ", until " + toRfc3339(*expires) : "") << ". It is shown this once:\n";
    std::cout << *token << "\n";
    return 0;
}

std::string stateOf(const tenant::Key& key, Instant now) {
    if (key.revokedAt) return "revoked " + toRfc3339(*key.revokedAt);
    if (!key.expiresAt) return "holds";
    return (key.holdsAt(now) ? "until " : "expired ") + toRfc3339(*key.expiresAt);
}

int list(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    const auto all = tenant::keys(tx, organization);
    tx.commit();
    const auto now = SystemClock{}.now();
    for (const auto& key : all)
        if (arguments.has("json"))
            std::cout << toText({{"id", key.id.text()},
                                 {"name", key.name},
                                 {"role", nameOf(key.role)},
                                 {"scopes", key.scopes},
                                 {"created_at", toRfc3339(key.createdAt)},
                                 {"state", stateOf(key, now)}})
                      << "\n";
        else
            std::cout << key.id.text() << "  " << key.name << ", " << nameOf(key.role)
                      << (key.scopes.empty() ? "" : " (" + join(key.scopes, " ") + ")") << ", "
                      << stateOf(key, now) << "\n";
    if (all.empty() && !arguments.has("json")) std::cout << "there are no keys yet\n";
    return 0;
}

int revoke(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (arguments.positional().size() != 1) throw UsageError{"name one key by its id or its name"};
    const auto& which = arguments.positional()[0];
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    for (const auto& key : tenant::keys(tx, organization)) {
        if (key.revokedAt || (key.name != which && key.id.text() != which)) continue;
        tenant::revokeKey(tx, organization, key.id, SystemClock{}.now());
        tx.commit();
        std::cout << "Key \"" << key.name << "\" no longer lets anybody in.\n";
        return 0;
    }
    throw Error("there is no such key that still holds", "key \"" + which + "\"",
                "`overture key list` shows them all.");
}

const std::string kOptions =
    std::string("  --organization NAME name or id; may be left out when there is only one\n") + kDatabaseHelp;

const std::string kCreateHelp =
    R"(Usage: overture key create NAME [--role agent|manager|admin] [--scopes LIST] [--expires DURATION]
                           [--organization NAME] [OPTIONS]

Makes a key for the API of `overture serve` and prints its token on standard output, this once: only its hash is kept. NAME
says who or what uses it, and stands in the audit of what was done with it. Callers send it as `Authorization: Bearer TOKEN`.

  --role ROLE         agent (the default) reads and takes conversations, manager also runs campaigns, admin also makes keys
  --scopes LIST       what it may do of what its role may: leads:read,conversations:write or *:read; without it all of that
  --expires DURATION  90d, 12h; without it the key holds until it is revoked
)" + kOptions +
    R"(
Example: overture key create crm --role manager --expires 90d)";

const std::string kListHelp = R"(Usage: overture key list [--organization NAME] [--json] [OPTIONS]

Every key of the API, the oldest first, and whether it holds.

  --json              one JSON object a line
)" + kOptions + R"(
Example: overture key list)";

const std::string kRevokeHelp = R"(Usage: overture key revoke KEY [--organization NAME] [OPTIONS]

From now on nobody gets in with this key. KEY is its name or its id.

)" + kOptions + R"(
Example: overture key revoke crm)";

const Registered createCommand{{"key create", "a key for the API", kCreateHelp.c_str(), create}};
const Registered listCommand{{"key list", "the keys of the API", kListHelp.c_str(), list}};
const Registered revokeCommand{
    {"key revoke", "a key no longer lets anybody in", kRevokeHelp.c_str(), revoke}};

}  // namespace
}  // namespace overture::cli
