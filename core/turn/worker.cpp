#include "turn/worker.hpp"

#include "base/log.hpp"
#include "turn/commit.hpp"
#include "turn/journal.hpp"

namespace overture::turn {

Worker::Worker(store::Database& database, const Clock& clock, Handler& handler, WorkerOptions options)
    : database_(database), clock_(clock), handler_(handler), options_(std::move(options)) {}

int Worker::runBatch() {
    const auto claims = claimMailboxes(database_, clock_.now(), options_.lease, options_.name, options_.batch);
    for (const auto& claim : claims) {
        try {
            runOne(claim);
        } catch (const store::DatabaseError& error) {
            log::error("turn_interrupted", {{"conversation", claim.conversation.text()}, {"error", error.what()}});
            if (error.failure() == store::Failure::unavailable) throw;
        }
    }
    return static_cast<int>(claims.size());
}

void Worker::runOne(const Claim& claim) {
    auto start = open(database_, claim, clock_.now());
    if (!start) return;
    const auto& opened = start->opened;
    if (!start->statuses.empty() || opened.events.empty())
        applyStatuses(database_, claim, start->statuses, clock_.now());
    if (opened.events.empty()) return;
    ++turns_;
    const auto about = [&](const char* error) {
        return Json{{"conversation", claim.conversation.text()}, {"turn", opened.turnNumber}, {"error", error}};
    };
    try {
        DatabaseJournal journal(database_, opened, std::move(start->recorded), clock_);
        const auto outcome = handler_.handle(opened, journal);
        const auto committed = commit(database_, opened, outcome, clock_.now());
        if (committed != Committed::yes)
            log::info(committed == Committed::fenced ? "turn_fenced" : "turn_overtaken", about(""));
    } catch (const NotTheSame& error) {
        log::warning("turn_reopened", about(error.what()));
        reopen(database_, opened, clock_.now());
    } catch (const Fenced& error) {
        log::info("turn_fenced", about(error.what()));
    } catch (const HoldError& error) {
        log::error("turn_held", about(error.what()));
        holdFailed(database_, opened, error.what(), clock_.now());
    } catch (const store::DatabaseError& error) {
        if (error.failure() == store::Failure::unavailable) throw;
        log::error("turn_failed", about(error.what()));
        fail(database_, opened, error.what(), options_.mostTries, clock_.now());
    } catch (const std::exception& error) {
        log::error("turn_failed", about(error.what()));
        fail(database_, opened, error.what(), options_.mostTries, clock_.now());
    }
}

Loop::Loop(int threads, milliseconds poll, std::function<int()> work) : poll_(poll), work_(std::move(work)) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Loop::~Loop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Loop::wake() {
    {
        std::scoped_lock lock(mutex_);
        ++wakes_;
    }
    changed_.notify_one();
}

void Loop::run() {
    std::uint64_t seen = 0;
    for (;;) {
        int done = 0;
        try {
            done = work_();
        } catch (const std::exception& error) {
            log::error("work_interrupted", {{"error", error.what()}});
        }
        std::unique_lock lock(mutex_);
        if (stopping_) return;
        if (done == 0) changed_.wait_for(lock, poll_, [&] { return stopping_ || wakes_ != seen; });
        if (stopping_) return;
        seen = wakes_;
    }
}

}  // namespace overture::turn
