#pragma once

#include <string>
#include <vector>

#include "meeting/meetings.hpp"
#include "playbook/definition.hpp"
#include "store/database.hpp"
#include "tenant/tenants.hpp"

namespace overture::campaign {

/// A campaign to begin: whose, with which playbook, over which bindings.
struct NewCampaign {
    CampaignId id;
    std::string name;
    playbook::Files files;  ///< a playbook that passed its check
    std::shared_ptr<const playbook::Definition> definition;
    Json settings = Json::object();  ///< the playbook's settings as filled in
    std::vector<std::string> channels;
    std::vector<std::pair<std::string, BindingId>> bindings;  ///< channel or "model" → binding
    std::vector<meeting::AccountManager> team;
    Instant startsAt;
    std::optional<Instant> endsAt;
    bool draft = false;          ///< it begins with `start`, not now
    Json pace = Json::object();  ///< as PaceRules::read takes it
};

/// What is wrong with the settings a playbook asks for: missing required ones, wrong kinds, misspelt names. Empty: nothing.
std::vector<std::string> settingFaults(const playbook::Definition& definition, const Json& settings);

/// Publishes the version, saves the team and writes the campaign, as running unless it is a draft. Throws Error for settings
/// with faults.
void create(store::Transaction& tx, const OrganizationId& organization, const NewCampaign& campaign,
            Instant now);

}  // namespace overture::campaign
