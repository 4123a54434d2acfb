#pragma once

#include "base/json.hpp"
#include "campaign/campaign.hpp"

namespace overture::campaign {

/// How a campaign stands: {campaign, id, state, since, playbook, version, starts_at, ends_at, leads: {total, untouched,
/// touched, talking, held, taken, closed}, reasons: [{state, reason, people}], meetings: {booked, cancelled},
/// cost_micros, touches_planned, next_touch, channels: [{channel, sent, delivered, failed, waiting, held, cancelled,
/// received}], and as Wordings}. Throws Error when there is none.
Json status(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign);

/// What the playbook's variants and checkpoints came to; both empty where it has none.
struct Wordings {
    Json
        variants;  ///< [{variant ("" the playbook's own words), people, answered, booked, score}], of those spoken to
    Json checkpoints;  ///< [{checkpoint, people}]
};
Wordings wordings(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign);

/// One short object for each campaign of the organization, the oldest first.
std::vector<Json> list(store::Transaction& tx, const OrganizationId& organization);

}  // namespace overture::campaign
