#include "tenant/audit.hpp"

#include "queries/tenant.hpp"

namespace overture::tenant {

void audit(store::Transaction& tx, const OrganizationId& organization, const Actor& actor,
           const std::string& act, const std::string& target, const Json& details, Instant now) {
    tx.queue(sql::tenant::insert_audit,
             {organization, uuid7(now), now, actor.name, act, target, details, actor.kind, actor.id});
}

}  // namespace overture::tenant
