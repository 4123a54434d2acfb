#pragma once

#include "base/json.hpp"
#include "campaign/campaign.hpp"

namespace overture::campaign {

/// What a campaign came to: {campaign, id, zone, funnel: {people, touched, replied, booked, took_place, no_show, cancelled, opted_out,
/// held, closed}, cost_micros, cost_per_meeting_micros (null without one), stages, channels, versions: [{…, as in the funnel}], days:
/// [{day, touched, replied, booked}] in `zone`, the last `length` of them, each person on the day of their first}. Reads a row for each
/// of its people: a second or so for each hundred thousand. Throws Error when there is no such campaign.
Json report(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
            const std::string& zone, int length, Instant now);

}  // namespace overture::campaign
