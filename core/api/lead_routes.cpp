#include "api/route.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr const char* kTexts[] = {"external_id", "first_name",  "last_name", "phone",   "email",    "country",
                                  "state",       "postal_code", "zone",      "company", "language", "title"};

Json leadSchema() {
    Json properties{
        {"id", uuid()}, {"custom", type("object", "the list's other columns")}, {"created_at", time()}};
    for (const auto* name : kTexts) properties[name] = maybe("string");
    properties["phone"] = maybe("string", "E.164");
    properties["country"] = maybe("string", "ISO 3166-1 alpha-2");
    properties["zone"] = maybe("string", "as the list said it; evidence, not verdict");
    return object(properties);
}

Json jsonOf(const store::Row& row) {
    Json lead{{"id", row.text("lead_id")},
              {"custom", row.json("custom")},
              {"created_at", toRfc3339(row.instant("created_at"))}};
    for (const auto* name : kTexts) lead[name] = textOrNull(row, name);
    return lead;
}

store::Rows pageOf(Call& call) {
    const auto who = textOf(call.query, "who");
    if (who.empty())
        return call.tx.run(sql::api::leads, {call.organization, after(call), nullptr, rowsWanted(call)});
    return call.tx.run(sql::api::leads_found,
                       {call.organization, after(call), who, lowerAscii(who), rowsWanted(call)});
}

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto row : pageOf(call)) items.push_back(jsonOf(row));
    return page(call, std::move(items));
}

Answer show(Call& call) {
    const auto rows = call.tx.run(sql::api::leads, {call.organization, nullptr, call.id<LeadId>("lead"), 1});
    if (rows.empty()) notFound("lead");
    return {jsonOf(rows[0])};
}

}  // namespace

std::vector<Route> leadRoutes() {
    const Json who{{"who",
                    {{"type", "string"},
                     {"minLength", 1},
                     {"description", "only the lead with this phone (E.164), email or external id"}}}};
    return {
        {"GET",
         "/v1/leads",
         "listLeads",
         "Every lead, the newest first.",
         Role::agent,
         listQuery(who),
         {},
         listSchema(leadSchema()),
         list},
        {"GET", "/v1/leads/{lead}", "showLead", "One lead.", Role::agent, {}, {}, leadSchema(), show},
    };
}

}  // namespace overture::api
