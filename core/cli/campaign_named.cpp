#include "cli/campaign_named.hpp"

#include "base/text.hpp"
#include "campaign/status.hpp"
#include "campaign/versions.hpp"

namespace overture::cli {

MeantCampaign campaignMeant(store::Database& database, const Arguments& arguments) {
    if (arguments.positional().size() > 1) throw UsageError{"name one campaign"};
    const auto organization = organizationIn(database, arguments.value("organization"));
    const auto name = arguments.positional().empty() ? std::string() : arguments.positional().front();
    auto tx = database.begin(organization.id);
    const auto all = campaign::list(tx, organization.id);
    auto id = campaignIn(tx, organization.id, name);
    tx.commit();
    if (!id && all.size() != 1) {
        std::vector<std::string> names;
        for (const auto& one : all) names.push_back(textOf(one, "campaign") + " (" + textOf(one, "id") + ")");
        throw Error(all.empty() ? "there is no campaign here yet"
                                : std::to_string(all.size()) + " campaigns are meant: " + join(names, ", "),
                    "organization \"" + organization.name + "\"",
                    all.empty() ? "`overture campaign create` makes one." : "Name one.");
    }
    if (!id) id = CampaignId::parse(textOf(all.front(), "id"));
    for (const auto& one : all)
        if (textOf(one, "id") == id->text()) return {organization.id, *id, textOf(one, "version")};
    throw Error("there is no such campaign", id->text(), "Check its id.");
}

std::shared_ptr<const playbook::Definition> definitionOf(store::Database& database,
                                                         const MeantCampaign& meant) {
    auto tx = database.begin(meant.organization);
    auto checked = campaign::checkedVersion(tx, meant.organization, meant.version);
    tx.commit();
    return checked.definition;
}

}  // namespace overture::cli
