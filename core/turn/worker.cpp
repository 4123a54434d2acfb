#include "turn/worker.hpp"

#include <exception>
#include <list>
#include <map>

namespace overture::turn {

struct Worker::Running {
    const Claim* claim;
    Start* start;
    std::optional<Outcome> outcome;
    KeptSteps steps;
    bool waits = false;
    std::exception_ptr fault;
};

Worker::Worker(store::Database& database, const Clock& clock, Handler& handler, WorkerOptions options)
    : database_(database),
      clock_(clock),
      options_(std::move(options)),
      runner_(database, clock, handler, options_.mostTries),
      side_(options_.threads) {}

int Worker::runBatch() {
    const auto claims =
        claimMailboxes(database_, clock_.now(), options_.lease, options_.name, options_.batch);
    if (claims.empty()) return 0;
    auto starts = open(database_, claims, clock_.now());
    std::deque<Running> turns;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        if (!starts[i]) continue;
        if (!starts[i]->opened.events.empty()) ++turns_;
        turns.push_back({&claims[i], &*starts[i], {}, {}, false, {}});
    }
    runAll(turns);
    commitAll(turns);
    return static_cast<int>(claims.size());
}

void Worker::runAll(std::deque<Running>& turns) {
    const auto* waitAt = options_.threads > 1 && turns.size() > 1 ? &options_.ordered : nullptr;
    side_.each(turns.size(), [&](std::size_t i) { run(turns[i], waitAt); });
    for (auto& turn : turns)
        if (turn.waits) run(turn, nullptr);
    for (const auto& turn : turns)
        if (turn.fault) std::rethrow_exception(turn.fault);
}

void Worker::run(Running& turn, const OrderedKinds* waitAt) {
    try {
        turn.outcome =
            runner_.run(*turn.claim, *turn.start, options_.keepSteps ? &turn.steps : nullptr, waitAt);
    } catch (const MustWait&) {
        turn.waits = true;
    } catch (...) {
        turn.fault = std::current_exception();
    }
}

void Worker::commitAll(std::deque<Running>& turns) {
    std::list<Finished> finished;
    std::map<OrganizationId, std::vector<Finished*>> byOrganization;
    for (auto& turn : turns) {
        if (!turn.outcome) continue;
        finished.push_back({turn.start->opened, *turn.outcome, clock_.now(), &turn.steps});
        byOrganization[turn.start->opened.organization].push_back(&finished.back());
    }
    for (const auto& [organization, own] : byOrganization) runner_.commit(organization, own, options_.gate);
    std::vector<Ready> ready;
    for (auto& turn : finished)
        for (auto& one : turn.ready) ready.push_back(std::move(one));
    if (options_.send && !ready.empty()) options_.send(ready);
}

}  // namespace overture::turn
