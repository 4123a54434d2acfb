#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "campaign/forecast.hpp"
#include "meeting/meetings.hpp"

namespace overture::campaign {

/// Everything that a campaign would begin with. Empty or absent: not known here, and then not judged.
struct PreflightFacts {
    std::shared_ptr<const playbook::Definition> definition;
    Json settings = Json::object();
    std::vector<std::string> channels;
    std::optional<std::map<std::string, std::string>>
        bindings;                      ///< role ("sms", "model") → plugin; "" for none of that id
    std::vector<std::string> plugins;  ///< that are loaded here
    std::vector<meeting::AccountManager> team;
    std::map<std::string, std::int64_t> prices;  ///< channel or "model_call" → micros for one message or call
    std::string currency = "USD";
    Json rates = Json::object();  ///< as `overture campaign create` takes them
    std::string packs;            ///< Gate::version()
    Forecast forecast;
    std::vector<Prospect> people;
    int rows = 0, rejected = 0, merged = 0;  ///< of a list; 0 without one
    double answerRate = 0.2,
           meetingRate = 0.05;  ///< of the people reached: what cost and capacity are reckoned with
    Instant now;
};

/// "sms=0.0079,model_call=0.004" in the currency's units, as PreflightFacts::prices; nothing when it cannot be read.
std::optional<std::map<std::string, std::int64_t>> pricesIn(const std::string& list,
                                                            const std::string& currency);

/// A campaign on the database as preflight and forecast look at it, but for its people.
struct Standing {
    PreflightFacts facts;
    Json pace;                ///< as PaceRules::read takes it
    std::optional<int> days;  ///< that it has left, or will have once it begins; nothing: no end
};
/// `definition` is its version's own. Throws Error when there is no such campaign.
Standing standingOf(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
                    std::shared_ptr<const playbook::Definition> definition, Instant from);

/// What would go wrong and what it would come to, before anything is sent: {ready, findings: [{severity: "error", "warning"
/// or "note", what, remedy}], leads, touches, cost, rule_packs, numbers, team}. Ready: no error among the findings. Pure.
Json preflight(const PreflightFacts& facts);

/// The same for people.
std::string preflightText(const Json& preflight);

}  // namespace overture::campaign
