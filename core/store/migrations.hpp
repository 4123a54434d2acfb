#pragma once

#include <string>
#include <vector>

#include "store/database.hpp"

namespace overture::store {

struct Migration {
    int number = 0;
    std::string name;
    std::string checksum;  ///< SHA-256 of the file, hex
    std::string sql;
    bool applied = false;
};

/// The ordered files compiled in from schema/migrations, with what the database says of each. Throws Error when an
/// applied one has another checksum now, or the database knows one before our last that this program does not. Later ones are
/// a newer program's, which works beside this one.
std::vector<Migration> migrationStatus(Database& database);

/// Applies what is missing, each in its own transaction, under an advisory lock so that two programs can start at
/// once. Engines may be at work meanwhile: a migration that would wait long for them, or be in a deadlock with them, is undone and
/// tried again for a while. Returns how many were applied. A failure names the migration and leaves it wholly undone.
int migrate(Database& database);

/// The compiled-in files alone, in order, none marked applied.
std::vector<Migration> ownMigrations();
/// The same two with another list: what tests use.
std::vector<Migration> migrationStatus(Database& database, std::vector<Migration> migrations);
int migrate(Database& database, const std::vector<Migration>& migrations);

}  // namespace overture::store
