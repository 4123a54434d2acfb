// overture person export | erase: what is kept about one person, shown or taken away.
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/evidence_options.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "compliance/person.hpp"

namespace overture::cli {
namespace {

using compliance::Person;

compliance::PersonKey keyIn(const Arguments& arguments) {
    if (!arguments.positional().empty()) throw UsageError{"say who by --phone, --email or --lead"};
    compliance::PersonKey key;
    if (arguments.has("phone"))
        key.phone =
            evidenceOf({{"phone", arguments.value("phone")}, {"country", arguments.value("country")}}).phone;
    if (arguments.has("phone") && !key.phone.starts_with("+"))
        throw UsageError{"\"" + arguments.value("phone") +
                         "\" is no number with a country code; give --country"};
    key.email = trim(arguments.value("email"));
    if (arguments.has("email") && key.email.find('@') == std::string::npos)
        throw UsageError{"\"" + arguments.value("email") + "\" is no email address"};
    key.lead = arguments.value("lead");
    if (key.phone.empty() && key.email.empty() && key.lead.empty())
        throw UsageError{"say who: --phone, --email or --lead"};
    return key;
}

/// Throws Error for a lead's id that nobody has: addresses may be known without a lead, ids may not.
Person found(store::Transaction& tx, const tenant::Organization& organization,
             const compliance::PersonKey& key) {
    auto person = compliance::findPerson(tx, organization.id, key);
    if (person.leads.empty() || person.addresses.empty())
        if (key.phone.empty() && key.email.empty())
            throw Error("there is no lead \"" + key.lead + "\"", "organization \"" + organization.name + "\"",
                        "Name the person by --phone or --email.");
    return person;
}

int exportOne(const std::vector<std::string>& words) {
    const Arguments arguments(
        words, databaseOptions({"organization=", "phone=", "email=", "lead=", "country=", "out="}));
    const auto key = keyIn(arguments);
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto now = SystemClock{}.now();
    auto tx = opened.database->begin(organization.id);
    Json document = {{"organization", organization.name}, {"exported_at", toRfc3339(now)}};
    document.update(compliance::exportPerson(tx, organization.id, found(tx, organization, key), now));
    tx.commit();
    if (arguments.has("out"))
        writeFile(arguments.value("out"), toPrettyText(document));
    else
        std::cout << toPrettyText(document);
    return 0;
}

int erase(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "phone=", "email=", "lead=",
                                                      "country=", "dry-run", "may-return", "json"}));
    const auto key = keyIn(arguments);
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    const auto person = found(tx, organization, key);
    const auto done = compliance::erasePeople(tx, organization.id, {person}, !arguments.has("may-return"),
                                              SystemClock{}.now());
    const bool dry = arguments.has("dry-run");
    if (!dry) tx.commit();
    if (arguments.has("json")) {
        std::cout << toText({{"organization", organization.name}, {"erased", !dry}, {"rows", done}}) << "\n";
        return 0;
    }
    std::vector<std::string> parts;
    for (const auto& [table, count] : done.items())
        if (count.get<std::int64_t>() > 0)
            parts.push_back(replaceAll(table, "_", " ") + " " + std::to_string(count.get<std::int64_t>()));
    std::cout << organization.name << ": "
              << (parts.empty() ? "nothing names this person"
                                : (dry ? "would be erased: " : "erased: ") + join(parts, ", "))
              << "\n";
    return 0;
}

constexpr const char* kWho = R"(
  --phone NUMBER      with its country code, or with --country CC
  --email ADDRESS
  --lead ID           the lead's id, or its id in the list
  --organization NAME name or id; may be left out when there is only one
)";

const std::string kExportHelp =
    std::string(
        R"(Usage: overture person export --phone NUMBER | --email ADDRESS | --lead ID [--out FILE] [OPTIONS]

Prints everything that is kept about one person as JSON: leads, conversations, messages, events, turns and their steps,
deliveries, meetings, consents, suppressions, attempts, permits, notes of imports, webhooks. Leads that share a phone or an
email are one person.
)") +
    kWho +
    R"(  --out FILE          into a file
)" + kDatabaseHelp +
    R"(
Example: overture person export --phone +12025550100 --out person.json)";

const std::string kEraseHelp =
    std::string(
        R"(Usage: overture person erase --phone NUMBER | --email ADDRESS | --lead ID [--dry-run] [OPTIONS]

Takes away everything that names one person, in one transaction; what `person export` shows. Kept are suppressions, under a
keyed hash of the address (the same address is still suppressed when a list brings it back), and permits, without place and
address; `overture permit verify` goes on to hold. They are suppressed from now on. Nothing is done, with status 1, while a turn
of theirs or a message to them is under way. It may be repeated.
)") +
    kWho +
    R"(  --dry-run           only say what it would be
  --may-return        do not suppress who was not suppressed before
  --json              the rows of each table as one JSON object
)" + kDatabaseHelp +
    R"(
Example: overture person erase --email ann@example.com)";

const Registered exportCommand{
    {"person export", "everything that is kept about one person", kExportHelp.c_str(), exportOne}};
const Registered eraseCommand{
    {"person erase", "takes away everything that names one person", kEraseHelp.c_str(), erase}};

}  // namespace
}  // namespace overture::cli
