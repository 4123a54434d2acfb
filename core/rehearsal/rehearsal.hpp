// Room rehearsal: a whole campaign in virtual time with simulated people, and the report of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "campaign/campaign.hpp"
#include "meeting/meetings.hpp"
#include "net/http_client.hpp"
#include "playbook/definition.hpp"
#include "plugin/host.hpp"
#include "store/database.hpp"

namespace overture::rehearsal {

struct Plan {
    playbook::Files files;  ///< a playbook that passed its check
    std::shared_ptr<const playbook::Definition> definition;
    Json people;        ///< simulated people, as playbook::people() gives them
    Json settings;      ///< the playbook's settings as filled in
    std::string leads;  ///< the bytes of the CSV
    std::vector<meeting::AccountManager> team;
    std::string model = "scripted";  ///< plugin id
    Json modelSettings = Json::object();
    plugin::Secrets modelSecrets;
    std::uint64_t seed = 1;
    Instant start;
    int days = 14;
};

struct Progress {
    Instant now, start, end;
    std::uint64_t turns = 0, sent = 0;
};

struct Ran {
    OrganizationId organization;
    CampaignId campaign;
    campaign::ImportReport import;
    campaign::PlanReport plan;
    std::uint64_t turns = 0;
    Instant start, end;  ///< virtual
};

/// Runs the campaign on `database` (empty but migrated) from plan.start for plan.days: the same import, pacing, turns, gate,
/// deliveries and plugins as the running engine, one worker, a virtual clock. The same plan and seed give the same rows.
/// `host` must have loaded the plugins `sim`, the channels, and the model. `progress` is called now and then.
Ran run(store::Database& database, plugin::Host& host, VirtualClock& clock, const Plan& plan,
        const std::function<void(const Progress&)>& progress);

}  // namespace overture::rehearsal
