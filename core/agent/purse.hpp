#pragma once

#include <optional>

#include "base/clock.hpp"
#include "tenant/budgets.hpp"
#include "turn/gather.hpp"
#include "turn/types.hpp"

namespace overture::agent {

/// No budget has room for another model call: the turn decides nothing, and a person hears of it.
class NoMoney : public Error {
public:
    explicit NoMoney(tenant::Shortage shortage);
    const tenant::Shortage& shortage() const { return shortage_; }

private:
    tenant::Shortage shortage_;
};

/// The money of all turns: what they ask for at the same time is set aside by one statement. Any thread.
class Treasury {
public:
    Treasury(store::Database& database, const Clock& clock);
    void reserve(const OrganizationId& organization, tenant::Reservation& reservation);

private:
    const Clock& clock_;
    turn::Gather<tenant::Reservation> gather_;
};

/// The money of one turn: the most that its model calls may cost is set aside before them, mostly by the first for all; the
/// commit settles it with what the recorded steps have cost. Costs nothing for an organization without budgets. One thread.
class Purse {
public:
    /// Without a treasury nothing is counted: where no model is really called.
    Purse(Treasury* treasury, std::shared_ptr<const tenant::Policy> policy, const turn::Opened& opened);

    bool counts() const { return treasury_ != nullptr && policy_ && policy_->budgeted; }
    /// Inside a step, before its model is called: the budget that has no room for it is the step's result then. `highest`:
    /// what the call may cost; nothing when nobody knows a price.
    std::optional<tenant::Shortage> reserve(const std::optional<Money>& highest);
    /// What a step's call has cost, also one that is read back from its record.
    void paid(std::int64_t micros) { spent_ += micros; }
    std::int64_t unpricedMicros() const { return policy_ ? policy_->unpricedMicros : 0; }

private:
    Treasury* treasury_;
    const turn::Opened& opened_;
    std::shared_ptr<const tenant::Policy> policy_;
    std::int64_t granted_ = 0, spent_ = 0;
};

}  // namespace overture::agent
