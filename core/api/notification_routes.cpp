// What waits for a person, in one list.
#include "api/shared.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"
#include "tenant/budgets.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr int kMostCounted = 1000;

/// What it is, and where it is looked at.
std::pair<std::string, std::string> meaningOf(const store::Row& row) {
    const auto kind = row.text("kind");
    if (kind == "conversations.held")
        return {"Conversations are held until a person approves, edits or refuses what would be said.",
                "/v1/holds"};
    const auto because = row.text("note").empty() ? "." : ": " + row.text("note") + ".";
    if (kind == "deliveries.held")
        return {"Messages by \"" + row.text("name") + "\" are held" + because, "/v1/deliveries?state=held"};
    const auto endpoint = "/v1/endpoints/" + row.text("id");
    if (kind == "endpoint.off") return {"Nothing is sent to " + row.text("name") + because, endpoint};
    return {"Notices for " + row.text("name") + " were given up; they can be sent again.",
            endpoint + "/sends?state=dead"};
}

Json usedUp(const tenant::BudgetState& state) {
    const auto& budget = state.budget;
    const tenant::Shortage shortage{budget.scope, budget.period, budget.limit, state.spentMicros,
                                    state.reservedMicros};
    auto text = shortage.text();
    if (!state.campaignName.empty()) text += " in campaign \"" + state.campaignName + "\"";
    return {{"kind", "budget.used"},
            {"count", 1},
            {"since", nullptr},
            {"about", text + "."},
            {"see", "/v1/budgets"}};
}

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto row : call.tx.run(sql::api::waiting, {call.organization, kMostCounted})) {
        auto [about, see] = meaningOf(row);
        items.push_back({{"kind", row.text("kind")},
                         {"count", row.integer("waiting")},
                         {"since", timeOrNull(row, "since")},
                         {"about", std::move(about)},
                         {"see", std::move(see)}});
    }
    if (call.caller.role >= Role::manager)
        for (const auto& one : tenant::budgets(call.tx, call.organization, call.now))
            if ((one.budget.scope == "campaign" || one.budget.scope == "organization") &&
                one.spentMicros + one.reservedMicros >= one.budget.limit.micros)
                items.push_back(usedUp(one));
    return all(std::move(items));
}

}  // namespace

std::vector<Route> notificationRoutes() {
    return {
        {"GET",
         "/v1/notifications",
         "listNotifications",
         "What waits for a person: held conversations and messages, endpoints that are off, notices given "
         "up, and for "
         "managers budgets that are used up. /v1/live tells of it as it happens.",
         Role::agent,
         {},
         {},
         listSchema(object({{"kind", type("string",
                                          "conversations.held, deliveries.held, "
                                          "endpoint.off, endpoint.given_up, budget.used")},
                            {"count", type("integer", "1000: that many or more")},
                            {"since", maybeTime("the oldest")},
                            {"about", type("string", "a sentence")},
                            {"see", type("string", "the call that shows them")}})),
         list},
    };
}

}  // namespace overture::api
