#include "campaign/create.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

constexpr std::string_view kSenderSuffix =
    "_sender";  // "sms_sender": who writes, per channel; the engine's own setting
constexpr std::string_view kPostalAddress =
    "postal_address";  // of the organization, for channels whose rules want it

std::vector<std::string> settingNames(const playbook::Definition& definition) {
    std::vector<std::string> names;
    for (const auto& [name, fact] : definition.settings) names.push_back(name);
    return names;
}

/// Every campaign may have these, whatever its playbook names; docs/operations.md.
bool isTheEngines(const std::string& name) {
    constexpr std::array kOfCalls{"voice_transfer_to", "voice_leave_message", "voice_most_seconds",
                                  "voice_record",      "voice_voice",         "voice_speed"};
    return name.ends_with(kSenderSuffix) || name == kPostalAddress ||
           std::find(kOfCalls.begin(), kOfCalls.end(), name) != kOfCalls.end();
}

}  // namespace

std::vector<std::string> settingFaults(const playbook::Definition& definition, const Json& settings) {
    std::vector<std::string> faults;
    for (const auto& [name, fact] : definition.settings) {
        if (!settings.contains(name) || settings[name].is_null() || settings[name] == "") {
            if (fact.required) faults.push_back("\"" + name + "\" is missing");
        } else if (const auto value = playbook::normalizeFact(fact, settings[name]); !value) {
            faults.push_back("\"" + name + "\": " + value.problem().what);
        }
    }
    for (const auto& [name, value] : settings.items()) {
        if (definition.settings.contains(name) || isTheEngines(name)) continue;
        const auto near = nearest(name, settingNames(definition));
        faults.push_back("\"" + name + "\" is no setting of this playbook" +
                         (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    return faults;
}

void create(store::Transaction& tx, const OrganizationId& organization, const NewCampaign& campaign,
            Instant now) {
    if (const auto faults = settingFaults(*campaign.definition, campaign.settings); !faults.empty())
        throw Error("the settings do not fit: " + join(faults, "; "),
                    "playbook \"" + campaign.definition->id + "\"", "Mend them in settings.json.");
    const auto version = playbook::versionOf(campaign.files);
    Json bindings = Json::object();
    for (const auto& [role, id] : campaign.bindings) bindings[role] = id.text();
    tx.run(sql::campaign::insert_version,
           {organization, version, campaign.definition->id, Json(campaign.files), now});
    tx.run(sql::campaign::insert_campaign,
           {organization, campaign.id, campaign.name, version, store::Param::array(campaign.channels),
            bindings, campaign.settings, campaign.startsAt, campaign.endsAt, now,
            campaign.definition->inboundStage.empty() ? store::Param(nullptr)
                                                      : store::Param(campaign.definition->inboundStage),
            campaign.draft ? "draft" : "running", campaign.pace});
    meeting::saveManagers(tx, organization, campaign.team);
}

}  // namespace overture::campaign
