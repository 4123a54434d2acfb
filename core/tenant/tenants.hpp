// Room tenant: organizations and their bindings; secrets sealed at rest.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::tenant {

using Secrets = std::map<std::string, std::string>;

/// Seals secrets with one key per installation (libsodium, XChaCha20-Poly1305). Any thread.
class Vault {
public:
    /// The key from OVERTURE_SECRET_KEY (64 hex digits), else from `directory`/secret.key, made there (mode 0600) when
    /// there is none. Throws Error naming what is wrong with either.
    static Vault open(const std::string& directory);
    explicit Vault(std::string key) : key_(std::move(key)) {}

    /// Bound to `owner` (a binding, a person, …): a sealed text copied to another one does not open.
    template <typename Tag>
    std::string seal(const Secrets& secrets, const Id<Tag>& owner) const {
        return seal(secrets, owner.uuid);
    }
    /// Throws Error when it was sealed with another key or changed.
    template <typename Tag>
    Secrets unseal(const std::string& sealed, const Id<Tag>& owner) const {
        return unseal(sealed, owner.uuid);
    }
    /// Proves that this installation wrote `text` for that purpose (keyed BLAKE2b): 64 hex digits.
    std::string sign(std::string_view purpose, std::string_view text) const;

private:
    std::string seal(const Secrets& secrets, const Uuid& owner) const;
    Secrets unseal(const std::string& sealed, const Uuid& owner) const;

    std::string key_;  // 32 bytes
};

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
