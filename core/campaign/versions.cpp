#include "campaign/versions.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "campaign/create.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

constexpr int kEverybody = 100;  ///< of share_of_lead()

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

/// Unbegun conversations whose lead's share is in [from, to) take the version; their touches are planned by it.
int beginAnew(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
              const std::string& version, const playbook::Definition& definition, std::pair<int, int> share,
              const compliance::Gate& gate, Instant now) {
    auto tx = database.begin(organization);
    const auto moved =
        tx.run(sql::campaign::begin_anew,
               {organization, campaign, version, definition.firstStage, now, share.first, share.second})
            .affected();
    tx.commit();
    (void)planFirstTouches(database, organization, campaign, definition, gate,
                           static_cast<std::uint64_t>(now.time_since_epoch().count()), now);
    return static_cast<int>(moved);
}

}  // namespace

std::vector<PublishedVersion> versions(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<PublishedVersion> all;
    const auto rows = tx.run(sql::campaign::versions, {organization});
    for (const auto row : rows)
        all.push_back({row.text("version"), row.text("playbook"), row.instant("published_at"),
                       row.array("campaigns"), static_cast<int>(row.integer("conversations")),
                       row.array("shares")});
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

CheckedVersion checkedVersion(store::Transaction& tx, const OrganizationId& organization,
                              const std::string& beginning) {
    const auto [version, files] = versionNamed(tx, organization, beginning);
    auto checked = playbook::check(files);
    if (!checked.ok())
        throw Error("version " + version.substr(0, 12) + " no longer passes its check",
                    "organization " + organization.text(),
                    "`overture playbook check` says why; publish a mended one.");
    return {version, std::move(checked.definition)};
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
    const auto shared = shareOf(tx, organization, campaign);
    change.moved = static_cast<int>(
        tx.run(sql::campaign::begin_anew, {organization, campaign, version, definition.firstStage, now,
                                           shared ? shared->percent : 0, kEverybody})
            .affected());
    tx.commit();
    change.plan = planFirstTouches(database, organization, campaign, definition, gate,
                                   static_cast<std::uint64_t>(now.time_since_epoch().count()), now);
    return change;
}

std::optional<Share> shareOf(store::Transaction& tx, const OrganizationId& organization,
                             const CampaignId& campaign) {
    const auto rows = tx.run(sql::campaign::share, {organization, campaign});
    if (rows.empty()) return std::nullopt;
    return Share{rows[0].text("version"), static_cast<int>(rows[0].integer("percent")),
                 rows[0].instant("since")};
}

ShareChange shareVersion(store::Database& database, const OrganizationId& organization, const ShareWish& wish,
                         const playbook::Definition& definition, const compliance::Gate& gate, Instant now) {
    if (wish.percent < 0 || wish.percent > kEverybody)
        throw Error("a share is between 0 and 100 percent, not " + std::to_string(wish.percent));
    auto tx = database.begin(organization);
    const auto rows = locked(tx, organization, wish.campaign);
    mustFit(rows[0], definition);
    ShareChange change{rows[0].text("name"), rows[0].text("version"), 0, 0};
    if (change.own == wish.version)
        throw Error("the campaign begins with this version already", "campaign \"" + change.campaign + "\"",
                    "Name another one.");
    const auto own = checkedVersion(tx, organization, change.own);
    const auto& stage = definition.inboundStage.empty() ? definition.firstStage : definition.inboundStage;
    if (wish.percent == 0)
        tx.run(sql::campaign::end_share, {organization, wish.campaign});
    else
        tx.run(sql::campaign::set_share,
               {organization, wish.campaign, wish.version, wish.percent, stage, now});
    tx.commit();
    change.moved = beginAnew(database, organization, wish.campaign, wish.version, definition,
                             {0, wish.percent}, gate, now);
    change.back = beginAnew(database, organization, wish.campaign, change.own, *own.definition,
                            {wish.percent, kEverybody}, gate, now);
    return change;
}

void mustSuit(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
              const playbook::Definition& definition) {
    const auto rows = locked(tx, organization, campaign);
    mustFit(rows[0], definition);
}

std::string pinConversation(store::Transaction& tx, const OrganizationId& organization,
                            const ConversationId& conversation, const std::string& version,
                            const playbook::Definition& definition, Instant now) {
    const auto where = "conversation " + conversation.text();
    const auto rows = tx.run(sql::campaign::pinned, {organization, conversation});
    if (rows.empty()) throw Error("there is no such conversation", where, "Check its id.");
    if (rows[0].text("state") == "closed")
        throw Error("the conversation is closed", where, "A closed one keeps its version.");
    if (rows[0].boolean("at_work"))
        throw Error("the conversation is at work just now", where, "Try again in a moment.");
    const auto stage = rows[0].text("stage");
    if (definition.stage(stage) == nullptr)
        throw Error("it stands in stage \"" + stage + "\", which this version does not have", where,
                    "Name a version with this stage, or wait until it has moved on.");
    const auto facts = rows[0].json("facts");
    for (const auto& [name, value] : facts.items()) {
        const auto fact = definition.facts.find(name);
        if (fact == definition.facts.end())
            throw Error("it knows the fact \"" + name + "\", which this version does not have", where,
                        "Keep the fact in the new version.");
        if (!playbook::normalizeFact(fact->second, value))
            throw Error(
                "what it knows of \"" + name + "\" (" + toText(value) + ") cannot be so in this version",
                where, "Keep the fact's kind and its choices in the new version.");
    }
    tx.run(sql::campaign::pin, {organization, conversation, version, now});
    return rows[0].text("version");
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
