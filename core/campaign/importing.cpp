#include "campaign/importing.hpp"

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/log_context.hpp"
#include "campaign/versions.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

constexpr int kMostTries = 5;
constexpr seconds kRest{10};

/// Somebody cancelled it, another engine has it, or this one stops: nothing of it is kept.
struct NotAnyMore {};
struct Stopping {};

}  // namespace

struct Importing::Work {
    OrganizationId organization;
    ImportId id;
    int tries = 0;
};

Json reportJson(const ImportReport& report) {
    Json done{{"rows", report.rows},
              {"imported", report.imported},
              {"merged", report.merged},
              {"rejected", report.rejected},
              {"planned", 0},
              {"notes", Json::array()},
              {"remarks", Json::array()},
              {"skipped", Json::array()}};
    for (const auto& note : report.notes)
        done["notes"].push_back({{"line", note.line}, {"outcome", note.outcome}, {"reason", note.reason}});
    for (const auto& note : report.remarks)
        done["remarks"].push_back({{"line", note.line}, {"reason", note.reason}});
    return done;
}

void addPlan(Json& report, const PlanReport& plan) {
    report["planned"] = plan.planned;
    report["skipped"] = Json::array();
    for (const auto& [reason, people] : plan.skipped)
        report["skipped"].push_back({{"reason", reason}, {"people", people}});
}

std::optional<ImportId> beginImport(store::Transaction& tx, const OrganizationId& organization,
                                    const CampaignId& campaign, const std::string& name,
                                    const std::string& region, const std::string& csv, Instant now) {
    const ImportId id(uuid7(now));
    const auto begun = tx.run(
        sql::campaign::insert_import,
        {organization, id, campaign, name, region, csv, log::contextField("request"), now, kImportsWaiting});
    return begun.affected() > 0 ? std::optional(id) : std::nullopt;
}

bool cancelImport(store::Transaction& tx, const OrganizationId& organization, const ImportId& id,
                  Instant now) {
    return !tx.run(sql::campaign::cancel_import, {organization, id, now}).empty();
}

Importing::Importing(store::Database& database, const Clock& clock, seconds lease)
    : database_(database), clock_(clock), lease_(lease) {}

int Importing::runOnce() {
    if (stopping_) return 0;
    const auto claimed = database_.beginShared()
                             .finish({{sql::campaign::claim_import,
                                       {clock_.now(), std::to_string(lease_.count()) + " seconds"}}})
                             .front();
    if (claimed.empty()) return 0;
    const auto row = claimed[0];
    const Work work{row.id<OrganizationId>("organization_id"), row.id<ImportId>("import_id"),
                    static_cast<int>(row.integer("tries"))};
    try {
        run(work);
    } catch (const NotAnyMore&) {
        end(work, "cancelled", "", nullptr);
    } catch (const Stopping&) {
        giveBack(work, clock_.now());
    } catch (const store::DatabaseError& error) {
        log::error("import_failed", {{"import", work.id.text()}, {"problem", error.what()}});
        if (error.failure() == store::Failure::unavailable) throw;
        if (work.tries >= kMostTries)
            end(work, "failed", "This server could not keep it; its log says why.", nullptr);
        else
            giveBack(work, clock_.now() + kRest);
    } catch (const Error& error) {
        end(work, "failed", error.problem().sentence(), nullptr);
    }
    return 1;
}

void Importing::run(const Work& work) {
    const auto loaded = database_.run(work.organization, sql::campaign::load_import,
                                      {work.organization, work.id, work.tries});
    if (loaded.empty()) return;
    const auto row = loaded[0];
    const log::Context context(Json{{"request", row.text("request")}, {"import", work.id.text()}});
    if (row.boolean("cancelled") && row.text("state") == "running") throw NotAnyMore();
    if (work.tries > kMostTries)
        throw Error("it was begun five times and never ended", "import " + work.id.text());
    const auto campaign = row.id<CampaignId>("campaign_id");
    auto tx = database_.begin(work.organization);
    const auto version = checkedVersion(tx, work.organization, row.text("version"));
    tx.commit();
    auto report = row.json("report");
    if (row.text("state") == "running") {
        const auto state = row.text("campaign_state");
        if (state == "stopped" || state == "finished")
            throw Error("the campaign is " + state + "; nobody is added to it",
                        "campaign " + campaign.text());
        ImportOptions options;
        options.region = row.text("region");
        options.file = row.text("name").empty() ? "the list" : row.text("name");
        options.tell = [&](const ImportReport& soFar) { tell(work, soFar); };
        options.last = [&](store::Transaction& last, const ImportReport& whole) {
            report = reportJson(whole);
            failpoint("import.before");
            if (last.run(sql::campaign::keep_import, {work.organization, work.id, work.tries, whole.rows,
                                                      whole.imported + whole.merged, whole.rejected, report})
                    .empty())
                throw NotAnyMore();
        };
        importLeads(database_, work.organization, campaign, row.text("csv"), options,
                    version.definition->firstStage, version.version, clock_.now());
        failpoint("import.kept");
    }
    const auto now = clock_.now();
    addPlan(report,
            planFirstTouches(database_, work.organization, campaign, *version.definition, compliance::Gate(),
                             static_cast<std::uint64_t>(now.time_since_epoch().count()), now));
    end(work, "done", "", report);
}

void Importing::tell(const Work& work, const ImportReport& report) const {
    if (stopping_) throw Stopping();
    const auto told =
        database_.run(work.organization, sql::campaign::tell_import,
                      {work.organization, work.id, work.tries, report.rows, report.imported + report.merged,
                       report.rejected, clock_.now() + lease_});
    if (told.empty() || !told[0].boolean("goes_on")) throw NotAnyMore();
}

/// Whoever runs it now ends it; one that another engine has taken over is not theirs to end.
void Importing::end(const Work& work, const std::string& state, const std::string& problem,
                    const Json& report) const {
    database_.run(work.organization, sql::campaign::end_import,
                  {work.organization, work.id, work.tries, state, problem,
                   report.is_null() ? store::Param(nullptr) : store::Param(report), clock_.now()});
}

void Importing::giveBack(const Work& work, Instant until) const {
    database_.run(work.organization, sql::campaign::give_back_import,
                  {work.organization, work.id, work.tries, until});
}

void Importing::forget() {
    database_.beginShared().finish({{sql::campaign::forget_imports, {clock_.now() - kImportsKept}}});
}

}  // namespace overture::campaign
