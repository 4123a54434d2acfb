#include "campaign/touches.hpp"

#include "base/digest.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {

std::optional<Instant> touchTime(const compliance::Gate& gate, const turn::Opened& opened,
                                 const playbook::Touch& touch, Instant from, const PaceRules& rules) {
    const auto contact = opened.contacts.find(touch.channel);
    if (contact == opened.contacts.end()) return std::nullopt;
    PaceRequest request;
    request.contact = contact->second;
    request.contact.purpose = "marketing";
    request.between = touch.between;
    request.days = touch.days;
    request.from = from;
    request.seed = hash64(opened.conversation.id.text(), static_cast<std::uint64_t>(opened.turnNumber));
    request.deadline = rules.end;
    request.best = rules.best;
    request.patience = rules.patience;
    thread_local OpenTimes kept;
    return nextSlot(gate, request, kept).at;
}

PaceRules Paces::of(const OrganizationId& organization, const CampaignId& campaign) {
    const auto now = clock_.now();
    {
        const std::scoped_lock lock(mutex_);
        const auto found = known_.find(campaign);
        if (found != known_.end() && now < found->second.readAt + minutes(1)) return found->second.rules;
    }
    const auto rows = database_.run(organization, sql::campaign::campaign, {organization, campaign});
    auto rules =
        rows.empty() ? PaceRules() : PaceRules::read(rows[0].json("pace"), "campaign " + campaign.text());
    if (!rows.empty()) rules.end = rows[0].maybeInstant("ends_at");
    const std::scoped_lock lock(mutex_);
    known_.insert_or_assign(campaign, Known{rules, now});
    return rules;
}

}  // namespace overture::campaign
