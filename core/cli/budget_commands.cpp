#include <algorithm>
#include <iostream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "tenant/budgets.hpp"

namespace overture::cli {
namespace {

const std::vector<std::string> kScopes{"organization", "campaign", "conversation", "turn", "call"};

tenant::Budget budgetIn(const Arguments& arguments) {
    tenant::Budget budget;
    budget.scope = arguments.positional()[0];
    if (std::find(kScopes.begin(), kScopes.end(), budget.scope) == kScopes.end())
        throw UsageError{"a budget is for " + join(kScopes, ", ") + ", not \"" + budget.scope + "\""};
    budget.period = arguments.value("per", "total");
    if (budget.period != "total" && budget.period != "day") throw UsageError{"--per takes day or total"};
    if (budget.period == "day" && budget.scope != "organization" && budget.scope != "campaign")
        throw UsageError{"a day's budget is for an organization or a campaign"};
    if (arguments.has("campaign") && (budget.scope == "organization" || budget.scope == "call"))
        throw UsageError{"--campaign goes with campaign, conversation and turn"};
    return budget;
}

int set(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "campaign=", "per="}));
    if (arguments.positional().size() < 2) throw UsageError{"name what the budget is for, and an amount"};
    auto budget = budgetIn(arguments);
    const auto amount = join({arguments.positional().begin() + 1, arguments.positional().end()}, " ");
    const bool none = amount == "none";
    if (!none) {
        const auto limit = Money::parse(amount);
        if (!limit)
            throw UsageError{"an amount is such as \"USD 25\", \"25.50\" or none, not \"" + amount + "\""};
        budget.limit = *limit;
    }
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    auto tx = opened.database->begin(organization.id);
    if (budget.scope == "call") {
        if (none) throw UsageError{"a call always costs something; give an amount"};
        tenant::saveSettings(tx, organization.id, {{"unpriced_call_micros", budget.limit.micros}});
    } else {
        budget.campaign = campaignIn(tx, organization.id, arguments.value("campaign"));
        if (!none)
            tenant::setBudget(tx, organization.id, budget, SystemClock{}.now());
        else if (!tenant::removeBudget(tx, organization.id, budget))
            throw Error("there is no such budget", "organization \"" + organization.name + "\"",
                        "`overture budget list` shows them.");
    }
    tx.commit();
    std::cout << organization.name << ": "
              << (budget.scope == "call" ? "a call without a price counts as" : budget.scope) << " "
              << (none ? "no budget" : budget.limit.text()) << (budget.period == "day" ? " a day" : "")
              << "\n";
    return 0;
}

Json jsonOf(const tenant::Organization& organization, const tenant::BudgetState& state) {
    const auto& budget = state.budget;
    return {{"organization", organization.name},
            {"scope", budget.scope},
            {"period", budget.period},
            {"campaign", state.campaignName.empty() ? Json(nullptr) : Json(state.campaignName)},
            {"limit_micros", budget.limit.micros},
            {"currency", budget.limit.currency},
            {"spent_micros", state.spentMicros},
            {"reserved_micros", state.reservedMicros}};
}

std::string lineOf(const tenant::BudgetState& state) {
    const auto& budget = state.budget;
    auto line = "  " + (budget.scope == "conversation" || budget.scope == "turn" ? "each " : std::string()) +
                budget.scope + (state.campaignName.empty() ? "" : " \"" + state.campaignName + "\"") + ": " +
                budget.limit.text() + (budget.period == "day" ? " a day" : "");
    if (budget.scope == "organization" || budget.scope == "campaign")
        line += ", " + Money{state.spentMicros, budget.limit.currency}.text() + " spent, " +
                Money{state.reservedMicros, budget.limit.currency}.text() + " set aside for calls at work";
    return line + "\n";
}

int list(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto now = SystemClock{}.now();
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto all = tenant::budgets(tx, organization.id, now);
        tx.commit();
        if (!arguments.has("json")) std::cout << organization.name << (all.empty() ? ": no budgets\n" : "\n");
        for (const auto& state : all)
            std::cout << (arguments.has("json") ? toText(jsonOf(organization, state)) + "\n" : lineOf(state));
    }
    return 0;
}

const std::string kSetHelp =
    std::string(
        R"(Usage: overture budget set WHAT AMOUNT [--per day|total] [--campaign NAME] [--organization NAME] [OPTIONS]

Limits what model calls may cost. Before each call the most it may cost is set aside in every budget it counts in; when one
has no room, the call is not made, nothing is sent, and the conversation is held for a person with the reason (a first touch
waits for the next day instead, when it is the day's budget that is used up). A change counts within five seconds.

  WHAT                organization, campaign, conversation or turn; or call: what a call counts as whose price nobody knows
  AMOUNT              "USD 25", 25.50, or none to take the budget away
  --per day           for an organization or a campaign: every day (of UTC) anew; otherwise in total
  --campaign NAME     only that campaign (or its conversations or turns); without it every one
  --organization NAME name or id; may be left out when there is only one
)") +
    kDatabaseHelp + R"(
Example: overture budget set campaign 40 --per day --campaign solar-consult)";

const std::string kListHelp = std::string(
                                  R"(Usage: overture budget list [--organization NAME] [--json] [OPTIONS]

Shows every budget, what has been spent of it and what is set aside for calls at work.

  --json              one JSON object a line, amounts in millionths
)") + kDatabaseHelp + R"(
Example: overture budget list --json)";

const Registered setCommand{{"budget set", "limits what model calls may cost", kSetHelp.c_str(), set}};
const Registered listCommand{
    {"budget list", "shows the budgets and what is spent of them", kListHelp.c_str(), list}};

}  // namespace
}  // namespace overture::cli
