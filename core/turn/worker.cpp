#include "turn/worker.hpp"

#include <list>
#include <map>
namespace overture::turn {

struct Worker::Decided {
    Start* start;
    Outcome outcome;
    KeptSteps steps;
};

Worker::Worker(store::Database& database, const Clock& clock, Handler& handler, WorkerOptions options)
    : database_(database),
      clock_(clock),
      options_(std::move(options)),
      runner_(database, clock, handler, options_.mostTries) {}

int Worker::runBatch() {
    const auto claims =
        claimMailboxes(database_, clock_.now(), options_.lease, options_.name, options_.batch);
    if (claims.empty()) return 0;
    auto starts = open(database_, claims, clock_.now());
    std::vector<Decided> decided;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        if (!starts[i]) continue;
        if (!starts[i]->opened.events.empty()) ++turns_;
        KeptSteps steps;
        if (auto outcome = runner_.run(claims[i], *starts[i], options_.keepSteps ? &steps : nullptr))
            decided.push_back({&*starts[i], std::move(*outcome), std::move(steps)});
    }
    commitAll(decided);
    return static_cast<int>(claims.size());
}

void Worker::commitAll(std::vector<Decided>& decided) {
    std::list<Finished> turns;
    std::map<OrganizationId, std::vector<Finished*>> byOrganization;
    std::map<OrganizationId, std::vector<StepRow*>> steps;
    for (auto& [start, outcome, kept] : decided) {
        const auto& organization = start->opened.organization;
        turns.push_back({start->opened, outcome, clock_.now(), Committed::fenced, {}});
        byOrganization[organization].push_back(&turns.back());
        for (auto& step : kept) steps[organization].push_back(&step.row);
    }
    for (const auto& [organization, own] : steps) writeSteps(database_, organization, own);
    for (const auto& [organization, own] : byOrganization) runner_.commit(organization, own, options_.gate);
    std::vector<Ready> ready;
    for (auto& turn : turns) {
        for (auto& one : turn.ready) ready.push_back(std::move(one));
    }
    if (options_.send && !ready.empty()) options_.send(ready);
}

}  // namespace overture::turn
