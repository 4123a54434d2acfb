// overture registry list | check | remove: an organization's copies of do-not-call lists, and what they say of a number.
#include <algorithm>
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/batch.hpp"
#include "cli/command.hpp"
#include "cli/evidence_options.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "compliance/records.hpp"
#include "compliance/registries.hpp"
#include "compliance/rules.hpp"

namespace overture::cli {
namespace {

using compliance::Rule;

/// The most days that a copy may be old: the stricter of the rule's and the organization's own; nothing when there is no limit.
std::optional<int> mostDays(const Rule* rule, std::optional<int> own) {
    if (rule == nullptr) return own;
    return own ? std::min(*own, rule->maxAgeDays) : rule->maxAgeDays;
}

Json jsonOf(const std::string& organization, const compliance::Registry& registry,
            const compliance::RulePacks& packs, Instant now) {
    const auto* rule = packs.registry(registry.name).first;
    const auto age = std::chrono::floor<days>(now - registry.asOf).count();
    const auto most = mostDays(rule, registry.maxAgeDays);
    return {{"organization", organization},
            {"name", registry.name},
            {"country", registry.country.empty() ? Json(nullptr) : Json(registry.country)},
            {"entries", registry.entries},
            {"as_of", toRfc3339(registry.asOf)},
            {"imported_at", toRfc3339(registry.importedAt)},
            {"age_days", age},
            {"max_age_days", most ? Json(*most) : Json(nullptr)},
            {"stale", age < 0 || (most && age > *most)},
            {"rule", rule == nullptr ? "house.registry" : rule->id},
            {"rule_source", rule == nullptr ? "the organization's own register" : rule->source},
            {"source", registry.source}};
}

Json jsonOf(const std::string& organization, const compliance::RegistrySource& source,
            const compliance::RulePacks& packs) {
    const auto* rule = packs.registry(source.name).first;
    const auto most = mostDays(rule, source.maxAgeDays);
    return {{"organization", organization},
            {"name", source.name},
            {"country", source.country.empty() ? Json(nullptr) : Json(source.country)},
            {"asked", true},
            {"binding", source.binding.text()},
            {"max_age_days", most ? Json(*most) : Json(nullptr)},
            {"rule", rule == nullptr ? "house.registry" : rule->id}};
}

std::string askedLineOf(const Json& one) {
    return "  " + textOf(one, "name") + ": a plugin answers, number by number" +
           (one["country"].is_null() ? "" : " of " + textOf(one, "country")) +
           (one["max_age_days"].is_null()
                ? ""
                : "; an answer is good for " + std::to_string(one["max_age_days"].get<int>()) + " days by " +
                      textOf(one, "rule")) +
           "\n";
}

std::string lineOf(const Json& one) {
    return "  " + textOf(one, "name") + ": " + std::to_string(one["entries"].get<std::int64_t>()) +
           " numbers" + (one["country"].is_null() ? "" : " of " + textOf(one, "country")) + ", of " +
           textOf(one, "as_of").substr(0, 10) + " (" + std::to_string(one["age_days"].get<std::int64_t>()) +
           " days old" +
           (one["max_age_days"].is_null() ? ""
                                          : "; at most " + std::to_string(one["max_age_days"].get<int>()) +
                                                " by " + textOf(one, "rule")) +
           ")" + (one["stale"].get<bool>() ? " STALE: contacts that need it are refused" : "") + "\n";
}

int list(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "rules=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto packs = compliance::RulePacks::load(arguments.value("rules"));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto now = SystemClock{}.now();
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto all = compliance::registries(tx, organization.id);
        const auto asked = compliance::registrySources(tx, organization.id);
        tx.commit();
        if (!arguments.has("json"))
            std::cout << organization.name << (all.empty() && asked.empty() ? ": no registries\n" : "\n");
        for (const auto& registry : all) {
            const auto one = jsonOf(organization.name, registry, *packs, now);
            std::cout << (arguments.has("json") ? toText(one) + "\n" : lineOf(one));
        }
        for (const auto& source : asked) {
            const auto one = jsonOf(organization.name, source, *packs);
            std::cout << (arguments.has("json") ? toText(one) + "\n" : askedLineOf(one));
        }
    }
    return 0;
}

/// Asks as the engine does: the same statement fills the gate's request.
Json answerCheck(store::Transaction& tx, const tenant::Organization& organization,
                 const compliance::RulePacks& packs, const Json& question, Instant now) {
    neededText(question, "phone");
    compliance::ContactRequest request;
    request.channel = "voice";
    request.address = evidenceOf(question).phone;
    request.at = now;
    if (!compliance::checkPhone(request.address).valid && !request.address.starts_with("+"))
        throw Error("\"" + request.address + "\" is no number with a country code", "phone",
                    "Write it as +1 202 555 0100, or give \"country\".");
    const compliance::RecordsOfContacts records(organization.id, {&request});
    const auto statement = records.statement();
    records.fill(tx.run(statement.query, statement.params));
    Json answer = {{"phone", request.address}, {"listed", false}, {"registries", Json::array()}};
    for (const auto& state : request.registries) {
        const auto* rule = packs.registry(state.name).first;
        const auto most = mostDays(rule, state.maxAgeDays);
        answer["listed"] = answer["listed"].get<bool>() || state.listed;
        answer["registries"].push_back(
            {{"name", state.name},
             {"country", state.country.empty() ? Json(nullptr) : Json(state.country)},
             {"date", state.date},
             {"age_days", state.ageDays ? Json(*state.ageDays) : Json(nullptr)},
             {"stale", !state.ageDays || *state.ageDays < 0 || (most && *state.ageDays > *most)},
             {"listed", state.listed},
             {"asked", state.asked},
             {"rule", rule == nullptr ? "house.registry" : rule->id}});
    }
    return answer;
}

void print(const Json& answer) {
    std::cout << textOf(answer, "phone")
              << (answer["registries"].empty() ? ": there are no registries here\n" : "\n");
    for (const auto& one : answer["registries"])
        std::cout << "  "
                  << (one["age_days"].is_null()   ? "no answer of  "
                      : one["listed"].get<bool>() ? "listed in     "
                                                  : "not listed in ")
                  << textOf(one, "name")
                  << (one["age_days"].is_null() ? " yet" : " of " + textOf(one, "date"))
                  << (one["stale"].get<bool>() && !one["age_days"].is_null() ? " (STALE)" : "")
                  << ", asked by " << textOf(one, "rule") << "\n";
}

int check(const std::vector<std::string>& words) {
    const Arguments arguments(words,
                              databaseOptions({"organization=", "country=", "rules=", "batch=", "json"}));
    if (arguments.has("batch") != arguments.positional().empty())
        throw UsageError{"name numbers, or give them by --batch"};
    const auto packs = compliance::RulePacks::load(arguments.value("rules"));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto now = SystemClock{}.now();
    const auto answer = [&](const Json& question) {
        auto tx = opened.database->begin(organization.id);
        auto answered = answerCheck(tx, organization, *packs, question, now);
        tx.commit();
        return answered;
    };
    if (arguments.has("batch")) return runBatch(arguments.value("batch"), answer);
    for (const auto& phone : arguments.positional()) {
        const auto answered = answer({{"phone", phone}, {"country", arguments.value("country")}});
        if (arguments.has("json"))
            std::cout << toText(answered) << "\n";
        else
            print(answered);
    }
    return 0;
}

int remove(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (arguments.positional().size() != 1) throw UsageError{"name one registry"};
    const auto& name = arguments.positional()[0];
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    const bool copy = compliance::removeRegistry(tx, organization.id, name);
    if (!compliance::removeRegistrySource(tx, organization.id, name) && !copy)
        throw Error("there is no registry \"" + name + "\"", "organization \"" + organization.name + "\"",
                    "`overture registry list` shows them.");
    tx.commit();
    std::cout << organization.name << ": " << name
              << " is removed; contacts whose rules need it are refused until it is imported again\n";
    return 0;
}

const std::string kListHelp = std::string(
                                  R"(Usage: overture registry list [--organization NAME] [--json] [OPTIONS]

Shows the do-not-call lists that an organization keeps: numbers, date, age, how old the rule lets them be, and whether they
are stale.

  --rules DIR         rule packs to use instead of the compiled-in ones
  --json              one JSON object a line, with the files, lines and bad lines of the import
)") + kDatabaseHelp + R"(
Example: overture registry list --json)";

const std::string kCheckHelp =
    std::string(
        R"(Usage: overture registry check PHONE… [--organization NAME] [--country CC] [--json] [OPTIONS]
       overture registry check --batch FILE [OPTIONS]    one question a line; - is standard input

Says whether the organization's do-not-call lists name a number, as the gate would find it.

  --country CC        for numbers without a country code
  --organization NAME name or id; may be left out when there is only one
  --rules DIR         rule packs to use instead of the compiled-in ones
  --json              one JSON object a line

A question of a batch is {"id": 1, "phone": "+12025550100"}, with "country" where the number has no country code. The answer has
id, phone, listed, registries [{name, country, date, age_days, stale, listed, asked, rule}]; "asked" is one that a plugin answers
for, by its last answer.
)") +
    kDatabaseHelp + R"(
Example: overture registry check +12025550100)";

const std::string kRemoveHelp = std::string(
                                    R"(Usage: overture registry remove NAME [--organization NAME] [OPTIONS]

Takes a do-not-call list away. Where a rule needs it, contacts are refused until it is imported again.
)") + kDatabaseHelp + R"(
Example: overture registry remove us-dnc)";

const Registered listCommand{
    {"registry list", "the do-not-call lists, their dates and ages", kListHelp.c_str(), list}};
const Registered checkCommand{
    {"registry check", "do the do-not-call lists name this number", kCheckHelp.c_str(), check}};
const Registered removeCommand{
    {"registry remove", "takes a do-not-call list away", kRemoveHelp.c_str(), remove}};

}  // namespace
}  // namespace overture::cli
