// Lists that are imported while whoever sent them goes on.
#include "api/shared.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/columns.hpp"
#include "campaign/csv.hpp"
#include "campaign/importing.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using campaign::ImportId;
using tenant::Role;

Json importSchema() {
    return object(
        {{"id", uuid()},
         {"campaign", uuid()},
         {"name", type("string", "as whoever sent it calls it")},
         {"state",
          {{"type", "string"},
           {"enum", {"waiting", "running", "planning", "done", "failed", "cancelled"}},
           {"description", "planning: its leads are there, their first touches are being planned"}}},
         {"rows_read", type("integer")},
         {"kept", type("integer", "rows that can be used, so far")},
         {"refused", type("integer", "rows that cannot, so far")},
         {"problem", maybe("string", "why it failed")},
         {"created_at", time()},
         {"began_at", maybeTime()},
         {"ended_at", maybeTime()},
         {"self", type("string", "where this is")},
         {"report", maybe("string", "where its report is, once its leads are there")}});
}

Json importJson(const store::Row& row) {
    const auto self = "/v1/imports/" + row.text("import_id");
    const auto state = row.text("state");
    const bool there = state == "planning" || state == "done";
    return {{"id", row.text("import_id")},
            {"campaign", row.text("campaign_id")},
            {"name", row.text("name")},
            {"state", state},
            {"rows_read", row.integer("rows_read")},
            {"kept", row.integer("kept")},
            {"refused", row.integer("refused")},
            {"problem", row.text("problem").empty() ? Json() : Json(row.text("problem"))},
            {"created_at", toRfc3339(row.instant("created_at"))},
            {"began_at", timeOrNull(row, "began_at")},
            {"ended_at", timeOrNull(row, "ended_at")},
            {"self", self},
            {"report", there ? Json(self + "/report") : Json()}};
}

Answer showImport(Call& call) {
    const auto rows = call.tx.run(sql::api::import, {call.organization, call.id<ImportId>("import")});
    if (rows.empty()) notFound("import");
    return {importJson(rows[0])};
}

Answer listImports(Call& call) {
    std::optional<Uuid> campaign;
    if (call.query.contains("campaign")) campaign = Uuid::parse(textOf(call.query, "campaign"));
    const auto rows =
        call.tx.run(sql::api::imports, {call.organization, below(call), campaign, rowsWanted(call)});
    Json items = Json::array();
    for (const auto row : rows) items.push_back(importJson(row));
    return page(call, std::move(items));
}

/// What is no list of leads at all is said at once.
void mustBeAList(const std::string& csv) {
    orRefuse(
        400, "invalid",
        [&] {
            const campaign::CsvReader reader(csv, "csv");
            return campaign::columnsOf(reader.header(), "csv:" + std::to_string(reader.headerLine()));
        },
        "csv");
}

Answer begin(Call& call) {
    const auto id = call.id<CampaignId>("campaign");
    versionThatTakesLeads(call, id);
    const auto csv = textOf(call.body, "csv");
    mustBeAList(csv);
    const auto begun = campaign::beginImport(call.tx, call.organization, id, textOf(call.body, "name"),
                                             textOf(call.body, "region"), csv, call.now);
    if (!begun)
        throw Refusal{429, "too_many",
                      "Ten lists are in line already; send this one when one of them is done.", "",
                      seconds(10)};
    const auto rows = call.tx.run(sql::api::import, {call.organization, *begun});
    Answer answer{importJson(rows[0])};
    answer.wakesEngine = true;
    answer.audited = {{"import", begun->text()}, {"bytes", csv.size()}};
    return answer;
}

Answer cancel(Call& call) {
    const auto id = call.id<ImportId>("import");
    if (!campaign::cancelImport(call.tx, call.organization, id, call.now)) {
        const auto now = showImport(call).document;
        throw Refusal{409, "state",
                      "This import is " + textOf(now, "state") + "; what it made is there, or nothing is."};
    }
    return showImport(call);
}

Answer report(Call& call) {
    const auto rows = call.tx.run(sql::api::import_report, {call.organization, call.id<ImportId>("import")});
    if (rows.empty()) notFound("import");
    if (rows[0].isNull("report"))
        throw Refusal{409, "state", "This import is " + rows[0].text("state") + "; it has no report."};
    return {rows[0].json("report")};
}

}  // namespace

std::string versionThatTakesLeads(Call& call, const CampaignId& campaign) {
    const auto rows = call.tx.run(sql::api::campaigns, {call.organization, nullptr, campaign, 1});
    if (rows.empty()) notFound("campaign");
    const auto state = rows[0].text("state");
    if (state == "stopped" || state == "finished")
        throw Refusal{409, "state", "This campaign is " + state + "; nobody is added to it."};
    return rows[0].text("version");
}

Json importReportSchema() {
    const auto people = object({{"reason", type("string")}, {"people", type("integer")}});
    const auto remark = object({{"line", type("integer")}, {"reason", type("string")}});
    return object(
        {{"rows", type("integer")},
         {"imported", type("integer", "new people")},
         {"merged", type("integer", "rows of people who were there already")},
         {"rejected", type("integer", "rows that cannot be used")},
         {"planned", type("integer", "first touches; none while the campaign does not run")},
         {"skipped",
          {{"type", "array"}, {"items", people}, {"description", "who is not contacted, and why"}}},
         {"notes",
          {{"type", "array"},
           {"items", object({{"line", type("integer")},
                             {"outcome", {{"type", "string"}, {"enum", {"merged", "rejected"}}}},
                             {"reason", type("string")}})}}},
         {"remarks",
          {{"type", "array"}, {"items", remark}, {"description", "what of good rows could not be used"}}}});
}

std::vector<Route> importRoutes() {
    return {
        {"POST",
         "/v1/campaigns/{campaign}/imports",
         "beginImport",
         "Takes a list as `/import` does and answers at once (202, with its `Location`): it is read while "
         "you ask how far it is. All "
         "of it is kept, or nothing: when it is cancelled, or the engine ends, it is as if it had not been "
         "sent; "
         "another engine begins it anew. Ten of an organization are in line at most.",
         Role::manager,
         {},
         {{"type", "object"},
          {"required", {"csv"}},
          {"properties",
           {{"csv", {{"type", "string"}, {"minLength", 1}, {"examples", {"name,phone\nMax,+12025550143\n"}}}},
            {"name", {{"type", "string"}, {"maxLength", 200}, {"description", "of the file, for people"}}},
            {"region",
             {{"type", "string"},
              {"maxLength", 2},
              {"description", "for phone numbers without their country's code"}}}}},
          {"additionalProperties", false}},
         importSchema(),
         begin,
         nullptr,
         false,
         false,
         202},
        {"GET",
         "/v1/imports",
         "listImports",
         "Lists that were sent within 30 days, the newest first.",
         Role::manager,
         listQuery({{"campaign", uuid()}}),
         {},
         listSchema(importSchema()),
         listImports},
        {"GET",
         "/v1/imports/{import}",
         "showImport",
         "How far a list is.",
         Role::manager,
         {},
         {},
         importSchema(),
         showImport},
        {"GET",
         "/v1/imports/{import}/report",
         "showImportReport",
         "What became of each row that did not become a lead of its own.",
         Role::manager,
         {},
         {},
         importReportSchema(),
         report},
        {"POST",
         "/v1/imports/{import}/cancel",
         "cancelImport",
         "Nothing of it is kept. One whose leads are there cannot be cancelled any more.",
         Role::manager,
         {},
         {},
         importSchema(),
         cancel},
    };
}

}  // namespace overture::api
