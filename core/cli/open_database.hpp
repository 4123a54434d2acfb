// How every command that needs a database gets one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "store/cluster.hpp"
#include "store/database.hpp"

namespace overture::cli {

/// A command's options and those by which its database is found: "database=", "data=".
std::vector<std::string> databaseOptions(std::vector<std::string> more = {});
/// The lines of a command's help that tell of them.
extern const char* const kDatabaseHelp;

struct OpenedDatabase {
    std::unique_ptr<store::PrivateCluster>
        cluster;  ///< nothing when a URL was given; stops after the pool is closed
    std::unique_ptr<store::Database> database;
    std::string dataDirectory;  ///< for the key file and such, whether or not the cluster lies there
};

enum class Schema {
    current,   ///< migrated: the private cluster by this call, a database given by URL must be already
    whatever,  ///< taken as it is: for `overture db`
};

/// --database URL or OVERTURE_DATABASE_URL; otherwise the private cluster below --data DIR, OVERTURE_DATA or ./data: the
/// running engine's own when one is at work there, else started for this command and made when there is none
/// (`mayMake`). Throws Error with what to do: away, wrong password, not writable, in use, not migrated.
OpenedDatabase openDatabase(const Arguments& arguments, Schema schema = Schema::current, bool mayMake = true,
                            int sessions = 8);

}  // namespace overture::cli
