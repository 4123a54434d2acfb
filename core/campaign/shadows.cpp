#include "campaign/shadows.hpp"

#include "base/digest.hpp"
#include "campaign/versions.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

constexpr int kAll = 100;

}  // namespace

void shadowVersion(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
                   const std::string& version, const playbook::Definition& definition, int percent,
                   Instant now) {
    if (percent < 0 || percent > kAll)
        throw Error("a share is between 0 and 100 percent, not " + std::to_string(percent));
    mustSuit(tx, organization, campaign, definition);
    if (percent == 0)
        tx.run(sql::campaign::end_shadow, {organization, campaign});
    else
        tx.run(sql::campaign::set_shadow, {organization, campaign, version, percent, now});
}

std::string Shadows::of(const OrganizationId& organization, const CampaignId& campaign, const LeadId& lead) {
    std::shared_ptr<const All> all;
    {
        const std::scoped_lock lock(mutex_);
        if (const auto now = clock_.now(); !readAt_ || now >= *readAt_ + life_) {
            auto read = std::make_shared<All>();
            auto tx = database_.beginShared();
            const auto rows = tx.run(sql::campaign::all_shadows, {});
            tx.commit();
            for (const auto row : rows)
                (*read)[{row.id<OrganizationId>("organization_id"), row.id<CampaignId>("campaign_id")}] = {
                    row.text("version"), static_cast<int>(row.integer("percent"))};
            all_ = std::move(read);
            readAt_ = now;
        }
        all = all_;
    }
    const auto found = all->find({organization, campaign});
    if (found == all->end()) return {};
    const auto place = static_cast<int>(hash64("shadow:" + lead.text(), 29) % kAll);
    return place < found->second.percent ? found->second.version : std::string();
}

}  // namespace overture::campaign
