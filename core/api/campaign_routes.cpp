#include "api/shared.hpp"
#include "base/time.hpp"
#include "campaign/control.hpp"
#include "campaign/status.hpp"
#include "campaign/versions.hpp"
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

Answer status(Call& call) {
    const auto id = call.id<CampaignId>("campaign");
    if (call.tx.run(sql::api::campaigns, {call.organization, nullptr, id, 1}).empty()) notFound("campaign");
    return {campaign::status(call.tx, call.organization, id)};
}

enum class Act { start, pause, resume, stop };

campaign::StateChange change(Act act, Call& call, const CampaignId& id, const std::string& version) {
    if (act == Act::pause) return campaign::pause(call.database, call.organization, id, call.now);
    if (act == Act::stop) return campaign::stop(call.database, call.organization, id, call.now);
    const auto definition = campaign::checkedVersion(call.tx, call.organization, version).definition;
    const compliance::Gate gate;
    return (act == Act::start ? campaign::start : campaign::resume)(call.database, call.organization, id,
                                                                    *definition, gate, call.now);
}

/// Begins transactions of its own: said again, it finishes what a crash left undone.
template <Act act>
Answer change(Call& call) {
    const auto id = call.id<CampaignId>("campaign");
    const auto rows = call.tx.run(sql::api::campaigns, {call.organization, nullptr, id, 1});
    if (rows.empty()) notFound("campaign");
    const auto changed =
        orRefuse(409, "state", [&] { return change(act, call, id, rows[0].text("version")); });
    return {changed.toJson(), {}, true, {{"before", changed.before}, {"state", changed.state}}};
}

Json changeSchema() {
    return object({{"campaign", type("string", "its name")},
                   {"before", type("string", "the state until now")},
                   {"state", type("string")},
                   {"cancelled", type("integer", "queued messages that will not go out")},
                   {"dropped", type("integer", "touches and timers that will not come")},
                   {"taken_up", type("integer", "conversations that go on where they stood")},
                   {"planned", type("integer", "first touches planned")},
                   {"skipped",
                    {{"type", "array"},
                     {"items", object({{"reason", type("string")}, {"people", type("integer")}})}}}});
}

Json counts(const std::vector<const char*>& names) {
    Json properties = Json::object();
    for (const auto* name : names) properties[name] = type("integer");
    return object(properties);
}

Json statusSchema() {
    auto channel = counts({"sent", "delivered", "failed", "waiting", "held", "cancelled", "received"});
    channel["properties"]["channel"] = type("string");
    auto variant = counts({"people", "answered", "booked", "score"});
    variant["properties"]["variant"] = type("string", "empty: the playbook's own words");
    return object(
        {{"campaign", type("string")},
         {"id", uuid()},
         {"state", type("string")},
         {"since", maybeTime()},
         {"playbook", type("string")},
         {"version", type("string")},
         {"starts_at", time()},
         {"ends_at", maybeTime()},
         {"leads", counts({"total", "untouched", "touched", "talking", "held", "taken", "closed"})},
         {"reasons",
          {{"type", "array"},
           {"items",
            object({{"state", type("string")}, {"reason", type("string")}, {"people", type("integer")}})}}},
         {"meetings", counts({"booked", "cancelled"})},
         {"cost_micros", type("integer", "millionths of the currency")},
         {"touches_planned", type("integer")},
         {"next_touch", maybeTime()},
         {"channels", {{"type", "array"}, {"items", channel}}},
         {"variants", {{"type", "array"}, {"items", variant}}},
         {"checkpoints",
          {{"type", "array"},
           {"items", object({{"checkpoint", type("string")}, {"people", type("integer")}})}}}});
}

}  // namespace

std::vector<Route> campaignRoutes() {
    const std::string one = "/v1/campaigns/{campaign}";
    const auto act = [&](const char* verb, const char* operation, const char* about,
                         Answer (*handler)(Call&)) {
        return Route{"POST", one + "/" + verb, operation, about, Role::manager, {},
                     {},     changeSchema(),   handler};
    };
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
        {"GET",
         one + "/status",
         "showCampaignStatus",
         "How a campaign stands: people, meetings, money, messages by channel.",
         Role::agent,
         {},
         {},
         statusSchema(),
         status},
        act("start", "startCampaign", "Begins a draft: its time begins now, first touches are planned.",
            change<Act::start>),
        act("pause", "pauseCampaign",
            "Nothing more goes out, from this answer on. What people write is kept, an opt-out is obeyed.",
            change<Act::pause>),
        act("resume", "resumeCampaign", "A paused campaign goes on, in each person's own hours, spread.",
            change<Act::resume>),
        act("stop", "stopCampaign", "Nothing more goes out, for good.", change<Act::stop>),
    };
}

}  // namespace overture::api
