#include <iostream>
#include <thread>

#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "tenant/audit.hpp"
#include "tenant/sealing.hpp"
#include "tenant/tenants.hpp"

namespace overture::cli {
namespace {

/// The setting first: what is written from the moment on when every engine has noticed needs no second look.
int setSealing(const std::vector<std::string>& words, bool sealed) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (!arguments.positional().empty()) throw UsageError{"name the organization with --organization"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    auto& database = *opened.database;
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    const auto organization = organizationIn(database, arguments.value("organization"));
    auto tx = database.begin(organization.id);
    tenant::saveSettings(tx, organization.id, {{"sealed", sealed}});
    tenant::audit(tx, organization.id, {"operator", "operator"}, sealed ? "seal" : "unseal",
                  "organization " + organization.id.text(), Json::object(), SystemClock().now());
    tx.commit();
    std::cerr << organization.name << ": engines notice within " << tenant::Sealing::kNoticed.count()
              << " seconds; then what is there is " << (sealed ? "sealed" : "opened") << " …\n";
    std::this_thread::sleep_for(tenant::Sealing::kNoticed + seconds(1));
    const auto done = tenant::sealRows(database, vault, organization.id, sealed);
    std::cout << organization.name << ": " << done.changed << " rows " << (sealed ? "sealed" : "opened")
              << ".\n";
    if (!done.shut.empty())
        throw Error(
            "none of the keys opens " + std::to_string(done.shut.size()) + " rows, the first " + done.shut[0],
            "organization " + organization.name,
            "Put back the key they were sealed with, behind the others.");
    return 0;
}

int sealOn(const std::vector<std::string>& words) {
    return setSealing(words, true);
}
int sealOff(const std::vector<std::string>& words) {
    return setSealing(words, false);
}

const std::string kOnHelp = std::string(R"(Usage: overture sealing on [--organization NAME|ID] [OPTIONS]

From now on what the organization's people are called, what they said and what is known of them is sealed in the database with the installation's
key, and what is there already is sealed by this command. Whoever may see it through the API, the command line and the agent sees it
as before; the database's tables and its backups do not show it. Phone numbers, emails and external ids stay as they are: they are what
people are found by. Names are not searched for any more. docs/operations.md says what exactly is sealed.

  --organization NAME|ID  which one, where there are several
)") + kDatabaseHelp + R"(
Example: overture sealing on --organization Brightroof)";

const std::string kOffHelp = std::string(R"(Usage: overture sealing off [--organization NAME|ID] [OPTIONS]

Opens what is sealed of the organization, and seals nothing more.

  --organization NAME|ID  which one, where there are several
)") + kDatabaseHelp + R"(
Example: overture sealing off --organization Brightroof)";

const Registered registeredOn{
    {"sealing on", "seal what an organization's people said, at rest", kOnHelp.c_str(), sealOn}};
const Registered registeredOff{
    {"sealing off", "open what is sealed of an organization's people", kOffHelp.c_str(), sealOff}};

}  // namespace
}  // namespace overture::cli
