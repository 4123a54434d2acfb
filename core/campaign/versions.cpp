#include "campaign/versions.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "campaign/create.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

store::Rows locked(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign) {
    auto rows = tx.run(sql::campaign::lock_campaign, {organization, campaign});
    if (rows.empty()) throw Error("there is no such campaign", campaign.text(), "Check its id.");
    return rows;
}

/// Those of a campaign's settings that this version has.
Json knownSettings(const Json& settings, const playbook::Definition& definition) {
    auto known = Json::object();
    for (const auto& [name, value] : settings.items())
        if (definition.settings.contains(name)) known[name] = value;
    return known;
}

void mustFit(const store::Row& campaign, const playbook::Definition& definition) {
    const auto where = "campaign \"" + campaign.text("name") + "\"";
    if (const auto faults = settingFaults(definition, knownSettings(campaign.json("settings"), definition));
        !faults.empty())
        throw Error("the campaign's settings do not fit this version: " + join(faults, "; "), where,
                    "Give new settings a default in the playbook, or begin a new campaign.");
    const auto channels = campaign.array("channels");
    if (std::none_of(channels.begin(), channels.end(), [&](const std::string& channel) {
            return std::find(definition.channels.begin(), definition.channels.end(), channel) !=
                   definition.channels.end();
        }))
        throw Error("none of the campaign's channels (" + join(channels, ", ") + ") is in this version",
                    where, "Add one to the playbook's channels.");
}

}  // namespace

std::vector<PublishedVersion> versions(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<PublishedVersion> all;
    const auto rows = tx.run(sql::campaign::versions, {organization});
    for (const auto row : rows)
        all.push_back({row.text("version"), row.text("playbook"), row.instant("published_at"),
                       row.array("campaigns"), static_cast<int>(row.integer("conversations"))});
    return all;
}

std::pair<std::string, playbook::Files> versionNamed(store::Transaction& tx,
                                                     const OrganizationId& organization,
                                                     const std::string& beginning) {
    const auto rows = tx.run(sql::campaign::versions_named, {organization, beginning});
    if (beginning.empty() || rows.size() != 1)
        throw Error(rows.empty() ? "no version is called \"" + beginning + "\""
                                 : "several versions begin with \"" + beginning + "\"",
                    "organization " + organization.text(), "`overture playbook versions` shows them all.");
    return {rows[0].text("version"), rows[0].json("files").get<playbook::Files>()};
}

std::string publish(store::Transaction& tx, const OrganizationId& organization, const playbook::Files& files,
                    const std::string& playbook, Instant now) {
    auto version = playbook::versionOf(files);
    tx.run(sql::campaign::insert_version, {organization, version, playbook, Json(files), now});
    return version;
}

VersionChange useVersion(store::Database& database, const OrganizationId& organization,
                         const CampaignId& campaign, const std::string& version,
                         const playbook::Definition& definition, const compliance::Gate& gate, Instant now) {
    auto tx = database.begin(organization);
    const auto rows = locked(tx, organization, campaign);
    mustFit(rows[0], definition);
    VersionChange change{rows[0].text("name"), rows[0].text("version"), 0, {}};
    if (change.before != version)
        tx.run(
            sql::campaign::use_version,
            {organization, campaign, version,
             definition.inboundStage.empty() ? store::Param(nullptr) : store::Param(definition.inboundStage),
             now});
    change.moved = static_cast<int>(
        tx.run(sql::campaign::begin_anew, {organization, campaign, version, definition.firstStage, now})
            .affected());
    tx.commit();
    change.plan = planFirstTouches(database, organization, campaign, definition, gate,
                                   static_cast<std::uint64_t>(now.time_since_epoch().count()), now);
    return change;
}

std::string versionBefore(store::Transaction& tx, const OrganizationId& organization,
                          const CampaignId& campaign) {
    const auto rows = locked(tx, organization, campaign);
    const auto before = rows[0].maybe("before");
    if (!before)
        throw Error("the campaign has used one version only", "campaign \"" + rows[0].text("name") + "\"",
                    "Name another with --to.");
    return *before;
}

}  // namespace overture::campaign
