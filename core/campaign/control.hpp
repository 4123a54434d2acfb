// A campaign that is running, paused, going on again, or over.
#pragma once

#include <optional>
#include <string>

#include "campaign/campaign.hpp"

namespace overture::campaign {

/// What a change of a campaign's state did.
struct StateChange {
    std::string campaign, before, state;  ///< its name, the state until now, the state now
    int cancelled = 0;                    ///< queued messages that will not go out
    int dropped = 0;                      ///< touches and timers that will not come
    int takenUp = 0;                      ///< conversations that go on where they stood
    PlanReport plan{};                    ///< first touches, planned anew

    /// {campaign, before, state, cancelled, dropped, taken_up, planned, skipped: [{reason, people}]}
    Json toJson() const;
};

/// draft → running: its time begins now and lasts as long as was meant, first touches are planned. Said again of one that is
/// running, it finishes what a crash left undone. Throws Error for one that is paused or over.
StateChange start(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                  const playbook::Definition& definition, const compliance::Gate& gate, Instant now);

/// running → paused, in ONE transaction: queued messages are cancelled, touches and timers dropped, and drafts at work are
/// void by their fence; what a carrier was being called for at that moment is sent. What people write is still recorded and
/// an opt-out obeyed. Of one that is paused already it says so and changes nothing.
StateChange pause(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                  Instant now);

/// paused → running: who wrote meanwhile is answered, a touch that never left and everything after it is planned anew in
/// each person's own hours, spread. Nobody gets what they have had. Said again, it finishes what a crash left undone. Throws
/// Error for a draft, for one that is over, and when its end has passed.
StateChange resume(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                   const playbook::Definition& definition, const compliance::Gate& gate, Instant now);

/// → stopped, for good, like a pause; open conversations are closed. Meetings that were agreed on stand.
StateChange stop(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                 Instant now);

}  // namespace overture::campaign
