#pragma once

#include <map>
#include <mutex>

#include "base/clock.hpp"
#include "campaign/campaign.hpp"

namespace overture::campaign {

/// When this touch of a conversation goes out, at or after `from` and not after `deadline`; nothing when it may never.
/// Pure but for the zone data. Any thread.
std::optional<Instant> touchTime(const compliance::Gate& gate, const turn::Opened& opened,
                                 const playbook::Touch& touch, Instant from, std::optional<Instant> deadline);

/// When campaigns end, each asked for at most once a minute. Any thread.
class Ends {
public:
    Ends(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}
    std::optional<Instant> of(const OrganizationId& organization, const CampaignId& campaign);

private:
    struct Known {
        std::optional<Instant> end;
        Instant readAt;
    };
    store::Database& database_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<CampaignId, Known> known_;
};

}  // namespace overture::campaign
