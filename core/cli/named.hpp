// How commands find what their options name.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "store/database.hpp"
#include "tenant/budgets.hpp"
#include "tenant/tenants.hpp"

namespace overture::cli {

/// By name or id; "" when there is only one. Throws Error that lists those that might be meant.
tenant::Organization organizationIn(store::Database& database, const std::string& idOrName);

/// By name or id; nothing for "". Throws Error when there is none, or several have that name.
std::optional<CampaignId> campaignIn(store::Transaction& tx, const OrganizationId& organization,
                                     const std::string& idOrName);

/// By name or id, secrets unsealed. Throws Error when there is none.
tenant::Binding bindingIn(store::Transaction& tx, const tenant::Organization& organization,
                          const std::string& idOrName, const tenant::Vault& vault);

}  // namespace overture::cli
