#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "campaign/campaign.hpp"

namespace overture::campaign {

/// A published playbook: immutable, named by the hash of its files.
struct PublishedVersion {
    std::string version, playbook;
    Instant publishedAt;
    std::vector<std::string> campaigns;  ///< names of those whose conversations begin with it
    int conversations = 0;               ///< that run on it and are not closed
};

/// Every version of the organization, the newest first.
std::vector<PublishedVersion> versions(store::Transaction& tx, const OrganizationId& organization);

/// Version and files of the one whose name begins so. Throws Error when there is none, or more than one.
std::pair<std::string, playbook::Files> versionNamed(store::Transaction& tx,
                                                     const OrganizationId& organization,
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

/// The version that the campaign used before its present one. Throws Error when there was none.
std::string versionBefore(store::Transaction& tx, const OrganizationId& organization,
                          const CampaignId& campaign);

}  // namespace overture::campaign
