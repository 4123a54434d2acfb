#include "agent/purse.hpp"

namespace overture::agent {
namespace {

/// A draft is reviewed, and the review is about as dear as the draft: both are set aside at once.
constexpr int kCallsAhead = 2;

}  // namespace

NoMoney::NoMoney(tenant::Shortage shortage)
    : Error("no money for an answer: " + shortage.text(), {}, "Raise it with `overture budget set`."),
      shortage_(std::move(shortage)) {}

Treasury::Treasury(store::Database& database, const Clock& clock)
    : clock_(clock),
      gather_([&database](const OrganizationId& organization, const std::vector<tenant::Reservation*>& all) {
          tenant::reserve(database, organization, all);
      }) {}

void Treasury::reserve(const OrganizationId& organization, tenant::Reservation& reservation) {
    reservation.now = clock_.now();
    gather_.submit(organization, reservation);
}

Purse::Purse(Treasury* treasury, std::shared_ptr<const tenant::Policy> policy, const turn::Opened& opened)
    : treasury_(treasury), opened_(opened), policy_(std::move(policy)) {}

std::optional<tenant::Shortage> Purse::reserve(const std::optional<Money>& highest) {
    if (!counts()) return std::nullopt;
    const auto call = highest ? highest->micros : policy_->unpricedMicros;
    if (spent_ + call <= granted_) return std::nullopt;
    tenant::Reservation asked{opened_.campaign.id,
                              opened_.conversation.id,
                              opened_.turnNumber,
                              spent_ + call,
                              spent_ + kCallsAhead * call,
                              highest ? highest->currency : "",
                              {}};
    treasury_->reserve(opened_.organization, asked);
    if (!asked.shortage) granted_ = asked.granted;
    return asked.shortage;
}

}  // namespace overture::agent
