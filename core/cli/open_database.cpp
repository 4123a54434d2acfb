#include "cli/open_database.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "store/migrations.hpp"
#include "tenant/sealing.hpp"

namespace overture::cli {
namespace {

std::string setting(const Arguments& arguments, const char* option, const char* variable,
                    const char* otherwise) {
    const char* const environment = std::getenv(variable);
    return arguments.value(option, environment != nullptr && *environment != '\0' ? environment : otherwise);
}

std::unique_ptr<store::PrivateCluster> openCluster(const std::string& data, bool mayMake) {
    const auto directory = data + "/postgres";
    if (!mayMake && !std::filesystem::exists(directory + "/cluster"))
        throw Error("there is no database here yet", data,
                    "Make one with `overture db migrate`, or name it with --database URL");
    if (auto running = store::PrivateCluster::join(directory)) return running;
    return store::PrivateCluster::start(directory);
}

void requireMigrated(store::Database& database) {
    const auto all = store::migrationStatus(database);
    const auto missing = std::count_if(all.begin(), all.end(), [](const auto& one) { return !one.applied; });
    if (missing > 0)
        throw Error(std::to_string(missing) + " of " + std::to_string(all.size()) + " migrations are missing",
                    database.name(), "Run `overture db migrate` with the same --database");
}

}  // namespace

std::vector<std::string> databaseOptions(std::vector<std::string> more) {
    more.insert(more.end(), {"database=", "data="});
    return more;
}

const char* const kDatabaseHelp =
    "  --database URL   postgresql://user:password@host:5432/name (or OVERTURE_DATABASE_URL)\n"
    "  --data DIR       without a URL: where overture keeps a PostgreSQL of its own (or OVERTURE_DATA; "
    "default ./data)\n";

OpenedDatabase openDatabase(const Arguments& arguments, Schema schema, bool mayMake, int sessions) {
    OpenedDatabase opened;
    opened.dataDirectory = setting(arguments, "data", "OVERTURE_DATA", "./data");
    auto url = setting(arguments, "database", "OVERTURE_DATABASE_URL", "");
    const bool own = url.empty();
    if (own) {
        opened.cluster = openCluster(opened.dataDirectory, mayMake);
        url = opened.cluster->url();
    }
    opened.database =
        std::make_unique<store::Database>(store::DatabaseOptions{.url = url, .sessions = sessions});
    opened.database->keepBy(std::make_shared<tenant::Sealing>(
        *opened.database, [directory = opened.dataDirectory] { return tenant::Vault::open(directory); }));
    if (schema == Schema::current && own) store::migrate(*opened.database);
    if (schema == Schema::current && !own) requireMigrated(*opened.database);
    return opened;
}

}  // namespace overture::cli
