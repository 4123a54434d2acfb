#pragma once

#include "agent/instances.hpp"
#include "tenant/tenants.hpp"

namespace overture::cli {

/// Looks an organization's bindings up in the database, secrets unsealed. Both must outlive the result.
agent::BoundInstances::Find bindingFinder(store::Database& database, const tenant::Vault& vault);

}  // namespace overture::cli
