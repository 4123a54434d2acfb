#include "cli/bindings.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace overture::cli {
namespace {

/// One binding's secrets in the database, sealed.
class StoredSecrets final : public plugin::SecretKeeper {
public:
    StoredSecrets(store::Database& database, const tenant::Vault& vault, const OrganizationId& organization,
                  const BindingId& binding)
        : database_(database), vault_(vault), organization_(organization), binding_(binding) {}

    std::optional<std::string> find(const std::string& name) override {
        auto tx = database_.begin(organization_);
        const auto binding = tenant::findBinding(tx, organization_, binding_, &vault_);
        tx.commit();
        if (!binding) return std::nullopt;
        const auto found = binding->secrets.find(name);
        return found == binding->secrets.end() ? std::nullopt : std::optional(found->second);
    }

    void replace(const std::string& name, const std::string& before, const std::string& value) override {
        auto tx = database_.begin(organization_);
        tenant::replaceSecret(tx, organization_, binding_, vault_, name, before, value);
        tx.commit();
    }

private:
    store::Database& database_;
    const tenant::Vault& vault_;
    OrganizationId organization_;
    BindingId binding_;
};

}  // namespace

agent::BoundInstances::Find bindingFinder(store::Database& database, const tenant::Vault& vault,
                                          Recordings recordings) {
    return [&, recordings = std::move(recordings)](const OrganizationId& organization,
                                                   const BindingId& id) -> agent::BoundPlugin {
        auto tx = database.begin(organization);
        const auto binding = tenant::findBinding(tx, organization, id, &vault);
        tx.commit();
        if (!binding) throw Error("there is no binding " + id.text(), "organization " + organization.text());
        return {binding->plugin, binding->settings, binding->secrets,
                termsOf(database, vault, organization, *binding, recordings), binding->version};
    };
}

plugin::Terms termsOf(store::Database& database, const tenant::Vault& vault,
                      const OrganizationId& organization, const tenant::Binding& binding,
                      const Recordings& recordings) {
    plugin::Terms terms{binding.callsAtOnce,
                        std::make_shared<StoredSecrets>(database, vault, organization, binding.id)};
    const bool named =
        recordings.bindings.empty() ||
        std::any_of(recordings.bindings.begin(), recordings.bindings.end(),
                    [&](const auto& one) { return one == binding.name || one == binding.id.text(); });
    if (!recordings.folder.empty() && named) try {
            terms.recorder =
                std::make_shared<plugin::Recorder>(recordings.folder + "/" + binding.id.text() + ".jsonl");
        } catch (const Error& error) {  // the calls go on without it
            log::error("recording.failed", {{"binding", binding.id.text()}, {"error", error.what()}});
        }
    return terms;
}

}  // namespace overture::cli
