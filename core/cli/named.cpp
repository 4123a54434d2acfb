#include "cli/named.hpp"

#include "base/text.hpp"
#include "queries/tenant.hpp"

namespace overture::cli {

tenant::Organization organizationIn(store::Database& database, const std::string& idOrName) {
    const auto found = tenant::organizationsNamed(database, idOrName);
    if (found.size() == 1) return found.front();
    std::vector<std::string> names;
    for (const auto& one : found) names.push_back("\"" + one.name + "\" (" + one.id.text() + ")");
    if (found.empty())
        throw Error(idOrName.empty() ? "there is no organization here yet"
                                     : "there is no organization \"" + idOrName + "\"",
                    database.name(), "`overture campaign create` makes one.");
    throw Error(std::to_string(found.size()) + " organizations are meant: " + join(names, ", "),
                database.name(), "Name one by its id with --organization.");
}

std::optional<CampaignId> campaignIn(store::Transaction& tx, const OrganizationId& organization,
                                     const std::string& idOrName) {
    if (idOrName.empty()) return std::nullopt;
    const auto rows = tx.run(sql::tenant::campaign_named, {organization, idOrName});
    if (rows.size() != 1)
        throw Error(rows.empty() ? "there is no campaign \"" + idOrName + "\""
                                 : std::to_string(rows.size()) + " campaigns are called \"" + idOrName + "\"",
                    "organization " + organization.text(), "Name it by its id.");
    return rows[0].id<CampaignId>("campaign_id");
}

tenant::Binding bindingIn(store::Transaction& tx, const tenant::Organization& organization,
                          const std::string& idOrName, const tenant::Vault& vault) {
    for (const auto& one : tenant::bindings(tx, organization.id))
        if (one.name == idOrName || one.id.text() == idOrName)
            return *tenant::findBinding(tx, organization.id, one.id, &vault);
    throw Error("there is no binding \"" + idOrName + "\"", "organization \"" + organization.name + "\"",
                "`overture binding list` shows them.");
}

}  // namespace overture::cli
