#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "campaign/campaign.hpp"

namespace overture::campaign {

constexpr int kConversationsCounted = 1000;  ///< as schema/queries/campaign/versions.sql

/// A published playbook: immutable, named by the hash of its files.
struct PublishedVersion {
    std::string version, playbook;
    Instant publishedAt;
    std::vector<std::string> campaigns;  ///< names of those whose conversations begin with it
    int conversations = 0;  ///< that run on it and are not closed; of more, kConversationsCounted
    std::vector<std::string> shares = {};  ///< "30 % of NAME" for campaigns that begin a part with it
};

/// Every version of the organization, the newest first.
std::vector<PublishedVersion> versions(store::Transaction& tx, const OrganizationId& organization);

/// Version and files of the one whose name begins so. Throws Error when there is none, or more than one.
std::pair<std::string, playbook::Files> versionNamed(store::Transaction& tx,
                                                     const OrganizationId& organization,
                                                     const std::string& beginning);

/// As versionNamed(), read. Throws Error also when it no longer passes its check.
struct CheckedVersion {
    std::string version;
    std::shared_ptr<const playbook::Definition> definition;
};
CheckedVersion checkedVersion(store::Transaction& tx, const OrganizationId& organization,
                              const std::string& beginning);

/// Keeps the files of a playbook that passed its check. Returns its version; the same files are the same version.
std::string publish(store::Transaction& tx, const OrganizationId& organization, const playbook::Files& files,
                    const std::string& playbook, Instant now);

/// What changing a campaign's version did.
struct VersionChange {
    std::string campaign, before;  ///< the campaign's name, and the version until now
    int moved = 0;                 ///< conversations that had not begun and take the new one
    PlanReport plan;               ///< their first touches, planned anew
};

/// The campaign's conversations begin with this published version from now on, also those in which nothing has happened
/// yet; said again, it finishes what a crash left undone. Every other conversation keeps the version that it began with.
/// `definition` is the version's own; settings of the campaign that it does not know are not used. Throws Error when a
/// setting that it needs is missing or wrong, or the channels do not fit; then nothing has changed.
VersionChange useVersion(store::Database& database, const OrganizationId& organization,
                         const CampaignId& campaign, const std::string& version,
                         const playbook::Definition& definition, const compliance::Gate& gate, Instant now);

/// `percent` of the campaign's new conversations, chosen by a hash of the lead, begin with this published version from now on, and
/// all others with the campaign's own; so do those in which nothing has happened yet. 0 ends it. Said again, it finishes what a crash
/// left undone. Throws Error when the campaign's settings or channels do not fit the version; then nothing has changed.
struct ShareChange {
    std::string campaign, own;  ///< the campaign's name, and its own version
    int moved = 0;              ///< conversations that had not begun and take the shared version
    int back = 0;               ///< and those that take the campaign's own again
};
struct ShareWish {
    CampaignId campaign;
    std::string version;
    int percent = 0;
};
ShareChange shareVersion(store::Database& database, const OrganizationId& organization, const ShareWish& wish,
                         const playbook::Definition& definition, const compliance::Gate& gate, Instant now);

/// The version that has a share of a campaign's new conversations.
struct Share {
    std::string version;
    int percent = 0;
    Instant since;
};
std::optional<Share> shareOf(store::Transaction& tx, const OrganizationId& organization,
                             const CampaignId& campaign);

/// Throws Error unless the campaign's settings and channels fit the version.
void mustSuit(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
              const playbook::Definition& definition);

/// Moves one conversation to a published version. Returns the version it had. Throws Error when it is closed or at work, or when
/// the stage it stands in or a fact it knows is none of the version's; then nothing has changed.
std::string pinConversation(store::Transaction& tx, const OrganizationId& organization,
                            const ConversationId& conversation, const std::string& version,
                            const playbook::Definition& definition, Instant now);

/// The version that the campaign used before its present one. Throws Error when there was none.
std::string versionBefore(store::Transaction& tx, const OrganizationId& organization,
                          const CampaignId& campaign);

}  // namespace overture::campaign
