#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
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

/// Runs turns for a service: one thread claims batches for the free places, each turn runs on a thread of its own
/// while its model thinks, and finished turns are committed as sets. No organization takes more than three quarters of the
/// places while another waits, and what one takes beyond an eighth runs on threads that yield their processor to all others:
/// a backlog takes what the rest leaves.
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
    /// Threads of one urgency, and what waits for them: claims to be opened, all of an organization at once, and opened turns.
    struct Crew {
        bool yields = false;
        std::map<OrganizationId, std::vector<Claim>> claimed = {};
        std::set<OrganizationId> opening = {};  ///< by one thread each
        std::deque<Work> waiting = {};
        std::condition_variable changed = {};
        std::vector<std::thread> threads = {};
        int idle = 0;

        std::optional<OrganizationId> toOpen() const;
    };
    void claimLoop();
    int claimSome(int places);
    void renewLeases();
    void give(const std::vector<Claim>& claims);
    void callUp(Crew& crew, int works);
    void turnLoop(Crew& crew);
    void open(Crew& crew, const OrganizationId& organization, std::unique_lock<std::mutex>& lock);
    void runNext(Crew& crew, std::unique_lock<std::mutex>& lock);
    void run(Work& work);
    void leave(const Claim& claim);
    std::vector<std::string> fullOrganizations();

    store::Database& database_;
    const Clock& clock_;
    PoolOptions options_;
    Runner runner_;
    Gather<Finished> commits_;
    std::atomic<std::uint64_t> turns_{0};

    std::mutex mutex_;
    std::condition_variable claimer_;
    std::map<ConversationId, Claim> running_;  // from their claim on
    std::map<OrganizationId, int> places_;     // of running_, by organization
    bool woken_ = false, stopping_ = false, stopped_ = false;
    Crew prompt_, yielding_{.yields = true};
    std::thread claiming_;
};

/// Wakes a pool for those that live longer than it does. Any thread.
class Bell {
public:
    void ring();  ///< nothing happens where no pool hears it
    /// A pool that hears it, as long as this lives.
    class Heard {
    public:
        Heard(Bell& bell, Pool& pool) : bell_(bell) { bell_.hear(&pool); }
        ~Heard() { bell_.hear(nullptr); }
        Heard(const Heard&) = delete;
        Heard& operator=(const Heard&) = delete;

    private:
        Bell& bell_;
    };

private:
    void hear(Pool* pool);
    std::mutex mutex_;
    Pool* pool_ = nullptr;
};

}  // namespace overture::turn
