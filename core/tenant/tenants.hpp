// Room tenant: organizations and their bindings; secrets sealed at rest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "store/database.hpp"
#include "tenant/vault.hpp"

namespace overture::tenant {

struct Binding {
    BindingId id;
    std::string name;    ///< unique in its organization: "carrier", "model"
    std::string plugin;  ///< plugin id
    Json settings = Json::object();
    Secrets secrets;
    int callsAtOnce = 0;  ///< in one engine; 0: as many as it lets run by itself
    int version = 1;      ///< one more with each replacement; saveBinding() counts
};

void createOrganization(store::Transaction& tx, const OrganizationId& id, const std::string& name,
                        Instant now);

struct Organization {
    OrganizationId id;
    std::string name;
};
/// The organizations meant by an id or a name, over all of them; "" means every one.
std::vector<Organization> organizationsNamed(store::Database& database, const std::string& idOrName);
/// Adds these keys to the organization's settings, over what they were.
void saveSettings(store::Transaction& tx, const OrganizationId& organization, const Json& settings);

/// What the organization has decided, locked until the transaction ends.
Json settingsOf(store::Transaction& tx, const OrganizationId& organization);
/// Adds to what is known of how many people a day a binding may write to first ("warm_up", "since", "carrier"); null takes one
/// away.
void limitPeople(store::Transaction& tx, const OrganizationId& organization, const BindingId& binding,
                 const Json& limits);

/// Writes a binding; one of the same name is replaced and keeps its id, which is returned. One that is named by a capability
/// ("enrichment/1") serves every campaign of the organization. A vault is needed when it has secrets.
BindingId saveBinding(store::Transaction& tx, const OrganizationId& organization, const Binding& binding,
                      const Vault* vault, Instant now);
/// A vault is needed when it has secrets.
std::optional<Binding> findBinding(store::Transaction& tx, const OrganizationId& organization,
                                   const BindingId& id, const Vault* vault);
/// Changes one secret from `before` to `value`; one that is something else by now stays.
void replaceSecret(store::Transaction& tx, const OrganizationId& organization, const BindingId& id,
                   const Vault& vault, const std::string& name, const std::string& before,
                   const std::string& value);
/// A binding without its secrets.
struct ListedBinding {
    BindingId id;
    std::string name, plugin;
    Json settings;
    bool sealed = false;  ///< it has secrets
    int callsAtOnce = 0;
};
/// By name.
std::vector<ListedBinding> bindings(store::Transaction& tx, const OrganizationId& organization);
/// Whose binding this is, over all organizations.
std::optional<OrganizationId> organizationOf(store::Database& database, const BindingId& id);

}  // namespace overture::tenant
