#pragma once

#include <map>
#include <mutex>

#include "base/clock.hpp"
#include "campaign/campaign.hpp"
#include "campaign/pace_rules.hpp"

namespace overture::campaign {

/// When this touch of a conversation goes out, at or after `from` and by the campaign's rules; nothing when it may never.
/// Pure but for the zone data. Any thread.
std::optional<Instant> touchTime(const compliance::Gate& gate, const turn::Opened& opened,
                                 const playbook::Touch& touch, Instant from, const PaceRules& rules);

/// What campaigns say of their pace, each asked for at most once a minute. Any thread.
class Paces {
public:
    Paces(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}
    PaceRules of(const OrganizationId& organization, const CampaignId& campaign);

private:
    struct Known {
        PaceRules rules;
        Instant readAt;
    };
    store::Database& database_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<CampaignId, Known> known_;
};

}  // namespace overture::campaign
