// overture registry import: a do-not-call list's files in the place of the list before.
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "compliance/number_list.hpp"
#include "compliance/registries.hpp"
#include "compliance/rules.hpp"
#include "compliance/tables.hpp"

namespace overture::cli {
namespace {

/// A list that was there and one that is to come this small in its place are told apart only from this size on.
constexpr std::int64_t kNoticeable = 1000;

Instant writtenAt(const std::string& file) {
    struct ::stat about {};
    if (::stat(file.c_str(), &about) != 0)
        throw Error("the list cannot be opened", file, "Name a readable file, or - for standard input.");
    if (S_ISDIR(about.st_mode)) throw Error("this is a folder", file, "Name the list's files.");
    return Instant(seconds(about.st_mtim.tv_sec) +
                   std::chrono::duration_cast<microseconds>(std::chrono::nanoseconds(about.st_mtim.tv_nsec)));
}

/// --as-of, else when the oldest of the files was last written.
Instant dateOf(const Arguments& arguments, const std::vector<std::string>& files, Instant now) {
    if (arguments.has("as-of")) {
        const auto text = arguments.value("as-of");
        const auto at = parseRfc3339(text.size() == 10 ? text + "T00:00:00Z" : text);
        if (!at) throw UsageError{"--as-of takes a date such as 2026-03-01, not \"" + text + "\""};
        if (*at > now) throw UsageError{"--as-of names a time to come: " + text};
        return *at;
    }
    auto oldest = now;
    for (const auto& file : files)
        if (file != "-") oldest = std::min(oldest, writtenAt(file));
    return oldest;
}

void readAll(compliance::NumberList& numbers, const std::vector<std::string>& files) {
    for (const auto& file : files) {
        if (file == "-") {
            numbers.read(std::cin, "standard input");
            continue;
        }
        std::ifstream in(file, std::ios::binary);
        if (!in)
            throw Error("the list cannot be opened", file, "Name a readable file, or - for standard input.");
        numbers.read(in, file);
    }
}

/// Fails on what is hardly the whole of such a list: a wrong file must not open what a good one kept closed.
void judge(const compliance::NumberList& list, std::int64_t entries, std::int64_t before, bool smaller,
           const std::string& name) {
    const auto shown = [&](std::size_t most) {
        std::string text;
        for (std::size_t i = 0; i < std::min(most, list.badLines().size()); ++i) {
            const auto& bad = list.badLines()[i];
            text += (i == 0 ? " The first: " : "; ") + bad.file + ":" + std::to_string(bad.line) + " \"" +
                    bad.text + "\" " + bad.why;
        }
        return text;
    };
    if (entries == 0)
        throw Error("there is no number in it, so nothing was changed." + shown(3), "registry " + name,
                    "Look at the file; `overture registry import --help` says what can be read.");
    if (list.bad() * 2 > list.lines())
        throw Error(std::to_string(list.bad()) + " of " + std::to_string(list.lines()) +
                        " lines are no numbers, so this is hardly such a list, and nothing was changed." +
                        shown(3),
                    "registry " + name, "Look at the file, and at --country.");
    if (!smaller && before >= kNoticeable && entries * 2 < before)
        throw Error("it has " + std::to_string(entries) + " numbers where there were " +
                        std::to_string(before) + ", as if it had been cut off; nothing was changed",
                    "registry " + name, "Fetch it again; if it is whole, import it with --smaller.");
}

Json summaryOf(const tenant::Organization& organization, const compliance::Registry& registry,
               const compliance::NumberList& list, std::int64_t before, const compliance::Rule* rule) {
    auto bad = Json::array();
    for (const auto& line : list.badLines())
        bad.push_back({{"file", line.file}, {"line", line.line}, {"text", line.text}, {"why", line.why}});
    return {{"organization", organization.name},
            {"name", registry.name},
            {"country", registry.country.empty() ? Json(nullptr) : Json(registry.country)},
            {"as_of", toRfc3339(registry.asOf)},
            {"entries", registry.entries},
            {"before", before},
            {"lines", list.lines()},
            {"other", list.other()},
            {"bad", list.bad()},
            {"bad_lines", bad},
            {"rule", rule == nullptr ? "house.registry" : rule->id}};
}

void print(const Json& summary) {
    const auto count = [&](const char* key) { return summary[key].get<std::int64_t>(); };
    std::cout << textOf(summary, "organization") << ": " << textOf(summary, "name") << " has "
              << count("entries") << " numbers of " << textOf(summary, "as_of").substr(0, 10)
              << " (before: " << count("before") << "); asked by " << textOf(summary, "rule") << "\n";
    if (count("other") > 0)
        std::cout << "  " << count("other")
                  << " lines block other categories only, or are taken off the list\n";
    if (count("bad") == 0) return;
    std::cout << "  " << count("bad") << " bad lines of " << count("lines")
              << (count("bad") > 20 ? ", the first 20:\n" : ":\n");
    for (const auto& line : summary["bad_lines"])
        std::cout << "  " << textOf(line, "file") << ":" << line["line"].get<std::int64_t>() << ": \""
                  << textOf(line, "text") << "\": " << textOf(line, "why") << "\n";
}

int import(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "country=", "as-of=", "max-age=",
                                                      "categories=", "smaller", "rules=", "json"}));
    if (arguments.positional().size() < 2) throw UsageError{"name the registry and its files"};
    compliance::Registry registry;
    registry.name = arguments.positional()[0];
    if (registry.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") != std::string::npos)
        throw UsageError{"a registry's name is such as us-dnc, not \"" + registry.name + "\""};
    const std::vector<std::string> files(arguments.positional().begin() + 1, arguments.positional().end());
    const auto packs = compliance::RulePacks::load(arguments.value("rules"));
    const auto [rule, country] = packs->registry(registry.name);
    registry.country = country;
    if (arguments.has("country")) {
        registry.country = compliance::Tables::get().countryCode(arguments.value("country"));
        if (registry.country.empty())
            throw UsageError{"\"" + arguments.value("country") + "\" is no country"};
    }
    registry.importedAt = SystemClock{}.now();
    registry.asOf = dateOf(arguments, files, registry.importedAt);
    if (arguments.has("max-age"))
        registry.maxAgeDays = static_cast<int>(arguments.number("max-age", 0, 0, 36500));
    std::set<int> categories;
    for (const auto& one : split(arguments.value("categories"), ','))
        if (!one.empty()) categories.insert(static_cast<int>(wholeNumber(one, "--categories", 0, 99)));

    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    compliance::NumberList list(registry.country, categories);
    readAll(list, files);
    const auto numbers = list.take();
    registry.entries = static_cast<std::int64_t>(numbers.size());
    registry.source = {
        {"files", files}, {"lines", list.lines()}, {"bad", list.bad()}, {"other", list.other()}};

    auto tx = opened.database->begin(organization.id);
    std::int64_t before = 0;
    for (const auto& one : compliance::registries(tx, organization.id))
        if (one.name == registry.name) before = one.entries;
    judge(list, registry.entries, before, arguments.has("smaller"), registry.name);
    if (!compliance::replaceRegistry(tx, organization.id, registry, numbers))
        throw Error("this list is of " + toRfc3339(registry.asOf).substr(0, 10) +
                        " and the one that is there is later, so nothing was changed",
                    "registry " + registry.name, "`overture registry remove` takes that one away.");
    tx.commit();
    const auto summary = summaryOf(organization, registry, list, before, rule);
    if (arguments.has("json"))
        std::cout << toText(summary) << "\n";
    else
        print(summary);
    return 0;
}

