#include "cli/bindings.hpp"

namespace overture::cli {

agent::BoundInstances::Find bindingFinder(store::Database& database, const tenant::Vault& vault) {
    return [&](const OrganizationId& organization, const BindingId& id) -> agent::BoundPlugin {
        auto tx = database.begin(organization);
        const auto binding = tenant::findBinding(tx, organization, id, &vault);
        tx.commit();
        if (!binding) throw Error("there is no binding " + id.text(), "organization " + organization.text());
        return {binding->plugin, binding->settings, binding->secrets, {binding->callsAtOnce}};
    };
}

}  // namespace overture::cli
