// Inside campaign: lists that are imported while whoever sent them goes on.
#pragma once

#include <atomic>
#include <string>

#include "base/clock.hpp"
#include "campaign/campaign.hpp"

namespace overture::campaign {

struct ImportIdTag;
using ImportId = Id<ImportIdTag>;

constexpr int kImportsWaiting = 10;  ///< of one organization
constexpr seconds kImportsKept{30 * 24 * 3600};

/// Puts a list in line for a campaign; nothing when the organization has kImportsWaiting in line.
std::optional<ImportId> beginImport(store::Transaction& tx, const OrganizationId& organization,
                                    const CampaignId& campaign, const std::string& name,
                                    const std::string& region, const std::string& csv, Instant now);
/// Whether it will not be kept: it waited and is over, or it runs and stops. Not one whose leads are there.
bool cancelImport(store::Transaction& tx, const OrganizationId& organization, const ImportId& id,
                  Instant now);

/// {rows, imported, merged, rejected, notes: [{line, outcome, reason}], remarks: [{line, reason}]}; planned and skipped of `plan`.
Json reportJson(const ImportReport& report);
void addPlan(Json& report, const PlanReport& plan);

/// Runs what is in line, one after the other. A list is kept as a whole, in one transaction with the word that it was: an engine that
/// dies leaves nothing of it, and another one begins it anew when the lease is over. Any number of engines.
class Importing {
public:
    Importing(store::Database& database, const Clock& clock, seconds lease = seconds(120));
    /// Runs one; 0 when none was in line.
    int runOnce();
    /// What is in hand is given back: another engine begins it anew.
    void stop() { stopping_ = true; }
    void forget();

private:
    struct Work;
    void run(const Work& work);
    void tell(const Work& work, const ImportReport& report) const;
    void end(const Work& work, const std::string& state, const std::string& problem,
             const Json& report) const;
    void giveBack(const Work& work, Instant until) const;

    store::Database& database_;
    const Clock& clock_;
    const seconds lease_;
    std::atomic<bool> stopping_ = false;
};

}  // namespace overture::campaign
