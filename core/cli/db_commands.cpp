#include <iostream>

#include "cli/open_database.hpp"
#include "store/migrations.hpp"

namespace overture::cli {
namespace {

int migrate(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions());
    if (!arguments.positional().empty()) throw UsageError{"takes no words, only options"};
    const auto opened = openDatabase(arguments, Schema::whatever);
    const int applied = store::migrate(*opened.database);
    const auto count = std::to_string(applied) + (applied == 1 ? " migration" : " migrations");
    std::cout << opened.database->name() << ": "
              << (applied == 0 ? "nothing to do, all migrations are there" : "applied " + count) << "\n";
    return 0;
}

int status(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"json"}));
    if (!arguments.positional().empty()) throw UsageError{"takes no words, only options"};
    const auto opened = openDatabase(arguments, Schema::whatever, false);
    int missing = 0;
    Json list = Json::array();
    for (const auto& migration : store::migrationStatus(*opened.database)) {
        missing += migration.applied ? 0 : 1;
        list.push_back({{"migration", migration.name}, {"applied", migration.applied}});
    }
    if (arguments.has("json")) {
        std::cout << toText(
                         {{"database", opened.database->name()}, {"missing", missing}, {"migrations", list}})
                  << "\n";
        return missing == 0 ? 0 : 1;
    }
    std::cout << opened.database->name() << "\n";
    for (const auto& entry : list)
        std::cout << "  " << textOf(entry, "migration")
                  << (entry["applied"].get<bool>() ? "  applied" : "  MISSING") << "\n";
    if (missing > 0) std::cout << "Run `overture db migrate` to apply what is missing.\n";
    return missing == 0 ? 0 : 1;
}

const std::string kMigrateHelp = std::string(R"(Usage: overture db migrate [OPTIONS]

Brings the database's tables up to this program. Safe to run at any time and from several places at once; a
migration that fails is wholly undone.

)") + kDatabaseHelp + R"(
Example: overture db migrate --database postgresql://overture@db.example.com/overture)";

const std::string kStatusHelp = std::string(R"(Usage: overture db status [--json] [OPTIONS]

Lists this program's migrations and which of them the database has. Exit status 1 when some are missing.

)") + kDatabaseHelp + R"(
Example: overture db status --data /var/lib/overture)";

const Registered migrateCommand{
    {"db migrate", "brings the database's tables up to date", kMigrateHelp.c_str(), migrate}};
const Registered statusCommand{
    {"db status", "which migrations the database has", kStatusHelp.c_str(), status}};

}  // namespace
}  // namespace overture::cli
