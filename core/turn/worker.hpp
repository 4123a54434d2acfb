#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "turn/runner.hpp"
#include "turn/side_by_side.hpp"

namespace overture::turn {

/// Sends what a commit made ready.
using Send = std::function<void(const std::vector<Ready>&)>;

struct WorkerOptions {
    std::string name = "worker";
    seconds lease{60};
    int batch = 16;
    int mostTries = 5;
    /// With both, deliveries due at once are sent right after their commit; otherwise a Deliverer finds them.
    const compliance::Gate* gate = nullptr;
    Send send = {};
    /// Steps are written with the commit, not each by itself: for a rehearsal, which begins anew when it dies.
    bool keepSteps = false;
    /// Turns of one batch run on this many threads, and still with the same results: a turn that comes to a step of an
    /// `ordered` kind waits until the others are done, and then those go on one after the other. Needs keepSteps.
    int threads = 1;
    OrderedKinds ordered = {};
};

/// Claims due mailboxes and runs their turns, then commits them together. For rehearsals and tests; a service uses Pool.
class Worker {
public:
    Worker(store::Database& database, const Clock& clock, Handler& handler, WorkerOptions options = {});
    /// One batch. Returns how many mailboxes were claimed.
    int runBatch();
    std::uint64_t turns() const { return turns_; }

private:
    struct Running;
    void runAll(std::deque<Running>& turns);
    void run(Running& turn, const OrderedKinds* waitAt);
    void commitAll(std::deque<Running>& turns);

    store::Database& database_;
    const Clock& clock_;
    WorkerOptions options_;
    Runner runner_;
    SideBySide side_;
    std::atomic<std::uint64_t> turns_{0};
};

}  // namespace overture::turn
