#include "tenant/resealing.hpp"

#include <iterator>

#include "queries/tenant.hpp"
#include "tenant/sealing.hpp"
#include "tenant/tenants.hpp"

namespace overture::tenant {
namespace {

const std::map<std::string, store::Query> kQueries{
    {"binding", sql::tenant::reseal_binding},         {"endpoint", sql::tenant::reseal_endpoint},
    {"issuer", sql::tenant::reseal_issuer},           {"second factor", sql::tenant::reseal_second_factor},
    {"session key", sql::tenant::reseal_session_key},
};

}  // namespace

Resealed reseal(store::Database& database, const Vault& vault) {
    Resealed done;
    for (const auto& [kind, query] : kQueries) done.count[kind] = 0;
    for (const auto& organization : organizationsNamed(database, "")) {
        auto tx = database.begin(organization.id);
        for (const auto row : tx.run(sql::tenant::sealed, {organization.id})) {
            const auto kind = row.text("kind");
            const auto owner = *Uuid::parse(row.text("owner"));
            const auto sealed = row.bytes("sealed");
            if (vault.isNewest(sealed, owner)) continue;
            try {
                const auto again = vault.seal(vault.unseal(sealed, owner), owner);
                const auto changed =
                    tx.run(kQueries.at(kind),
                           {organization.id, owner, store::Param::bytes(again), store::Param::bytes(sealed)});
                done.count[kind] += static_cast<int>(changed.affected());
            } catch (const store::DatabaseError&) {
                throw;
            } catch (const Error&) {
                done.shut.push_back(kind + " " + owner.text());
            }
        }
        tx.commit();
    }
    auto& rows = done.count["row of people's words"];
    const auto ofPeople = database.beginOwner().finish({{sql::tenant::sealed_organizations, {}}}).front();
    for (const auto row : ofPeople) {
        auto sealed = sealRows(database, vault, row.id<OrganizationId>("organization_id"), true);
        rows += static_cast<int>(sealed.changed);
        std::move(sealed.shut.begin(), sealed.shut.end(), std::back_inserter(done.shut));
    }
    return done;
}

}  // namespace overture::tenant
