#include <algorithm>
#include <iostream>

#include "agent/reach.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "tenant/warm_up.hpp"

namespace overture::cli {
namespace {

constexpr std::int64_t kMostPerMinute = 1'000'000;
const std::vector<std::string> kRated{"number", "account", "pair", "organization"};

std::string keyOf(const std::string& what) {
    return what + "_per_minute";
}

/// How many people a day one binding writes to first.
int setPeople(const Arguments& arguments, const std::string& given) {
    if (!arguments.has("binding")) throw UsageError{"say with --binding whose people a day these are"};
    const bool none = given == "none";
    const auto dotted = given.find_first_of(".x") == std::string::npos ? ".." + given : given;
    const auto warmUp = tenant::WarmUp::parse(dotted);
    if (!none && !warmUp)
        throw UsageError{
            "people a day are such as 250, or 50x1.5..2000 for a sender that is warmed up, not \"" + given +
            "\""};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto name = arguments.value("binding");
    auto tx = opened.database->begin(organization.id);
    const auto all = tenant::bindings(tx, organization.id);
    const auto binding =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    if (binding == all.end())
        throw Error("there is no binding \"" + name + "\"", organization.name,
                    "See them with overture binding list.");
    const auto now = toRfc3339(SystemClock{}.now());
    tenant::limitPeople(
        tx, organization.id, binding->id,
        none ? Json{{"warm_up", nullptr}, {"since", nullptr}} : Json{{"warm_up", dotted}, {"since", now}});
    tx.commit();
    std::cout << organization.name << ": " << name << " writes first to "
              << (none ? "as many people a day as its carrier allows"
                       : "at most " + grouped(warmUp->onDay(0).value_or(0)) + " people " +
                             (warmUp->firstDay > 0 ? "today, and more each day" : "a day"))
              << "\n";
    return 0;
}

int setRate(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "binding="}));
    if (arguments.positional().size() != 2) throw UsageError{"name what is limited, and how many a minute"};
    const auto &what = arguments.positional()[0], &given = arguments.positional()[1];
    if (what == "people") return setPeople(arguments, given);
    if (arguments.has("binding")) throw UsageError{"--binding goes with people"};
    if (std::find(kRated.begin(), kRated.end(), what) == kRated.end())
        throw UsageError{"a rate is for " + join(kRated, ", ") + " or people, not \"" + what + "\""};
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

void showPeople(const std::string& name, const Json& limits) {
    const auto now = SystemClock{}.now();
    const auto most = agent::peopleADay(limits, now);
    if (!most) return;
    std::cout << "  " << name << ": writes first to at most " << grouped(*most) << " people a day";
    if (limits.contains("carrier"))
        std::cout << " (its carrier allows " << grouped(limits["carrier"].get<std::int64_t>()) << ")";
    if (limits.contains("warm_up"))
        std::cout << " (" << textOf(limits, "warm_up") << " since " << textOf(limits, "since").substr(0, 10)
                  << ")";
    std::cout << "\n";
}

int listRates(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto settings = tenant::settingsOf(tx, organization.id);
        const auto rates = settings.value("rates", Json::object());
        const auto people = settings.value("people", Json::object());
        const auto bindings = tenant::bindings(tx, organization.id);
        tx.commit();
        if (arguments.has("json")) {
            std::cout << toText({{"organization", organization.name}, {"rates", rates}, {"people", people}})
                      << "\n";
            continue;
        }
        std::cout << organization.name << (rates.empty() && people.empty() ? ": no rates\n" : "\n");
        for (const auto& what : kRated)
            if (rates.contains(keyOf(what)))
                std::cout << "  " << what << ": at most " << grouped(rates[keyOf(what)].get<std::int64_t>())
                          << " messages a minute\n";
        for (const auto& binding : bindings)
            if (people.contains(binding.id.text())) showPeople(binding.name, people[binding.id.text()]);
    }
    return 0;
}

const std::string kSetHelp = std::string(
                                 R"(Usage: overture rate set WHAT N|none [--organization NAME] [OPTIONS]
       overture rate set people N|FIRST[xGROWTH][..MOST]|none --binding NAME [OPTIONS]

Limits how many messages go out a minute. One that must wait keeps its place in line and uses none of its tries. A change counts
within five seconds; each `overture serve` counts what it sends itself.

  WHAT                number (one of your addresses), account (a carrier binding), pair (one of your addresses and one person)
                      or organization
  N                   messages a minute, or none to take the limit away
  people              how many people one binding may write to first within any 24 hours; who was written to within them may be again,
                      and whoever writes to us is answered. What would be one more waits. 250 is a tier of a WhatsApp number (what the
                      carrier itself says of it counts as well); 50x1.5..2000 warms up an address that is new to mail: 50 on the
                      first day, each day so many times more, never above 2000
  --binding NAME      whose people
  --organization NAME name or id; may be left out when there is only one
)") + kDatabaseHelp + R"(
Example: overture rate set number 60)";

const std::string kListHelp = std::string(
                                  R"(Usage: overture rate list [--organization NAME] [--json] [OPTIONS]

Shows how many messages may go out a minute, and how many people a binding may write to first in a day.

  --json              one JSON object a line
)") + kDatabaseHelp + R"(
Example: overture rate list)";

const Registered setCommand{
    {"rate set", "limits how many messages go out a minute", kSetHelp.c_str(), setRate}};
const Registered listCommand{
    {"rate list", "shows how many messages may go out a minute", kListHelp.c_str(), listRates}};

}  // namespace
}  // namespace overture::cli
