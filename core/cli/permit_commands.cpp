// overture permit verify | explain: whether the record of why people were contacted is whole, and what it says of one contact.
#include <iostream>

#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/open_database.hpp"
#include "compliance/permit_record.hpp"
#include "compliance/records.hpp"
#include "tenant/tenants.hpp"

namespace overture::cli {
namespace {

std::string counted(std::int64_t permits) {
    return std::to_string(permits) + (permits == 1 ? " permit" : " permits");
}

std::vector<tenant::Organization> organizationsOf(store::Database& database, const Arguments& arguments) {
    const auto name = arguments.value("organization");
    auto found = tenant::organizationsNamed(database, name);
    if (found.empty() && !name.empty())
        throw Error("there is no organization \"" + name + "\"", database.name(),
                    "`overture budget list` shows their names.");
    return found;
}

int verify(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    bool whole = true;
    for (const auto& organization : organizationsOf(*opened.database, arguments)) {
        auto tx = opened.database->begin(organization.id);
        const auto chain = compliance::verifyPermits(tx, organization.id);
        tx.commit();
        whole = whole && chain.fault.empty();
        if (arguments.has("json"))
            std::cout << toText({{"organization", organization.name},
                                 {"organization_id", organization.id.text()},
                                 {"whole", chain.fault.empty()},
                                 {"permits", chain.permits},
                                 {"emptied", chain.emptied},
                                 {"fault", chain.fault.empty() ? Json(nullptr) : Json(chain.fault)}})
                      << "\n";
        else
            std::cout << organization.name << ": "
                      << (chain.fault.empty()
                              ? "the chain is whole, " + counted(chain.permits) +
                                    (chain.emptied == 0 ? ""
                                                        : ", " + std::to_string(chain.emptied) +
                                                              " of them of people who were erased")
                              : "the chain breaks after " + counted(chain.permits) + ": " + chain.fault)
                      << "\n";
    }
    return whole ? 0 : 1;
}

Json jsonOf(const compliance::PermitRecord& permit) {
    return {{"id", permit.id.text()},          {"sequence", permit.sequence},
            {"address", permit.address},       {"channel", permit.channel},
            {"purpose", permit.purpose},       {"minute", toRfc3339(permit.minute)},
            {"document", permit.document},     {"consents", permit.consents},
            {"deliveries", permit.deliveries}, {"hash", permit.hash}};
}

int explain(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (arguments.positional().size() != 1) throw UsageError{"name one permit by its id"};
    const auto id = PermitId::parse(arguments.positional()[0]);
    if (!id) throw UsageError{"\"" + arguments.positional()[0] + "\" is not the id of a permit"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization : organizationsOf(*opened.database, arguments)) {
        auto tx = opened.database->begin(organization.id);
        const auto permit = compliance::findPermit(tx, organization.id, *id);
        tx.commit();
        if (!permit) continue;
        if (arguments.has("json"))
            std::cout << toPrettyText(jsonOf(*permit));
        else
            std::cout << "Organization   " << organization.name << "\n" << compliance::explain(*permit);
        return 0;
    }
    throw Error("there is no permit " + id->text(), opened.database->name(),
                "`overture conversation show` names the permit of each delivery.");
}

const std::string kVerifyHelp =
    std::string(R"(Usage: overture permit verify [--organization NAME] [--json] [OPTIONS]

Walks the chain of permits, each of which carries a hash of itself and of the one before it, and says how many there are, or
where the chain breaks first: a permit that was changed, taken out or put in. Permits of people who were erased hold neither name nor place; an entry of the
chain attests each. Exit status 1 when a chain breaks.

  --organization NAME name or id; every organization without it
  --json              one JSON object a line
)") +
    kDatabaseHelp +
    R"(
Example: overture permit verify --organization Brightroof)";

const std::string kExplainHelp =
    std::string(R"(Usage: overture permit explain ID [--organization NAME] [--json] [OPTIONS]

Says why a person was contacted: when by their own clock, on what evidence of place, with which consent and its proof, by
which rules from which sources, and what was sent.

  --organization NAME name or id; every organization is looked through without it
  --json              all of it as JSON
)") +
    kDatabaseHelp +
    R"(
Example: overture permit explain 0199d3b2-7c00-7000-8000-000000000001)";

const Registered verifyCommand{
    {"permit verify", "is the record of permits whole", kVerifyHelp.c_str(), verify}};
const Registered explainCommand{
    {"permit explain", "why was this person contacted", kExplainHelp.c_str(), explain}};

}  // namespace
}  // namespace overture::cli
