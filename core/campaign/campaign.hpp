// Room campaign: lead import, cadence, pacing, preflight, forecast, the versions that campaigns use.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "compliance/gate.hpp"
#include "playbook/definition.hpp"
#include "store/database.hpp"
#include "turn/types.hpp"

namespace overture::campaign {

struct ImportRow {
    int line = 0;         ///< in the file, 1 is the header
    std::string outcome;  ///< "rejected" or "merged"; "remark" in ImportReport::remarks
    std::string reason;
};

struct ImportReport {
    int rows = 0, imported = 0, merged = 0, rejected = 0;
    std::vector<ImportRow> notes;    ///< one per row that did not become a lead of its own
    std::vector<ImportRow> remarks;  ///< outcome "remark": what of a row that was taken could not be used (in
                                     ///< leads.evidence too)
};

struct ImportOptions {
    std::string
        region;  ///< alpha-2 assumed for numbers without a country code, when the row names no country
    std::uint64_t seed = 0;  ///< ids are made from it when `reproducible`
    bool reproducible = false;
    std::string file = "the list";  ///< its name, for messages
    std::string consentText = {};   ///< what was shown to who gave written consent, for its proof
    bool keepsAddresses = false;    ///< who is here already gets no other address: anybody could have sent it
    /// Hears every few thousand rows how far it is (rows read; rejected; those that can be used as `imported`). What it throws ends
    /// the import, of which nothing is kept.
    std::function<void(const ImportReport&)> tell = {};
    /// The last act of the import's transaction. What it throws undoes everything.
    std::function<void(store::Transaction&, const ImportReport&)> last = {};
};

/// Reads a CSV (any sensible header spelling, BOM, CRLF, ';', ',' or tab, quotes, UTF-8 or Latin-1), merges
/// duplicates by external id, phone or email, writes leads with COPY, one conversation per lead with its
/// mailbox, consent rows where the file carries proof, and import_rows for the rest. One transaction: all or
/// nothing. Throws Error when the file is no such table, naming what is missing.
ImportReport importLeads(store::Database& database, const OrganizationId& organization,
                         const CampaignId& campaign, const std::string& bytes, const ImportOptions& options,
                         const std::string& firstStage, const std::string& version, Instant now);

struct LeadList;
/// The same of a list that has been read already.
ImportReport importLeads(store::Database& database, const OrganizationId& organization,
                         const CampaignId& campaign, LeadList list, const ImportOptions& options,
                         const std::string& firstStage, const std::string& version, Instant now);

/// When a touch may go out: at or after `from`, inside the touch's own hours and the gate's, on a whole
/// second. Spread by `seed` over the first hours that are open, at least one hour of them (of several days
/// where a day has less), so that nothing piles up at an opening minute. A touch without hours of its own
/// prefers the `best` ones, where any are allowed within `patience`. Where the evidence leaves several
/// zones, the touch's own hours hold in all of them; when they never meet, in the first. Registries that a plugin
/// answers for are taken to name nobody: they are asked when the touch is due. Pure. Throws Error
/// when between, days or best cannot be read.
struct PaceRequest {
    compliance::ContactRequest contact;  ///< `at` is ignored
    compliance::OwnRules own;
    std::string between, days;  ///< of the touch: "10:00-11:00", "Tue-Thu"; may be empty
    Instant from;
    std::uint64_t seed = 0;           ///< of the lead and the touch
    std::optional<Instant> deadline;  ///< campaign's end: only before it
    std::string best{};               ///< "Tue-Thu 10:00-11:00, Tue-Thu 16:00-17:00"; empty: none
    seconds patience{};
    /// Days on the person's calendar that have all they may have (a new sender is warmed up); empty: none.
    std::function<bool(std::chrono::sys_days)> isFull{};
};
struct Pace {
    std::optional<Instant> at;  ///< nothing: never, and why
    std::string rule, reason;
};

/// The open hours of people who live under the same rules, found once and kept: asking for many people costs little. Changes
/// no answer. One thread; for one gate.
class OpenTimes {
public:
    OpenTimes();
    ~OpenTimes();
    OpenTimes(const OpenTimes&) = delete;
    OpenTimes& operator=(const OpenTimes&) = delete;

private:
    friend Pace nextSlot(const compliance::Gate& gate, const PaceRequest& request, OpenTimes& kept);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};
Pace nextSlot(const compliance::Gate& gate, const PaceRequest& request, OpenTimes& kept);
Pace nextSlot(const compliance::Gate& gate, const PaceRequest& request);

/// The step of the cadence after touch `done` (nothing: from the beginning) for a lead who can be reached on
/// `channels`.
struct NextTouch {
    std::size_t number = 0;
    seconds after{};  ///< since touch `done`; the waits of steps left out on the way count too
};
std::optional<NextTouch> nextTouch(const playbook::Definition& definition, std::optional<std::size_t> done,
                                   const std::vector<std::string>& channels);

/// Where a lead is reached on a channel: email for "email", the phone for every other; empty when the lead
/// has none.
std::string addressOn(const turn::Lead& lead, const std::string& channel);

/// The seed of one lead's touch, for PaceRequest::seed.
std::uint64_t paceSeed(std::uint64_t campaignSeed, const LeadId& lead, std::size_t touch);

struct PlanReport {
    int planned = 0;
    std::vector<std::pair<std::string, int>> skipped;  ///< reason → people, most first
};

/// Puts the first touch of every untouched open conversation into its mailbox at the time that pacing chose,
/// on the first channel of the cadence that the campaign has and the gate does not refuse; closes those who
/// may never be contacted, with the reason. Not before the campaign's start, not after its end; nothing while it is not
/// running. One transaction per batch; safe to run again.
PlanReport planFirstTouches(store::Database& database, const OrganizationId& organization,
                            const CampaignId& campaign, const playbook::Definition& definition,
                            const compliance::Gate& gate, std::uint64_t seed, Instant now);

}  // namespace overture::campaign
