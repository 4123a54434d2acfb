#include "turn/pool.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "base/log.hpp"
#include "base/log_context.hpp"
#include "base/metrics.hpp"
#include "base/thread.hpp"
#include "queries/turn.hpp"

namespace overture::turn {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kSoon = milliseconds(100);  // a thread that waits longer for a turn keeps nothing

/// What one organization may take of the places.
int shareOf(int places) {
    return std::max(1, places * 3 / 4);
}

/// From which on its turns yield to everybody's.
int crowdOf(int places) {
    return std::max(1, places / 8);
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
    for (auto* crew : {&prompt_, &yielding_})  // whatever is given has somebody to do it
        crew->threads.emplace_back([this, crew] { turnLoop(*crew); });
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
    for (auto* crew : {&prompt_, &yielding_}) {
        crew->changed.notify_all();
        for (auto& thread : crew->threads) thread.join();
    }
}

void Pool::wake() {
    {
        const std::scoped_lock lock(mutex_);
        if (woken_) return;
        woken_ = true;
    }
    claimer_.notify_all();
}

void Bell::ring() {
    const std::scoped_lock lock(mutex_);
    if (pool_ != nullptr) pool_->wake();
}

void Bell::hear(Pool* pool) {
    const std::scoped_lock lock(mutex_);
    pool_ = pool;
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
    give(claims);
    return static_cast<int>(claims.size());
}

std::vector<std::string> Pool::fullOrganizations() {
    std::vector<std::string> full;
    const std::scoped_lock lock(mutex_);
    for (const auto& [organization, places] : places_)
        if (places >= shareOf(options_.threads)) full.push_back(organization.text());
    return full;
}

void Pool::give(const std::vector<Claim>& claims) {
    std::map<OrganizationId, std::vector<Claim>> byOrganization;
    for (const auto& claim : claims) byOrganization[claim.organization].push_back(claim);
    const std::scoped_lock lock(mutex_);
    for (auto& [organization, own] : byOrganization) {
        for (const auto& claim : own) running_.emplace(claim.conversation, claim);
        auto& places = places_[organization] += static_cast<int>(own.size());
        auto& crew = places > crowdOf(options_.threads) ? yielding_ : prompt_;
        auto& claimed = crew.claimed[organization];
        claimed.insert(claimed.end(), own.begin(), own.end());
        callUp(crew, 1);
    }
}

void Pool::callUp(Crew& crew, int works) {
    const auto all = static_cast<int>(crew.waiting.size() + crew.claimed.size());
    try {
        for (auto missing = all - crew.idle;
             missing > 0 && static_cast<int>(crew.threads.size()) < options_.threads; --missing)
            crew.threads.emplace_back([this, &crew] { turnLoop(crew); });
    } catch (const std::system_error& error) {
        log::warning("no_more_threads", {{"threads", crew.threads.size()}, {"error", error.what()}});
    }
    for (auto wanted = std::min(works, crew.idle); wanted > 0; --wanted) crew.changed.notify_one();
}

void Pool::turnLoop(Crew& crew) {
    if (crew.yields) yieldToOthers();
    std::unique_lock lock(mutex_);
    const auto called = [&] { return stopped_ || !crew.waiting.empty() || crew.toOpen(); };
    for (;;) {
        ++crew.idle;
        if (!crew.changed.wait_for(lock, kSoon, called)) {
            lock.unlock();
            giveBackMemory();
            lock.lock();
            crew.changed.wait(lock, called);
        }
        --crew.idle;
        if (const auto organization = crew.toOpen())
            open(crew, *organization, lock);
        else if (!crew.waiting.empty())
            runNext(crew, lock);
        else
            return;
    }
}

std::optional<OrganizationId> Pool::Crew::toOpen() const {
    for (const auto& [organization, claims] : claimed)
        if (!opening.contains(organization)) return organization;
    return std::nullopt;
}

/// Whoever comes while it is being done gathers, as in Gather.
void Pool::open(Crew& crew, const OrganizationId& organization, std::unique_lock<std::mutex>& lock) {
    const auto claims = std::move(crew.claimed.extract(organization).mapped());
    crew.opening.insert(organization);
    lock.unlock();
    std::vector<std::optional<Start>> starts(claims.size());
    try {
        starts = turn::open(database_, claims, clock_.now());
    } catch (const std::exception& error) {
        log::error("work_interrupted", {{"error", error.what()}});
    }
    lock.lock();
    crew.opening.erase(organization);
    const auto before = crew.waiting.size();
    for (std::size_t i = 0; i < claims.size(); ++i)
        if (starts[i])
            crew.waiting.push_back({claims[i], std::move(*starts[i])});
        else
            leave(claims[i]);
    callUp(crew, static_cast<int>(crew.waiting.size() - before + crew.claimed.size()) - 1);  // one is ours
}

void Pool::runNext(Crew& crew, std::unique_lock<std::mutex>& lock) {
    auto work = std::move(crew.waiting.front());
    crew.waiting.pop_front();
    lock.unlock();
    try {
        run(work);
    } catch (const std::exception& error) {
        log::error("turn_interrupted",
                   {{"conversation", work.claim.conversation.text()}, {"error", error.what()}});
    }
    lock.lock();
    leave(work.claim);
}

/// With the lock held.
void Pool::leave(const Claim& claim) {
    const bool wereFull = static_cast<int>(running_.size()) >= options_.threads;
    running_.erase(claim.conversation);
    if (--places_[claim.organization] == 0) places_.erase(claim.organization);
    if (wereFull || (stopping_ && running_.empty())) claimer_.notify_all();
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
