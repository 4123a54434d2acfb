#pragma once

#include "turn/commit.hpp"
#include "turn/journal.hpp"

namespace overture::turn {

/// Runs opened turns through the handler and settles those that cannot be finished. Any thread.
class Runner {
public:
    Runner(store::Database& database, const Clock& clock, Handler& handler, int mostTries);

    /// What the turn decided, still to be committed. Nothing when it failed, was held, was overtaken by another worker or
    /// held only statuses: then all there was to write is written. With `kept` the steps are left to the caller. Throws
    /// DatabaseError when the database is away, and MustWait: then the turn is to be run once more with the same `kept`.
    std::optional<Outcome> run(const Claim& claim, Start& start, KeptSteps* kept = nullptr,
                               const OrderedKinds* waitAt = nullptr);

    /// Commits them as one set; when that fails, one by one, and a turn that fails alone is failed. Throws DatabaseError when
    /// the database is away.
    void commit(const OrganizationId& organization, const std::vector<Finished*>& turns,
                const compliance::Gate* gate);

private:
    void commitAlone(Finished& turn, const compliance::Gate* gate);
    void failed(const Opened& opened, const char* error);

    store::Database& database_;
    const Clock& clock_;
    Handler& handler_;
    int mostTries_;
    StepWriter steps_;
};

}  // namespace overture::turn
