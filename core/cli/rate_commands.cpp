#include <algorithm>
#include <iostream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"

namespace overture::cli {
namespace {

constexpr std::int64_t kMostPerMinute = 1'000'000;
const std::vector<std::string> kRated{"number", "account", "pair", "organization"};

std::string keyOf(const std::string& what) {
    return what + "_per_minute";
}

int setRate(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (arguments.positional().size() != 2) throw UsageError{"name what is limited, and how many a minute"};
    const auto &what = arguments.positional()[0], &given = arguments.positional()[1];
    if (std::find(kRated.begin(), kRated.end(), what) == kRated.end())
        throw UsageError{"a rate is for " + join(kRated, ", ") + ", not \"" + what + "\""};
    const bool none = given == "none";
    const auto most = none ? 0 : wholeNumber(given, "a rate (or none)", 1, kMostPerMinute);
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    auto rates = tenant::settingsOf(tx, organization.id).value("rates", Json::object());
    if (none)
        rates.erase(keyOf(what));
    else
        rates[keyOf(what)] = most;
    tenant::saveSettings(tx, organization.id, {{"rates", rates}});
    tx.commit();
    std::cout << organization.name << ": " << what << " "
              << (none ? "has no limit" : "at most " + grouped(most) + " messages a minute") << "\n";
    return 0;
}

int listRates(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto rates = tenant::settingsOf(tx, organization.id).value("rates", Json::object());
        tx.commit();
        if (arguments.has("json")) {
            std::cout << toText({{"organization", organization.name}, {"rates", rates}}) << "\n";
            continue;
        }
        std::cout << organization.name << (rates.empty() ? ": no rates\n" : "\n");
        for (const auto& what : kRated)
            if (rates.contains(keyOf(what)))
                std::cout << "  " << what << ": at most " << grouped(rates[keyOf(what)].get<std::int64_t>())
                          << " messages a minute\n";
    }
    return 0;
}

const std::string kSetHelp = std::string(
                                 R"(Usage: overture rate set WHAT N|none [--organization NAME] [OPTIONS]

Limits how many messages go out a minute. One that must wait keeps its place in line and uses none of its tries. A change counts
within five seconds; each `overture serve` counts what it sends itself.

  WHAT                number (one of your addresses), account (a carrier binding), pair (one of your addresses and one person)
                      or organization
  N                   messages a minute, or none to take the limit away
  --organization NAME name or id; may be left out when there is only one
)") + kDatabaseHelp + R"(
Example: overture rate set number 60)";

const std::string kListHelp = std::string(
                                  R"(Usage: overture rate list [--organization NAME] [--json] [OPTIONS]

Shows how many messages may go out a minute.

  --json              one JSON object a line
)") + kDatabaseHelp + R"(
Example: overture rate list)";

const Registered setCommand{
    {"rate set", "limits how many messages go out a minute", kSetHelp.c_str(), setRate}};
const Registered listCommand{
    {"rate list", "shows how many messages may go out a minute", kListHelp.c_str(), listRates}};

}  // namespace
}  // namespace overture::cli
