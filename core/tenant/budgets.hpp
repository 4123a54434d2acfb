#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "tenant/tenants.hpp"

namespace overture::tenant {

/// What model calls may cost. `scope`: turn, conversation, campaign, organization. `period`: total, or day (UTC's) for a
/// campaign or an organization. `campaign`: only there; nothing: in (or for) every one.
struct Budget {
    std::string scope, period = "total";
    std::optional<CampaignId> campaign;
    Money limit;
};

/// A budget and how it stands. For a turn or a conversation, of which there are many, nothing is spent here.
struct BudgetState {
    Budget budget;
    std::string campaignName;
    std::int64_t spentMicros = 0, reservedMicros = 0;
};

/// Writes it, or changes its limit. The first one counts what recorded steps have cost before.
void setBudget(store::Transaction& tx, const OrganizationId& organization, const Budget& budget, Instant now);
/// False when there was none.
bool removeBudget(store::Transaction& tx, const OrganizationId& organization, const Budget& budget);
/// All of them; a campaign budget for every campaign has a row for each. What dead turns left behind is freed first.
std::vector<BudgetState> budgets(store::Transaction& tx, const OrganizationId& organization, Instant now);

/// The budget that leaves no room for a call.
struct Shortage {
    std::string scope, period;
    Money limit;
    std::int64_t spentMicros = 0, reservedMicros = 0;
    /// "the campaign's budget of USD 5.00 a day is used up (USD 4.98 spent, USD 0.01 set aside)"
    std::string text() const;
    Json toJson() const;
    static Shortage fromJson(const Json& document);
};

/// What one turn asks to have set aside, and the answer.
struct Reservation {
    CampaignId campaign;
    ConversationId conversation;
    int turn = 0;
    std::int64_t need =
        0;  ///< all that the turn may cost with its next call, what it has cost so far included
    std::int64_t wish = 0;  ///< the same with calls that are likely to follow; no less than `need`
    std::string currency;   ///< "": the budget's own
    Instant now{};
    std::int64_t granted = 0;  ///< `wish` or `need`; what was set aside before stays
    std::optional<Shortage> shortage = {};
};

/// Sets aside what turns of one organization may cost, in every budget that it counts in, or tells each which one has no
/// room. However many ask at once, no budget is passed. A turn begun again after a crash finds what it had set aside;
/// closing it is the commit's. One round trip for all of them while there is room for all. Does not wait for the disk: what
/// a crash of the database server loses has called nobody yet, or is asked for again.
void reserve(store::Database& database, const OrganizationId& organization,
             const std::vector<Reservation*>& reservations);

/// What an organization has decided about its models and its money, for whoever runs its turns.
struct Policy {
    bool budgeted = false;  ///< has a budget at all
    /// settings.unpriced_call_micros: what a call that nobody has a price for is taken to cost
    std::int64_t unpricedMicros = 50'000;
    /// settings.models: the order they are tried in, [{"binding": id, "deadline_ms"?, "first_token_ms"?}], or null
    Json models;
    /// settings.rates: how many messages a minute may go out, {"number_per_minute"?, …}, or null
    Json rates;
    /// settings.people: how many people a day each carrier binding may write to first, by its id; see agent/reach.hpp
    Json people;
};

/// The policies of all organizations, read together at most once in `life`: so much later a new budget counts everywhere.
/// Any thread.
class Policies {
public:
    Policies(store::Database& database, const Clock& clock, milliseconds life = seconds(5))
        : database_(database), clock_(clock), life_(life) {}
    std::shared_ptr<const Policy> of(const OrganizationId& organization);

private:
    using All = std::map<OrganizationId, std::shared_ptr<const Policy>>;
    std::shared_ptr<const All> read() const;

    store::Database& database_;
    const Clock& clock_;
    milliseconds life_;
    std::mutex mutex_;
    Instant readAt_{};
    std::shared_ptr<const All> all_;
};

}  // namespace overture::tenant
