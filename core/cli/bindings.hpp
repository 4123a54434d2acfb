#pragma once

#include "agent/instances.hpp"
#include "tenant/tenants.hpp"

namespace overture::cli {

/// Which bindings' HTTP exchanges are written down, each into `folder`/ID.jsonl.
struct Recordings {
    std::string folder = {};                 ///< "": none
    std::vector<std::string> bindings = {};  ///< names or ids; none: every binding
};

/// Looks an organization's bindings up in the database, secrets unsealed. Both must outlive the result.
agent::BoundInstances::Find bindingFinder(store::Database& database, const tenant::Vault& vault,
                                          Recordings recordings = {});

/// What holds for a binding of the database. Both must outlive the result. One that cannot be recorded is not.
plugin::Terms termsOf(store::Database& database, const tenant::Vault& vault,
                      const OrganizationId& organization, const tenant::Binding& binding,
                      const Recordings& recordings = {});

}  // namespace overture::cli
