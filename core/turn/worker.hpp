#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "turn/mailbox.hpp"

namespace overture::turn {

struct WorkerOptions {
    std::string name = "worker";
    seconds lease{60};
    int batch = 16;
    int mostTries = 5;
};

/// Claims due mailboxes and runs their turns, one after the other, on the calling thread.
class Worker {
public:
    Worker(store::Database& database, const Clock& clock, Handler& handler, WorkerOptions options = {});
    /// One batch. Returns how many mailboxes were claimed.
    int runBatch();
    std::uint64_t turns() const { return turns_; }

private:
    void runOne(const Claim& claim);

    store::Database& database_;
    const Clock& clock_;
    Handler& handler_;
    WorkerOptions options_;
    std::atomic<std::uint64_t> turns_{0};
};

/// Threads that call `work` again and again while it finds something, and otherwise wait for wake() or the poll
/// interval. For `serve`.
class Loop {
public:
    Loop(int threads, milliseconds poll, std::function<int()> work);
    ~Loop();  ///< waits for the work in hand
    void wake();

private:
    void run();

    milliseconds poll_;
    std::function<int()> work_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::uint64_t wakes_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace overture::turn
