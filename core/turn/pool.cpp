#include "turn/pool.hpp"

#include <algorithm>
#include <chrono>

#include "base/log.hpp"
#include "base/log_context.hpp"
#include "base/metrics.hpp"
#include "queries/turn.hpp"

namespace overture::turn {
namespace {

using Steady = std::chrono::steady_clock;

/// What one organization may take of the places.
int shareOf(int places) {
    return std::max(1, places * 3 / 4);
}

std::string_view resultOf(Committed committed) {
    return committed == Committed::yes      ? "committed"
           : committed == Committed::fenced ? "fenced"
                                            : "overtaken";
}

}  // namespace

Pool::Pool(store::Database& database, const Clock& clock, Handler& handler, PoolOptions options)
    : database_(database),
      clock_(clock),
      options_(std::move(options)),
      runner_(database, clock, handler, options_.mostTries),
      commits_([this](const OrganizationId& organization, const std::vector<Finished*>& turns) {
          runner_.commit(organization, turns, options_.gate);
      }) {
    claiming_ = std::thread([this] { claimLoop(); });
}

Pool::~Pool() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    claimer_.notify_all();
    claiming_.join();
    {
        std::unique_lock lock(mutex_);
        claimer_.wait(lock, [this] { return running_.empty(); });
        stopped_ = true;
    }
    workers_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Pool::wake() {
    {
        const std::scoped_lock lock(mutex_);
        if (woken_) return;
        woken_ = true;
    }
    claimer_.notify_all();
}

void Pool::claimLoop() {
    auto renewAt = Steady::now() + options_.lease / 3;
    for (bool more = false;;) {
        int free = 0;
        {
            std::unique_lock lock(mutex_);
            const auto ready = [&] {
                return stopping_ ||
                       ((woken_ || more) && static_cast<int>(running_.size()) < options_.threads);
            };
            claimer_.wait_for(lock, options_.poll, ready);
            if (stopping_) return;
            woken_ = false;
            free = options_.threads - static_cast<int>(running_.size());
        }
        try {
            more = free > 0 && claimSome(std::min(free, options_.batch)) > 0;
            if (Steady::now() >= renewAt) {
                renewAt = Steady::now() + options_.lease / 3;
                renewLeases();
            }
        } catch (const std::exception& error) {
            more = false;
            log::error("work_interrupted", {{"error", error.what()}});
        }
    }
}

int Pool::claimSome(int places) {
    const auto claims =
        claimMailboxes(database_, clock_.now(), options_.lease, options_.name, places, fullOrganizations());
    if (claims.empty()) return 0;
    auto starts = open(database_, claims, clock_.now());
    std::vector<Work> works;
    for (std::size_t i = 0; i < claims.size(); ++i)
        if (starts[i]) works.push_back({claims[i], std::move(*starts[i])});
    give(std::move(works));
    return static_cast<int>(claims.size());
}

std::vector<std::string> Pool::fullOrganizations() const {
    std::vector<std::string> full;
    for (const auto& [organization, places] : places_)
        if (places >= shareOf(options_.threads)) full.push_back(organization.text());
    return full;
}

void Pool::give(std::vector<Work> works) {
    const std::scoped_lock lock(mutex_);
    for (auto& work : works) {
        running_.emplace(work.claim.conversation, work.claim);
        ++places_[work.claim.organization];
        waiting_.push_back(std::move(work));
    }
    for (auto missing = static_cast<int>(waiting_.size()) - idle_;
         missing > 0 && static_cast<int>(threads_.size()) < options_.threads; --missing)
        threads_.emplace_back([this] { turnLoop(); });
    for (auto wanted = std::min(static_cast<int>(works.size()), idle_); wanted > 0; --wanted)
        workers_.notify_one();
}

void Pool::turnLoop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        workers_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
        --idle_;
        if (waiting_.empty()) return;
        auto work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        try {
            run(work);
        } catch (const std::exception& error) {
            log::error("turn_interrupted",
                       {{"conversation", work.claim.conversation.text()}, {"error", error.what()}});
        }
        lock.lock();
        const bool wereFull = static_cast<int>(running_.size()) >= options_.threads;
        running_.erase(work.claim.conversation);
        if (--places_[work.claim.organization] == 0) places_.erase(work.claim.organization);
        if (wereFull || (stopping_ && running_.empty())) claimer_.notify_all();
    }
}

void Pool::run(Work& work) {
    if (!work.start.opened.events.empty()) ++turns_;
    const log::Context context(Json{{"organization", work.claim.organization.text()},
                                    {"conversation", work.claim.conversation.text()},
                                    {"turn", work.start.opened.turnNumber}});
    const auto begun = Steady::now();
    const auto outcome = runner_.run(work.claim, work.start);
    if (!outcome) return;
    Finished turn{work.start.opened, *outcome, clock_.now()};
    commits_.submit(work.claim.organization, turn);
    metrics::observe("overture_turn_duration_seconds", {{"result", resultOf(turn.committed)}},
                     Steady::now() - begun);
    if (options_.send && !turn.ready.empty()) options_.send(turn.ready);
    if (turn.committed == Committed::overtaken) wake();
}

void Pool::renewLeases() {
    std::vector<std::string> organizations, conversations, fences;
    std::vector<std::shared_ptr<Lease>> leases;
    const auto now = clock_.now();
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [conversation, claim] : running_) {
            if (claim.lease->over(now)) continue;  // another may hold it already
            leases.push_back(claim.lease);
            organizations.push_back(claim.organization.text());
            conversations.push_back(conversation.text());
            fences.push_back(std::to_string(claim.fence));
        }
    }
    if (conversations.empty()) return;
    database_.beginShared().finish(
        {{sql::turn::renew_leases,
          {now, std::to_string(options_.lease.count()) + " seconds", store::Param::array(organizations),
           store::Param::array(conversations), store::Param::array(fences)}}});
    for (const auto& lease : leases) lease->moveTo(now + options_.lease);
}

}  // namespace overture::turn
