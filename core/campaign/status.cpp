#include "campaign/status.hpp"

#include "base/time.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

Json timeOrNull(const std::optional<Instant>& at) {
    return at ? Json(toRfc3339(*at)) : Json(nullptr);
}

Json counts(const store::Row& row, std::initializer_list<const char*> names) {
    auto out = Json::object();
    for (const char* name : names) out[name] = row.integer(name);
    return out;
}

Json variantsIn(const store::Rows& rows) {
    auto all = Json::array();
    for (const auto row : rows) {
        auto one = counts(row, {"people", "answered", "booked", "score"});
        one["variant"] = row.text("variant");
        all.push_back(std::move(one));
    }
    return all;
}

Json checkpointsIn(const store::Rows& rows) {
    auto all = Json::array();
    for (const auto row : rows)
        all.push_back({{"checkpoint", row.text("checkpoint")}, {"people", row.integer("people")}});
    return all;
}

Json head(const store::Row& row) {
    return {{"campaign", row.text("name")},
            {"state", row.text("state")},
            {"since", timeOrNull(row.maybeInstant("state_since"))},
            {"playbook", row.text("playbook")},
            {"version", row.text("version")},
            {"starts_at", toRfc3339(row.instant("starts_at"))},
            {"ends_at", timeOrNull(row.maybeInstant("ends_at"))}};
}

}  // namespace

Json status(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign) {
    const auto read = tx.runAll({{sql::campaign::status, {organization, campaign}},
                                 {sql::campaign::status_channels, {organization, campaign}},
                                 {sql::campaign::status_reasons, {organization, campaign}},
                                 {sql::campaign::status_variants, {organization, campaign}},
                                 {sql::campaign::status_checkpoints, {organization, campaign}}});
    if (read[0].empty()) throw Error("there is no such campaign", campaign.text(), "Check its id.");
    const auto row = read[0][0];
    auto out = head(row);
    out["id"] = campaign.text();
    out["leads"] = counts(row, {"leads", "untouched", "touched", "talking", "held", "taken", "closed"});
    out["leads"]["total"] = out["leads"]["leads"];
    out["leads"].erase("leads");
    out["meetings"] = {{"booked", row.integer("booked")}, {"cancelled", row.integer("meetings_cancelled")}};
    out["cost_micros"] = row.integer("cost_micros");
    out["touches_planned"] = row.integer("touches_planned");
    out["next_touch"] = timeOrNull(row.maybeInstant("next_touch"));
    out["channels"] = Json::array();
    for (const auto one : read[1]) {
        auto channel =
            counts(one, {"sent", "delivered", "failed", "waiting", "held", "cancelled", "received"});
        channel["channel"] = one.text("channel");
        out["channels"].push_back(std::move(channel));
    }
    out["reasons"] = Json::array();
    for (const auto one : read[2])
        out["reasons"].push_back({{"state", one.text("state")},
                                  {"reason", one.text("reason")},
                                  {"people", one.integer("people")}});
    out["variants"] = variantsIn(read[3]);
    out["checkpoints"] = checkpointsIn(read[4]);
    return out;
}

Wordings wordings(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign) {
    const auto read = tx.runAll({{sql::campaign::status_variants, {organization, campaign}},
                                 {sql::campaign::status_checkpoints, {organization, campaign}}});
    return {variantsIn(read[0]), checkpointsIn(read[1])};
}

std::vector<Json> list(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<Json> all;
    const auto rows = tx.run(sql::campaign::list, {organization});
    for (const auto row : rows) {
        auto one = head(row);
        one["id"] = row.text("campaign_id");
        one["channels"] = row.array("channels");
        one["leads"] = row.integer("leads");
        one["open"] = row.integer("open");
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace overture::campaign
