#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "playbook/definition.hpp"
#include "store/database.hpp"

namespace overture::campaign {

/// From now on this published version decides the turns of `percent` of the campaign's conversations once more, chosen by a hash of the
/// lead; 0 ends it. Nothing that it decides is sent or counts. Throws Error when the campaign's settings or channels do not fit
/// the version.
void shadowVersion(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
                   const std::string& version, const playbook::Definition& definition, int percent,
                   Instant now);

/// Which version shadows whom, for all organizations, read together at most once in `life`. Any thread.
class Shadows {
public:
    Shadows(store::Database& database, const Clock& clock, milliseconds life = seconds(5))
        : database_(database), clock_(clock), life_(life) {}
    /// The version that shadows this lead's conversation; "" for none.
    std::string of(const OrganizationId& organization, const CampaignId& campaign, const LeadId& lead);

private:
    struct Shadow {
        std::string version;
        int percent = 0;
    };
    using All = std::map<std::pair<OrganizationId, CampaignId>, Shadow>;

    store::Database& database_;
    const Clock& clock_;
    milliseconds life_;
    std::mutex mutex_;
    std::optional<Instant> readAt_;
    std::shared_ptr<const All> all_ = std::make_shared<const All>();
};

}  // namespace overture::campaign
