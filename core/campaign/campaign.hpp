// Room campaign: lead import, cadence, pacing, preflight, forecast.
#pragma once

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
    int line = 0;             ///< in the file, 1 is the header
    std::string outcome;      ///< "rejected" or "merged"; "remark" in ImportReport::remarks
    std::string reason;
};

struct ImportReport {
    int rows = 0, imported = 0, merged = 0, rejected = 0;
    std::vector<ImportRow> notes;   ///< one per row that did not become a lead of its own
    std::vector<ImportRow> remarks; ///< outcome "remark": what of a row that was taken could not be used (in leads.evidence too)
};

struct ImportOptions {
    std::string region;                     ///< alpha-2 assumed for numbers without a country code, when the row names no country
    std::uint64_t seed = 0;                 ///< ids are made from it when `reproducible`
    bool reproducible = false;
    std::string file = "the list";          ///< its name, for messages
};

/// Reads a CSV (any sensible header spelling, BOM, CRLF, ';', ',' or tab, quotes, UTF-8 or Latin-1), merges duplicates by
/// external id, phone or email, writes leads with COPY, one conversation per lead with its mailbox, consent rows where the
/// file carries proof, and import_rows for the rest. One transaction: all or nothing. Throws Error when the file
/// is no such table, naming what is missing.
ImportReport importLeads(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                         const std::string& bytes, const ImportOptions& options, const std::string& firstStage,
                         const std::string& version, Instant now);

/// When a touch may go out: at or after `from`, inside the touch's own hours and the gate's, spread with jitter seeded by
/// the lead so that nothing piles up at an opening minute. Pure.
struct PaceRequest {
    compliance::ContactRequest contact;   ///< `at` is ignored
    compliance::OwnRules own;
    std::string between, days;            ///< of the touch; may be empty
    Instant from;
    std::uint64_t seed = 0;
    std::optional<Instant> deadline;      ///< campaign's end
};
struct Pace {
    std::optional<Instant> at;            ///< nothing: never, and why
    std::string rule, reason;
};
Pace nextSlot(const compliance::Gate& gate, const PaceRequest& request);

struct PlanReport {
    int planned = 0;
    std::vector<std::pair<std::string, int>> skipped;   ///< reason → people, most first
};

/// Puts the first touch of every untouched conversation into its mailbox at the time that pacing chose, and closes those who may
/// never be contacted, with the reason. One transaction per batch; safe to run again.
PlanReport planFirstTouches(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                            const playbook::Definition& definition, const compliance::Gate& gate, std::uint64_t seed,
                            Instant now);

}  // namespace overture::campaign