const std::string kHelp = std::string(
                              R"(Usage: overture registry import NAME FILE… [--organization NAME] [OPTIONS]

Puts a do-not-call list in the place of the one before, whole and in one step: look-ups go on meanwhile and see the old list
or the new one. - is standard input; several files (one an area code, say) are one list. Bad lines are reported and left out.

  NAME                us-dnc, in-dnd, ca-dncl, gb-tps, au-dncr: rules ask for these. Any other name is a list of your own, and
                      refuses whoever is on it
  --as-of DATE        when it was fetched; without it, when the oldest of the files was last written
  --country CC        of numbers without a country code; known for the names above
  --categories N,M    of India's preferences, those of your business: entries that block only others do not count
  --max-age DAYS      refuse when this copy is older; a rule's stricter limit stands
  --smaller           take a list less than half as long as the one before
  --organization NAME name or id; may be left out when there is only one
  --rules DIR         rule packs to use instead of the compiled-in ones
  --json              the result as one JSON object

Files: one number a line; "202,5550100" as the US registry's flat files have it; or CSV with a header, one column of which
speaks of a phone or number (India's lists: Service Area Code, Phone Numbers, Preferences, Opstype, Phone Type).
)") + kDatabaseHelp + R"(
Example: overture registry import us-dnc 202.txt 212.txt --as-of 2026-03-01)";

const Registered importCommand{
    {"registry import", "puts a do-not-call list in the place of the one before", kHelp.c_str(), import}};

}  // namespace
}  // namespace overture::cli
