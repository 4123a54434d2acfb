#include "api/route.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

const Json kStates{"held", "booked", "cancelled", "expired"};

Answer list(Call& call) {
    Json items = Json::array();
    const auto state = textOf(call.query, "state");
    for (const auto row :
         call.tx.run(sql::api::meetings,
                     {call.organization, after(call),
                      state.empty() ? store::Param(nullptr) : store::Param(state), rowsWanted(call)}))
        items.push_back({{"id", row.text("meeting_id")},
                         {"conversation", row.text("conversation_id")},
                         {"lead", row.text("lead_id")},
                         {"starts_at", toRfc3339(row.instant("starts_at"))},
                         {"ends_at", toRfc3339(row.instant("ends_at"))},
                         {"lead_zone", row.text("lead_zone")},
                         {"state", row.text("state")},
                         {"title", row.text("title")},
                         {"confirmed_at", timeOrNull(row, "confirmed_at")},
                         {"manager",
                          {{"name", row.text("manager")},
                           {"email", row.text("manager_email")},
                           {"zone", row.text("manager_zone")}}}});
    return page(call, std::move(items));
}

Answer permit(Call& call) {
    const auto rows = call.tx.run(sql::api::permit, {call.organization, call.id<PermitId>("permit")});
    if (rows.empty()) notFound("permit");
    const auto row = rows[0];
    return {{{"id", row.text("permit_id")},
             {"address", row.text("address")},
             {"channel", row.text("channel")},
             {"purpose", row.text("purpose")},
             {"minute", toRfc3339(row.instant("minute"))},
             {"document", row.json("document")},
             {"hash", row.text("hash")}}};
}

}  // namespace

std::vector<Route> meetingRoutes() {
    const auto meeting =
        object({{"id", uuid()},
                {"conversation", uuid()},
                {"lead", uuid()},
                {"starts_at", time()},
                {"ends_at", time()},
                {"lead_zone", type("string", "of the person who comes: show them the time in it")},
                {"state", {{"type", "string"}, {"enum", kStates}}},
                {"title", type("string")},
                {"confirmed_at", maybeTime("when the lead said yes")},
                {"manager",
                 object({{"name", type("string")}, {"email", type("string")}, {"zone", type("string")}})}});
    const auto shown = object({{"id", uuid()},
                               {"address", type("string")},
                               {"channel", type("string")},
                               {"purpose", type("string")},
                               {"minute", time("the minute that it allows")},
                               {"document", type("object", "rules, sources, zones and evidence")},
                               {"hash", type("string", "its link in the chain")}});
    return {
        {"GET",
         "/v1/meetings",
         "listMeetings",
         "Every meeting and held time, the newest first.",
         Role::agent,
         listQuery({{"state", {{"type", "string"}, {"enum", kStates}}}}),
         {},
         listSchema(meeting),
         list},
        {"GET",
         "/v1/permits/{permit}",
         "showPermit",
         "Why one contact was allowed.",
         Role::agent,
         {},
         {},
         shown,
         permit},
    };
}

}  // namespace overture::api
