#pragma once

#include "agent/instances.hpp"
#include "tenant/tenants.hpp"

namespace overture::cli {

/// Looks an organization's bindings up in the database, secrets unsealed. Both must outlive the result.
agent::BoundInstances::Find bindingFinder(store::Database& database, const tenant::Vault& vault);

/// What holds for a binding of the database. Both must outlive the result.
plugin::Terms termsOf(store::Database& database, const tenant::Vault& vault,
                      const OrganizationId& organization, const tenant::Binding& binding);

}  // namespace overture::cli
