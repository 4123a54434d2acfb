// The figures behind a campaign.
#include "api/shared.hpp"
#include "base/time.hpp"
#include "campaign/report.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

Answer report(Call& call) {
    const auto id = call.id<CampaignId>("campaign");
    const auto settings = call.tx.run(sql::api::settings, {call.organization})[0].json("settings");
    const auto zone = textOf(call.query, "zone", textOf(settings, "zone", "UTC"));
    if (!isZone(zone)) throw Refusal{400, "invalid", "It takes a zone such as America/Phoenix.", "zone"};
    if (call.tx.run(sql::api::campaigns, {call.organization, nullptr, id, 1}).empty()) notFound("campaign");
    const LongWork::Place place(call.means.longWork, call.organization);
    return {campaign::report(call.tx, call.organization, id, zone, call.query["days"], call.now)};
}

Json figures(Json more = Json::object()) {
    for (const auto& [name, about] :
         std::initializer_list<std::pair<const char*, const char*>>{{"people", ""},
                                                                    {"touched", "were written to first"},
                                                                    {"replied", "wrote"},
                                                                    {"booked", "have a meeting"},
                                                                    {"took_place", ""},
                                                                    {"no_show", ""},
                                                                    {"cancelled", "had one and have none"},
                                                                    {"opted_out", ""},
                                                                    {"held", "wait for a person"},
                                                                    {"closed", ""}})
        more[name] = type("integer", about);
    return object(std::move(more));
}

Json listOf(const char* by, const char* about, Json more = Json::object()) {
    more[by] = type("string", about);
    more["cost_micros"] = type("integer");
    return {{"type", "array"}, {"items", figures(std::move(more))}};
}

}  // namespace

std::vector<Route> reportRoutes() {
    return {
        {"GET",
         "/v1/campaigns/{campaign}/report",
         "reportCampaign",
         "What a campaign came to: how far its people came, where they stand, by version and by day. Takes "
         "a second or so for each hundred thousand people; one at a time.",
         Role::manager,
         {{"days", {{"type", "integer"}, {"minimum", 1}, {"maximum", 366}, {"default", 30}}},
          {"zone",
           {{"type", "string"},
            {"maxLength", 100},
            {"description", "whose days they are; the organization's own unless given"}}}},
         {},
         object({{"campaign", type("string")},
                 {"id", uuid()},
                 {"zone", type("string")},
                 {"funnel", figures()},
                 {"cost_micros", type("integer", "of its models")},
                 {"cost_per_meeting_micros", maybe("integer")},
                 {"stages", listOf("stage", "where they stand now")},
                 {"channels", listOf("channel", "the last one used; empty: none yet")},
                 {"versions",
                  listOf("version", "of the playbook",
                         {{"share_percent", maybe("integer", "of new ones, where it has a share")}})},
                 {"days",
                  {{"type", "array"},
                   {"items", object({{"day", type("string")},
                                     {"touched", type("integer", "for the first time")},
                                     {"replied", type("integer", "for the first time")},
                                     {"booked", type("integer")}})}}}}),
         report},
    };
}

}  // namespace overture::api
