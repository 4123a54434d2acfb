#include "turn/runner.hpp"

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace overture::turn {
namespace {

constexpr int kMostConflicts = 3;

Json about(const Opened& opened, const char* error) {
    return {{"conversation", opened.conversation.id.text()}, {"turn", opened.turnNumber}, {"error", error}};
}

void logRefused(const Finished& turn) {
    if (turn.committed == Committed::yes) return;
    log::info(turn.committed == Committed::fenced ? "turn_fenced" : "turn_overtaken", about(turn.opened, ""));
}

}  // namespace

Runner::Runner(store::Database& database, const Clock& clock, Handler& handler, int mostTries)
    : database_(database),
      clock_(clock),
      handler_(handler),
      mostTries_(mostTries),
      steps_([&database](const OrganizationId& organization, const std::vector<StepRow*>& steps) {
          writeSteps(database, organization, steps);
      }) {}

std::optional<Outcome> Runner::run(const Claim& claim, Start& start, KeptSteps* kept,
                                   const OrderedKinds* waitAt) {
    auto& opened = start.opened;
    if (!start.statuses.empty() || opened.events.empty())
        applyStatuses(database_, claim, start.statuses, clock_.now());
    if (opened.events.empty()) return std::nullopt;
    try {
        failpoint("turn.after_open");
        DatabaseJournal journal(steps_, opened, start.recorded, clock_, claim.lease, kept, waitAt);
        return handler_.handle(opened, journal);
    } catch (const NotTheSame& error) {
        metrics::count("overture_turns_failed_total", {{"reason", "reopened"}});
        log::warning("turn_reopened", about(opened, error.what()));
        reopen(database_, opened, clock_.now());
    } catch (const Fenced& error) {
        log::info("turn_fenced", about(opened, error.what()));
    } catch (const HoldError& error) {
        metrics::count("overture_turns_failed_total", {{"reason", "held"}});
        log::error("turn_held", about(opened, error.what()));
        holdFailed(database_, opened, error.what(), clock_.now());
    } catch (const store::DatabaseError& error) {
        if (error.failure() == store::Failure::unavailable) throw;
        failed(opened, error.what());
    } catch (const std::exception& error) {
        failed(opened, error.what());
    }
    return std::nullopt;
}

void Runner::commit(const OrganizationId& organization, const std::vector<Finished*>& turns,
                    const compliance::Gate* gate) {
    try {
        if (turns.size() > 1)
            turn::commit(database_, organization, turns, gate);
        else
            commitAlone(*turns.front(), gate);
    } catch (const store::DatabaseError& error) {
        if (error.failure() == store::Failure::unavailable) throw;
        for (auto* turn : turns) commitAlone(*turn, gate);
    } catch (const std::exception&) {
        for (auto* turn : turns) commitAlone(*turn, gate);
    }
    for (const auto* turn : turns) logRefused(*turn);
}

void Runner::commitAlone(Finished& turn, const compliance::Gate* gate) {
    for (int tries = 1;; ++tries) {
        try {
            return turn::commit(database_, turn.opened.organization, {&turn}, gate);
        } catch (const store::DatabaseError& error) {
            if (error.failure() == store::Failure::unavailable) throw;
            if (error.failure() == store::Failure::conflict && tries < kMostConflicts) continue;
            turn.ready.clear();
            return failed(turn.opened, error.what());
        } catch (const std::exception& error) {
            turn.ready.clear();
            return failed(turn.opened, error.what());
        }
    }
}

void Runner::failed(const Opened& opened, const char* error) {
    metrics::count("overture_turns_failed_total", {{"reason", "failed"}});
    log::error("turn_failed", about(opened, error));
    fail(database_, opened, error, mostTries_, clock_.now());
}

}  // namespace overture::turn
