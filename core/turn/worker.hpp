#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "turn/runner.hpp"

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
};

/// Claims due mailboxes and runs their turns one after the other on the calling thread, then commits them together. For
/// rehearsals and tests; a service uses Pool.
class Worker {
public:
    Worker(store::Database& database, const Clock& clock, Handler& handler, WorkerOptions options = {});
    /// One batch. Returns how many mailboxes were claimed.
    int runBatch();
    std::uint64_t turns() const { return turns_; }

private:
    struct Decided;
    void commitAll(std::vector<Decided>& decided);

    store::Database& database_;
    const Clock& clock_;
    WorkerOptions options_;
    Runner runner_;
    std::atomic<std::uint64_t> turns_{0};
};

}  // namespace overture::turn
