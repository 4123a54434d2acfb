// overture gate own: what an organization narrows the rules to.
#include <iostream>

#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "compliance/records.hpp"

namespace overture::cli {
namespace {

compliance::OwnRules ownIn(const Arguments& arguments) {
    compliance::OwnRules own;
    if (arguments.has("window")) own.window = arguments.value("window");
    if (arguments.has("days")) own.days = arguments.value("days");
    if (arguments.has("attempts"))
        own.attemptsPerDay = static_cast<int>(arguments.number("attempts", 0, 0, 1000));
    return own;
}

std::string textOf(const compliance::OwnRules& own) {
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
    if (own.days) add("on " + *own.days);
    if (own.window) add("at " + *own.window);
    if (own.attemptsPerDay) add("at most " + std::to_string(*own.attemptsPerDay) + " a person in 24 hours");
    return text.empty() ? "no rules of its own" : "only " + text;
}

int own(const std::vector<std::string>& words) {
    const Arguments arguments(
        words, databaseOptions({"organization=", "window=", "days=", "attempts=", "none", "rules=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"gate own takes options only"};
    auto asked = ownIn(arguments);
    if (asked.any() && arguments.has("none")) throw UsageError{"--none goes with no other rule"};
    if (asked.any()) compliance::Gate(arguments.value("rules")).requireTighter(asked);
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    if (asked.any() || arguments.has("none"))
        compliance::saveOwnRules(tx, organization.id, asked);
    else
        asked = compliance::ownRules(tx, organization.id);
    tx.commit();
    if (arguments.has("json"))
        std::cout << toText(asked.toJson()) << "\n";
    else
        std::cout << organization.name << ": " << textOf(asked) << "\n";
    return 0;
}

const std::string kOwnHelp =
    std::string(
        R"(Usage: overture gate own [--window 10:00-17:00] [--days Mon-Fri] [--attempts N] [--organization NAME] [OPTIONS]
       overture gate own --none

What an organization narrows the rules to, for every message from then on: plans, turns and messages that wait are asked with it.
Looser than the rules is refused. Without a rule, shows those it has; with one, puts it in the place of all that it had.

  --window 10:00-17:00 hours on the person's clock in which they may be contacted at all
  --days Mon-Fri       days
  --attempts N         marketing attempts a person in any 24 hours
  --none               no rules of its own
  --rules DIR          rule packs that they must not be looser than, instead of the compiled-in ones
  --organization NAME  name or id; may be left out when there is only one
  --json               as one JSON object
)") +
    kDatabaseHelp + R"(
Example: overture gate own --window 10:00-17:00 --days Mon-Fri)";

const Registered gateOwn{{"gate own", "what an organization narrows the rules to", kOwnHelp.c_str(), own}};

}  // namespace
}  // namespace overture::cli
