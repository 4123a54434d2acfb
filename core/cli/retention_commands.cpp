// overture retention set | list | apply: how long an organization keeps what of people.
#include <charconv>
#include <iostream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "compliance/retention.hpp"

namespace overture::cli {
namespace {

int daysOf(const std::string& text) {
    if (text == "none") return 0;
    int days = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), days);
    if (failed != std::errc() || end != text.data() + text.size() || days < 1 || days > 36500)
        throw UsageError{"a number of days is such as 90, or none; not \"" + text + "\""};
    return days;
}

int set(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (arguments.positional().size() != 2) throw UsageError{"name what is kept, and for how many days"};
    const auto& kind = arguments.positional()[0];
    const auto days = daysOf(arguments.positional()[1]);
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    compliance::setRetention(tx, organization.id, kind, days, SystemClock{}.now());
    tx.commit();
    std::cout << organization.name << ": " << kind
              << (days == 0 ? " are kept\n" : " are kept for " + std::to_string(days) + " days\n");
    return 0;
}

int list(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto rules = compliance::retention(tx, organization.id);
        tx.commit();
        if (!arguments.has("json")) std::cout << organization.name << "\n";
        for (const auto& kind : compliance::kRetentionKinds) {
            const auto rule = rules.find(kind);
            const bool kept = rule == rules.end();
            if (arguments.has("json"))
                std::cout << toText({{"organization", organization.name},
                                     {"kind", kind},
                                     {"days", kept ? Json(nullptr) : Json(rule->second)}})
                          << "\n";
            else
                std::cout << "  " << kind << ": "
                          << (kept ? "kept" : "for " + std::to_string(rule->second) + " days") << "\n";
        }
    }
    return 0;
}

int apply(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        const auto cleared =
            compliance::applyRetention(*opened.database, organization.id, SystemClock{}.now());
        if (arguments.has("json")) {
            std::cout << toText({{"organization", organization.name}, {"cleared", cleared}}) << "\n";
            continue;
        }
        std::vector<std::string> parts;
        for (const auto& [kind, count] : cleared) parts.push_back(kind + " " + std::to_string(count));
        std::cout << organization.name << ": "
                  << (parts.empty() ? "everything is kept" : "cleared away: " + join(parts, ", ")) << "\n";
    }
    return 0;
}

const std::string kSetHelp = std::string(
                                 R"(Usage: overture retention set KIND DAYS [--organization NAME] [OPTIONS]

Says how many days an organization keeps what of people; without a rule it is kept. `overture retention apply` clears away.

  KIND                webhooks: the bytes of calls that came in
                      journal: what turns were opened with, decided and asked models for; that they were, and what they cost, stays
                      messages: what was said in closed conversations, and the recordings of their calls; that, when and by whom stays
                      recordings: the recordings of all calls
                      people: everything about people whose conversations are all closed and who have no meeting to come
  DAYS                such as 90; none takes the rule away
  --organization NAME name or id; may be left out when there is only one

Suppressions, permits and registries are kept.
)") + kDatabaseHelp + R"(
Example: overture retention set messages 365)";

const std::string kListHelp = std::string(
                                  R"(Usage: overture retention list [--organization NAME] [--json] [OPTIONS]

Shows how many days each organization keeps what.
)") + kDatabaseHelp + R"(
Example: overture retention list --json)";

const std::string kApplyHelp = std::string(
                                   R"(Usage: overture retention apply [--organization NAME] [--json] [OPTIONS]

Clears away what is older than its days, a set at a time, while the engine goes on. To be run daily. Ends with status 1, and
leaves the rest for the next time, when a turn of somebody who is to be erased is under way.
)") + kDatabaseHelp + R"(
Example: overture retention apply)";

const Registered setCommand{{"retention set", "how long an organization keeps what", kSetHelp.c_str(), set}};
const Registered listCommand{{"retention list", "shows how long what is kept", kListHelp.c_str(), list}};
const Registered applyCommand{
    {"retention apply", "clears away what is older than that", kApplyHelp.c_str(), apply}};

}  // namespace
}  // namespace overture::cli
