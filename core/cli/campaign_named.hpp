// How the commands of campaigns find the one that is meant, and its playbook.
#pragma once

#include <memory>

#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "playbook/definition.hpp"

namespace overture::cli {

struct MeantCampaign {
    OrganizationId organization;
    CampaignId campaign;
    std::string version;  ///< that its conversations begin with
};

/// The one positional word, by name or id; without it the only campaign there is. Throws Error that lists those that might be
/// meant.
MeantCampaign campaignMeant(store::Database& database, const Arguments& arguments);

/// The playbook of the version. Throws Error when it no longer passes its check.
std::shared_ptr<const playbook::Definition> definitionOf(store::Database& database,
                                                         const MeantCampaign& meant);

}  // namespace overture::cli
