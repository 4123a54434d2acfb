#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "turn/worker.hpp"

namespace overture::turn {

struct PoolOptions {
    std::string name = "pool";
    seconds lease{90};  ///< renewed while a turn runs
    int threads = 32;   ///< turns in flight at most; threads are made when first needed
    int batch = 64;     ///< mailboxes claimed at once
    int mostTries = 5;
    milliseconds poll{250};  ///< how often to look for work that nobody announced
    const compliance::Gate* gate = nullptr;
    Send send = {};
};

/// Runs turns for a service: one thread claims and opens batches for the free places, each turn runs on a thread of its own
/// while its model thinks, and finished turns are committed as sets. No organization takes more than three quarters of the
/// places while another waits.
class Pool {
public:
    Pool(store::Database& database, const Clock& clock, Handler& handler, PoolOptions options);
    /// Claims nothing more and waits for the turns in hand.
    ~Pool();
    /// Says that there may be something to do. Any thread.
    void wake();
    std::uint64_t turns() const { return turns_; }

private:
    struct Work {
        Claim claim;
        Start start;
    };
    void claimLoop();
    int claimSome(int places);
    void renewLeases();
    void turnLoop();
    void run(Work& work);
    void give(std::vector<Work> works);
    std::vector<std::string> fullOrganizations() const;

    store::Database& database_;
    const Clock& clock_;
    PoolOptions options_;
    Runner runner_;
    Gather<Finished> commits_;
    std::atomic<std::uint64_t> turns_{0};

    std::mutex mutex_;
    std::condition_variable claimer_, workers_;
    std::deque<Work> waiting_;
    std::map<ConversationId, Claim> running_;  // waiting ones included
    std::map<OrganizationId, int> places_;     // of running_, by organization
    int idle_ = 0;
    bool woken_ = false, stopping_ = false, stopped_ = false;
    std::vector<std::thread> threads_;
    std::thread claiming_;
};

}  // namespace overture::turn
