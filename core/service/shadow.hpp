#pragma once

#include "agent/parts.hpp"
#include "service/history.hpp"

namespace overture::service {

/// Decides turns once more with the version that shadows their conversation, after their commit, from what they started from.
/// Asks models as any turn does, from the same budgets; looks into calendars and keeps nothing there; sends nothing and changes no
/// conversation. What it came to stands in shadow_turns.
class Shadow {
public:
    /// `parts` as the turns' own; its library is asked for the shadow's versions.
    Shadow(store::Database& database, const Clock& clock, agent::Parts parts)
        : database_(database), clock_(clock), parts_(std::move(parts)) {}
    /// Decides some that wait; returns how many were taken. One thread at a time; others may run beside it elsewhere.
    int runBatch();

private:
    void decide(const ConversationRef& conversation, int turn, const std::string& version);

    store::Database& database_;
    const Clock& clock_;
    agent::Parts parts_;
};

/// One shadowed turn: {conversation, turn, version, state, problem, same, differences, then, with, cost_micros}.
std::vector<Json> shadowsOf(store::Database& database, const OrganizationId& organization,
                            const CampaignId& campaign);

}  // namespace overture::service
