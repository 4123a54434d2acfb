#include "tenant/tenants.hpp"

#include "queries/tenant.hpp"

namespace overture::tenant {

void createOrganization(store::Transaction& tx, const OrganizationId& id, const std::string& name,
                        Instant now) {
    tx.run(sql::tenant::insert_organization, {id, name, now});
}

std::vector<Organization> organizationsNamed(store::Database& database, const std::string& idOrName) {
    auto tx = database.beginShared();
    const auto rows = tx.run(sql::tenant::organizations_named, {idOrName});
    tx.commit();
    std::vector<Organization> found;
    for (const auto row : rows)
        found.push_back({row.id<OrganizationId>("organization_id"), row.text("name")});
    return found;
}

void saveSettings(store::Transaction& tx, const OrganizationId& organization, const Json& settings) {
    tx.run(sql::tenant::save_settings, {organization, settings});
}

void limitPeople(store::Transaction& tx, const OrganizationId& organization, const BindingId& binding,
                 const Json& limits) {
    auto people = settingsOf(tx, organization).value("people", Json::object());
    people.merge_patch({{binding.text(), limits}});
    if (people[binding.text()].empty()) people.erase(binding.text());
    saveSettings(tx, organization, {{"people", people}});
}

Json settingsOf(store::Transaction& tx, const OrganizationId& organization) {
    return tx.run(sql::tenant::settings, {organization})[0].json("settings");
}

BindingId saveBinding(store::Transaction& tx, const OrganizationId& organization, const Binding& binding,
                      const Vault* vault, Instant now) {
    store::Param sealed(nullptr);
    if (!binding.secrets.empty()) {
        if (vault == nullptr)
            throw Error("secrets cannot be kept without a key", "binding \"" + binding.name + "\"");
        sealed = store::Param::bytes(vault->seal(binding.secrets, binding.id));
    }
    const auto rows =
        tx.run(sql::tenant::save_binding,
               {organization, binding.id, binding.name, binding.plugin, binding.settings, sealed, now,
                binding.callsAtOnce == 0 ? store::Param(nullptr) : binding.callsAtOnce});
    const auto kept = rows[0].id<BindingId>("binding_id");
    if (kept == binding.id || binding.secrets.empty()) return kept;
    auto same = binding;
    same.id = kept;
    return saveBinding(tx, organization, same, vault, now);
}

std::optional<Binding> findBinding(store::Transaction& tx, const OrganizationId& organization,
                                   const BindingId& id, const Vault* vault) {
    const auto rows = tx.run(sql::tenant::find_binding, {organization, id});
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    Binding binding{id,
                    row.text("name"),
                    row.text("plugin"),
                    row.json("settings"),
                    {},
                    static_cast<int>(row.integer("calls_at_once")),
                    static_cast<int>(row.integer("version"))};
    if (!row.isNull("secrets")) {
        if (vault == nullptr)
            throw Error("its secrets cannot be read without a key", "binding \"" + binding.name + "\"");
        binding.secrets = vault->unseal(row.bytes("secrets"), id);
    }
    return binding;
}

void replaceSecret(store::Transaction& tx, const OrganizationId& organization, const BindingId& id,
                   const Vault& vault, const std::string& name, const std::string& before,
                   const std::string& value) {
    const auto rows = tx.run(sql::tenant::secrets_of_binding, {organization, id});
    if (rows.empty() || rows[0].isNull("secrets")) return;
    auto secrets = vault.unseal(rows[0].bytes("secrets"), id);
    const auto found = secrets.find(name);
    if (found == secrets.end() || found->second != before) return;
    found->second = value;
    tx.run(sql::tenant::change_secrets, {organization, id, store::Param::bytes(vault.seal(secrets, id))});
}

std::vector<ListedBinding> bindings(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<ListedBinding> all;
    for (const auto row : tx.run(sql::tenant::bindings, {organization}))
        all.push_back({row.id<BindingId>("binding_id"), row.text("name"), row.text("plugin"),
                       row.json("settings"), row.boolean("sealed"),
                       static_cast<int>(row.integer("calls_at_once"))});
    return all;
}

std::optional<OrganizationId> organizationOf(store::Database& database, const BindingId& id) {
    auto tx = database.beginShared();
    const auto rows = tx.run(sql::tenant::organization_of_binding, {id});
    tx.commit();
    if (rows[0].isNull("organization_id")) return std::nullopt;
    return rows[0].id<OrganizationId>("organization_id");
}

}  // namespace overture::tenant
