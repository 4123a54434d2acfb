#include "api/shared.hpp"
#include "base/money.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "meeting/meetings.hpp"
#include "queries/api.hpp"
#include "tenant/budgets.hpp"

namespace overture::api {
namespace {

using tenant::Role;

Json jsonOf(const meeting::AccountManager& manager) {
    return {{"id", manager.id.text()},
            {"name", manager.name},
            {"email", manager.email},
            {"zone", manager.zone},
            {"hours", manager.hours}};
}

Answer listManagers(Call& call) {
    Json items = Json::array();
    for (const auto& one : meeting::managers(call.tx, call.organization))
        items.push_back(tagged(jsonOf(one)));
    return all(std::move(items));
}

/// Whoever says which state they mean is compared with the one that stays until the call ends. Nothing: there is none.
template <typename Present>
void mustMatchPresent(Call& call, const Present& present) {
    if (call.ifMatch.empty()) return;
    (void)tenant::settingsOf(call.tx, call.organization);
    call.mustMatch(textOf(present(), "tag"));
}

Json managerCalled(Call& call, const std::string& email) {
    for (const auto& one : meeting::managers(call.tx, call.organization))
        if (one.email == email) return tagged(jsonOf(one));
    return {};
}

Answer saveManager(Call& call) {
    const auto email = tenant::emailIn(call.body["email"].get<std::string>());
    if (!email) throw Refusal{400, "invalid", "This is no email address.", "email"};
    mustMatchPresent(call, [&] { return managerCalled(call, *email); });
    orRefuse(400, "invalid", [&] {
        meeting::saveManagers(
            call.tx, call.organization,
            {{ManagerId(uuid7(call.now)), call.body["name"], *email, call.body["zone"], call.body["hours"]}});
        return 0;
    });
    auto saved = managerCalled(call, *email);
    const auto hours = textOf(saved, "hours");
    return {std::move(saved), {}, false, {{"email", *email}, {"hours", hours}}};
}

/// Of what is set, not of what is spent.
std::string limitTag(const tenant::Budget& budget) {
    return tagOf({budget.scope, budget.period, budget.campaign ? budget.campaign->text() : "",
                  budget.limit.micros, budget.limit.currency});
}

Json jsonOf(const tenant::BudgetState& state) {
    const auto& budget = state.budget;
    return {{"scope", budget.scope},
            {"period", budget.period},
            {"campaign", budget.campaign ? Json(budget.campaign->text()) : Json()},
            {"campaign_name", state.campaignName},
            {"limit_micros", budget.limit.micros},
            {"currency", budget.limit.currency},
            {"spent_micros", state.spentMicros},
            {"reserved_micros", state.reservedMicros},
            {"tag", limitTag(budget)}};
}

Answer listBudgets(Call& call) {
    Json items = Json::array();
    for (const auto& one : tenant::budgets(call.tx, call.organization, call.now))
        items.push_back(jsonOf(one));
    return all(std::move(items));
}

tenant::Budget budgetIn(Call& call) {
    tenant::Budget budget;
    budget.scope = call.body["scope"];
    budget.period = call.body["period"];
    if (budget.period == "day" && budget.scope != "organization" && budget.scope != "campaign")
        throw Refusal{400, "invalid", "A day's budget is for an organization or a campaign.", "period"};
    if (!call.body.contains("campaign")) return budget;
    if (budget.scope == "organization")
        throw Refusal{400, "invalid", "An organization's budget is for all campaigns.", "campaign"};
    const auto id = CampaignId::parse(call.body["campaign"].get<std::string>());
    if (!id) throw Refusal{400, "invalid", "This is no id.", "campaign"};
    if (call.tx.run(sql::api::campaigns, {call.organization, nullptr, *id, 1}).empty()) notFound("campaign");
    budget.campaign = *id;
    return budget;
}

/// One that is for every campaign has a row for each.
Json budgetLike(Call& call, const tenant::Budget& budget) {
    for (const auto& one : tenant::budgets(call.tx, call.organization, call.now))
        if (one.budget.scope == budget.scope && one.budget.period == budget.period &&
            one.budget.campaign == budget.campaign)
            return jsonOf(one);
    return {};
}

Answer setBudget(Call& call) {
    auto budget = budgetIn(call);
    mustMatchPresent(call, [&] { return budgetLike(call, budget); });
    budget.limit = {call.body["limit_micros"].get<std::int64_t>(), call.body["currency"]};
    tenant::setBudget(call.tx, call.organization, budget, call.now);
    return {{{"scope", budget.scope}, {"period", budget.period}, {"limit_micros", budget.limit.micros}},
            {},
            false,
            call.body};
}

Answer removeBudget(Call& call) {
    const auto budget = budgetIn(call);
    mustMatchPresent(call, [&] { return budgetLike(call, budget); });
    if (!tenant::removeBudget(call.tx, call.organization, budget)) notFound("budget");
    return {{{"scope", budget.scope}, {"period", budget.period}}, {}, false, call.body};
}

Answer usage(Call& call) {
    const auto length = days(call.query["days"].get<int>());
    const auto from = std::chrono::floor<days>(call.now) - length + days(1);
    Json items = Json::array();
    for (const auto row :
         call.tx.run(sql::api::usage, {call.organization, Instant(from), call.now + seconds(1)}))
        items.push_back({{"day", row.text("day")},
                         {"campaign", {{"id", row.text("campaign_id")}, {"name", row.text("campaign")}}},
                         {"calls", row.integer("calls")},
                         {"cost_micros", row.integer("cost_micros")}});
    return all(std::move(items));
}

Answer setOrigins(Call& call) {
    for (const auto& origin : call.body["origins"])
        if (const auto fault = faultOfOrigin(origin.get<std::string>()))
            throw Refusal{400, "invalid", *fault, "origins"};
    tenant::saveSettings(call.tx, call.organization, {{"origins", call.body["origins"]}});
    return {{{"origins", call.body["origins"]}}, {}, false, call.body};
}

Answer showSettings(Call& call) {
    const auto settings = call.tx.run(sql::api::settings, {call.organization})[0].json("settings");
    return {
        {{"zone", textOf(settings, "zone", "UTC")}, {"origins", settings.value("origins", Json::array())}}};
}

Answer setZone(Call& call) {
    if (!isZone(textOf(call.body, "zone")))
        throw Refusal{400, "invalid", "This is no time zone; a name like America/Phoenix is.", "zone"};
    tenant::saveSettings(call.tx, call.organization, {{"zone", call.body["zone"]}});
    return {call.body, {}, false, call.body};
}

}  // namespace

std::vector<Route> setupRoutes() {
    const Json name{{"type", "string"}, {"minLength", 1}, {"maxLength", 200}};
    Json budget{
        {"scope", {{"type", "string"}, {"enum", {"organization", "campaign", "conversation", "turn"}}}},
        {"period", {{"type", "string"}, {"enum", {"total", "day"}}, {"default", "total"}}},
        {"campaign", {{"type", "string"}, {"description", "its id; without it every one"}}}};
    auto limited = budget;
    limited["limit_micros"] = {
        {"type", "integer"}, {"minimum", 0}, {"description", "millionths of the currency"}};
    limited["currency"] = {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}, {"default", "USD"}};
    const auto strings = [](const char* about) {
        return Json{{"type", "array"}, {"items", type("string")}, {"description", about}};
    };
    const auto manager =
        object({{"id", uuid()},
                {"name", type("string")},
                {"email", type("string")},
                {"zone", type("string")},
                {"hours", type("string", "when they take meetings, in their zone")},
                {"tag", type("string", "in quotes as If-Match: only this state is changed")}});
    return {
        {"GET",
         "/v1/managers",
         "listManagers",
         "The account managers whose time meetings are booked in.",
         Role::agent,
         {},
         {},
         listSchema(manager),
         listManagers},
        {"POST",
         "/v1/managers",
         "saveManager",
         "Adds one, or changes the one who has this address.",
         Role::manager,
         {},
         object({{"name", name},
                 {"email",
                  {{"type", "string"},
                   {"minLength", 3},
                   {"maxLength", 254},
                   {"examples", {"dana@example.com"}}}},
                 {"zone", {{"type", "string"}, {"examples", {"America/Phoenix"}}}},
                 {"hours",
                  {{"type", "string"},
                   {"maxLength", 500},
                   {"examples", {"Mon-Fri 09:00-17:00, Sat 10:00-12:00"}}}}},
                {"name", "email", "zone", "hours"}),
         manager,
         saveManager},
        {"POST",
         "/v1/budgets",
         "setBudget",
         "Writes a budget, or changes its limit. It counts within five seconds.",
         Role::admin,
         {},
         object(limited, {"scope", "limit_micros"}),
         object({{"scope", type("string")}, {"period", type("string")}, {"limit_micros", type("integer")}}),
         setBudget},
        {"GET",
         "/v1/budgets",
         "listBudgets",
         "What model calls may cost, and what they have cost.",
         Role::manager,
         {},
         {},
         listSchema(object({{"scope", type("string")},
                            {"period", type("string")},
                            {"campaign", maybe("string")},
                            {"campaign_name", type("string")},
                            {"limit_micros", type("integer")},
                            {"currency", type("string")},
                            {"spent_micros", type("integer")},
                            {"reserved_micros", type("integer")},
                            {"tag", type("string", "in quotes as If-Match: only this limit is changed")}})),
         listBudgets},
        {"POST",
         "/v1/budgets/remove",
         "removeBudget",
         "Nothing limits it any more.",
         Role::admin,
         {},
         object(budget, {"scope"}),
         object({{"scope", type("string")}, {"period", type("string")}}),
         removeBudget},
        {"GET",
         "/v1/usage",
         "showUsage",
         "What model calls have cost, by day (UTC) and campaign.",
         Role::manager,
         {{"days", {{"type", "integer"}, {"minimum", 1}, {"maximum", 366}, {"default", 30}}}},
         {},
         listSchema(object({{"day", type("string")},
                            {"campaign", object({{"id", uuid()}, {"name", type("string")}})},
                            {"calls", type("integer")},
                            {"cost_micros", type("integer")}})),
         usage},
        {"GET",
         "/v1/settings",
         "showSettings",
         "What the organization has decided.",
         Role::agent,
         {},
         {},
         object({{"zone", type("string", "whose days its reports count")},
                 {"origins", strings("of pages that may call the API from a browser")}}),
         showSettings},
        {"POST",
         "/v1/zone",
         "setZone",
         "Whose days reports count.",
         Role::admin,
         {},
         object({{"zone",
                  {{"type", "string"},
                   {"minLength", 1},
                   {"maxLength", 100},
                   {"examples", {"America/Phoenix"}}}}},
                {"zone"}),
         object({{"zone", type("string")}}),
         setZone},
        {"POST",
         "/v1/origins",
         "setOrigins",
         "Which pages may call the API from a browser (CORS), in place of those before.",
         Role::admin,
         {},
         object(
             {{"origins",
               {{"type", "array"}, {"maxItems", 50}, {"items", {{"type", "string"}, {"maxLength", 200}}}}}},
             {"origins"}),
         object({{"origins", strings("like https://desk.brightroof.example")}}),
         setOrigins},
    };
}

}  // namespace overture::api
