#include "store/migrations.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <thread>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "migrations/embedded.hpp"
#include "queries/store.hpp"

namespace overture::store {
namespace {

namespace sql = ::overture::sql::store;

int numberOf(const std::string& name) {
    int number = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (code != std::errc{} || *end != '_' || number < 1)
        throw Error("a migration's name starts with its number and an underscore",
                    "schema/migrations/" + name + ".sql", "Rename it like 0002_something.sql");
    return number;
}

struct Applied {
    std::string name, checksum;
};

std::map<int, Applied> readLedger(Transaction& tx) {
    std::map<int, Applied> ledger;
    if (!tx.run(sql::migration_has_ledger)[0].boolean("has")) return ledger;
    for (const auto row : tx.run(sql::migration_ledger))
        ledger[static_cast<int>(row.integer("number"))] = {row.text("name"), row.text("checksum")};
    return ledger;
}

void compare(std::vector<Migration>& migrations, std::map<int, Applied> ledger, const std::string& database) {
    for (auto& migration : migrations) {
        const auto found = ledger.find(migration.number);
        if (found == ledger.end()) continue;
        if (found->second.checksum != migration.checksum)
            throw Error("migration " + migration.name + " was changed after it was applied", database,
                        "Put the file back as it was and write a new migration instead");
        migration.applied = true;
        ledger.erase(found);
    }
    // Those after our last come from a newer program, which keeps the rule that this one goes on working beside it.
    const int last = migrations.empty() ? 0 : migrations.back().number;
    std::erase_if(ledger, [&](const auto& entry) { return entry.first > last; });
    if (!ledger.empty())
        throw Error("the database has migration " + ledger.begin()->second.name +
                        ", which this program does not know",
                    database, "Use a program of the line that migrated it");
}

constexpr int kTries = 20;
constexpr auto kFirstPause = milliseconds(100), kLongestPause = milliseconds(2000);
// Who waits for a lock holds up everybody behind it: better to step back and come again.
constexpr const char* kForLocks = "set local lock_timeout = '5s'";

/// True when this call applied it; false when another program did meanwhile.
bool applyOne(Database& database, const std::vector<Migration>& migrations, const Migration& migration) {
    auto tx = database.beginOwner();
    tx.run(sql::migration_lock);
    auto seen = migrations;
    compare(seen, readLedger(tx), database.name());
    const auto same = [&](const Migration& other) { return other.number == migration.number; };
    if (std::find_if(seen.begin(), seen.end(), same)->applied) return false;
    try {
        tx.script(kForLocks, "migrations");
        tx.run(sql::migration_make_ledger);
        tx.script(migration.sql, "schema/migrations/" + migration.name + ".sql");
    } catch (const DatabaseError& error) {
        if (error.failure() == Failure::unavailable) throw;
        throw DatabaseError(
            error.failure(), error.sqlState(), error.constraint(),
            {error.problem().what + "; nothing of this migration was kept", error.problem().where,
             error.sqlState() == "42501"
                 ? "Migrate as the database's owner with the right to create roles and extensions"
                 : "Correct the cause and migrate again"});
    }
    tx.run(sql::migration_record,
           {migration.number, migration.name, migration.checksum, SystemClock().now()});
    tx.commit();
    return true;
}

/// Engines go on working meanwhile: one that is in the way, or was before us, is let through, and it is tried again.
bool applyPatiently(Database& database, const std::vector<Migration>& migrations,
                    const Migration& migration) {
    auto pause = kFirstPause;
    for (int tries = 1;; ++tries) {
        try {
            return applyOne(database, migrations, migration);
        } catch (const DatabaseError& error) {
            if (error.failure() != Failure::conflict || tries == kTries) throw;
        }
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, kLongestPause);
    }
}

}  // namespace

std::vector<Migration> ownMigrations() {
    std::vector<Migration> migrations;
    for (const auto& file : kMigrations)
        migrations.push_back({numberOf(file.name), file.name, toHex(sha256(file.text)), file.text, false});
    for (std::size_t i = 1; i < migrations.size(); ++i)
        if (migrations[i].number == migrations[i - 1].number)
            throw Error("two migrations have the number " + std::to_string(migrations[i].number),
                        "schema/migrations", "Give one of them the next free number");
    return migrations;
}

std::vector<Migration> migrationStatus(Database& database, std::vector<Migration> migrations) {
    auto tx = database.beginOwner();
    compare(migrations, readLedger(tx), database.name());
    return migrations;
}

int migrate(Database& database, const std::vector<Migration>& migrations) {
    int applied = 0;
    for (const auto& migration : migrationStatus(database, migrations))
        if (!migration.applied && applyPatiently(database, migrations, migration)) ++applied;
    return applied;
}

std::vector<Migration> migrationStatus(Database& database) {
    return migrationStatus(database, ownMigrations());
}

int migrate(Database& database) {
    return migrate(database, ownMigrations());
}

}  // namespace overture::store
