#include "tenant/budgets.hpp"

#include "queries/tenant.hpp"

namespace overture::tenant {
namespace {

/// Longer than any turn takes; an open reservation that is older has nobody behind it.
constexpr const char* kOpenFor = "15 minutes";

enum class Amount { wish, need };

/// The budget without room, and then nothing is set aside for any of them.
std::optional<Shortage> tryAll(store::Database& database, const OrganizationId& organization,
                               const std::vector<Reservation*>& reservations, Amount amount) {
    store::RowSet rows({organization, reservations.front()->now, kOpenFor});
    for (auto* one : reservations) {
        one->granted = amount == Amount::wish ? one->wish : one->need;
        rows.add({one->conversation, one->turn, one->campaign, one->granted, one->currency});
    }
    const auto answer =
        database.beginRelaxed(organization).finish({{sql::tenant::reserve_money, rows.params()}}).front();
    if (answer.empty()) return std::nullopt;
    const auto row = answer[0];
    return Shortage{row.text("scope"),
                    row.text("period"),
                    {row.integer("limit_micros"), row.text("currency")},
                    row.integer("spent_micros"),
                    row.integer("reserved_micros")};
}

}  // namespace

void setBudget(store::Transaction& tx, const OrganizationId& organization, const Budget& budget,
               Instant now) {
    tx.run(sql::tenant::save_budget,
           {organization, budget.scope, budget.period, budget.campaign.value_or(CampaignId{}),
            budget.limit.micros, budget.limit.currency, now});
    tx.run(sql::tenant::count_spent, {organization, now});
}

bool removeBudget(store::Transaction& tx, const OrganizationId& organization, const Budget& budget) {
    const auto removed = tx.run(sql::tenant::remove_budget, {organization, budget.scope, budget.period,
                                                             budget.campaign.value_or(CampaignId{})});
    tx.run(sql::tenant::forget_usage, {organization});
    return removed.affected() > 0;
}

std::vector<BudgetState> budgets(store::Transaction& tx, const OrganizationId& organization, Instant now) {
    tx.run(sql::tenant::expire_reservations, {organization, now});
    std::vector<BudgetState> all;
    for (const auto row : tx.run(sql::tenant::budgets, {organization, now})) {
        BudgetState state{{row.text("scope"),
                           row.text("period"),
                           row.id<CampaignId>("campaign_id"),
                           {row.integer("limit_micros"), row.text("currency")}},
                          row.text("campaign"),
                          row.integer("spent_micros"),
                          row.integer("reserved_micros")};
        if (state.budget.campaign->empty()) state.budget.campaign.reset();
        all.push_back(std::move(state));
    }
    return all;
}

std::string Shortage::text() const {
    const auto money = [&](std::int64_t micros) { return Money{micros, limit.currency}.text(); };
    return "the " + scope + "'s budget of " + limit.text() + (period == "day" ? " a day" : "") +
           " is used up (" + money(spentMicros) + " spent, " + money(reservedMicros) + " set aside)";
}

Json Shortage::toJson() const {
    return {{"scope", scope},
            {"period", period},
            {"limit_micros", limit.micros},
            {"currency", limit.currency},
            {"spent_micros", spentMicros},
            {"reserved_micros", reservedMicros}};
}

Shortage Shortage::fromJson(const Json& document) {
    return {textOf(document, "scope"),
            textOf(document, "period"),
            {document.at("limit_micros").get<std::int64_t>(), textOf(document, "currency")},
            document.at("spent_micros").get<std::int64_t>(),
            document.at("reserved_micros").get<std::int64_t>()};
}

void reserve(store::Database& database, const OrganizationId& organization,
             const std::vector<Reservation*>& reservations) {
    if (!tryAll(database, organization, reservations, Amount::wish)) return;
    for (auto* one : reservations) {
        if (reservations.size() > 1 && !tryAll(database, organization, {one}, Amount::wish)) continue;
        database.run(organization, sql::tenant::expire_reservations, {organization, one->now});
        one->shortage = tryAll(database, organization, {one}, Amount::need);
    }
}

std::shared_ptr<const Policy> Policies::of(const OrganizationId& organization) {
    static const auto none = std::make_shared<const Policy>();
    std::unique_lock lock(mutex_);
    const auto now = clock_.now();
    if (!all_) {
        all_ = read();
        readAt_ = now;
    } else if (now - readAt_ >= life_) {
        readAt_ = now;  // others go on with what is known meanwhile
        lock.unlock();
        auto fresh = read();
        lock.lock();
        all_ = std::move(fresh);
    }
    const auto found = all_->find(organization);
    return found == all_->end() ? none : found->second;
}

std::shared_ptr<const Policies::All> Policies::read() const {
    auto all = std::make_shared<All>();
    const auto rows = database_.beginShared().finish({{sql::tenant::policies, {}}}).front();
    for (const auto row : rows) {
        auto policy = std::make_shared<Policy>();
        policy->budgeted = row.boolean("budgeted");
        const auto settings = row.json("settings");
        policy->unpricedMicros = settings.value("unpriced_call_micros", policy->unpricedMicros);
        policy->models = settings.value("models", Json());
        policy->rates = settings.value("rates", Json());
        policy->people = settings.value("people", Json());
        all->emplace(row.id<OrganizationId>("organization_id"), std::move(policy));
    }
    return all;
}

}  // namespace overture::tenant
