#include "api/route.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

Json campaignProperties() {
    return {{"id", uuid()},
            {"name", type("string")},
            {"state", {{"type", "string"}, {"enum", {"draft", "running", "paused", "stopped", "finished"}}}},
            {"playbook", type("string")},
            {"version", type("string", "the playbook's, with which new conversations begin")},
            {"channels", {{"type", "array"}, {"items", type("string")}}},
            {"starts_at", time()},
            {"ends_at", maybeTime()},
            {"created_at", time()}};
}

Json jsonOf(const store::Row& row) {
    return {{"id", row.text("campaign_id")},
            {"name", row.text("name")},
            {"state", row.text("state")},
            {"playbook", row.text("playbook")},
            {"version", row.text("version")},
            {"channels", row.array("channels")},
            {"starts_at", toRfc3339(row.instant("starts_at"))},
            {"ends_at", timeOrNull(row, "ends_at")},
            {"created_at", toRfc3339(row.instant("created_at"))}};
}

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto row :
         call.tx.run(sql::api::campaigns, {call.organization, after(call), nullptr, rowsWanted(call)}))
        items.push_back(jsonOf(row));
    return page(call, std::move(items));
}

Answer show(Call& call) {
    const auto id = call.id<CampaignId>("campaign");
    const auto rows = call.tx.run(sql::api::campaigns, {call.organization, nullptr, id, 1});
    if (rows.empty()) notFound("campaign");
    auto campaign = jsonOf(rows[0]);
    campaign["conversations"] = Json::array();
    for (const auto row : call.tx.run(sql::api::campaign_progress, {call.organization, id}))
        campaign["conversations"].push_back({{"state", row.text("state")},
                                             {"stage", row.text("stage")},
                                             {"count", row.integer("conversations")}});
    return {campaign};
}

}  // namespace

std::vector<Route> campaignRoutes() {
    auto whole = campaignProperties();
    whole["conversations"] = {
        {"type", "array"},
        {"description", "how many stand where"},
        {"items",
         object({{"state", type("string")}, {"stage", type("string")}, {"count", type("integer")}})}};
    return {
        {"GET",
         "/v1/campaigns",
         "listCampaigns",
         "Every campaign, the newest first.",
         Role::agent,
         listQuery(),
         {},
         listSchema(object(campaignProperties())),
         list},
        {"GET",
         "/v1/campaigns/{campaign}",
         "showCampaign",
         "One campaign, and where its conversations stand.",
         Role::agent,
         {},
         {},
         object(whole),
         show},
    };
}

}  // namespace overture::api
