#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace overture::turn {

/// Threads that call `work` again and again while it finds something, and otherwise wait for wake(). One of those
/// that wait looks again after the poll interval, and calls the next when there was something. For `serve`.
class Loop {
public:
    Loop(int threads, milliseconds poll, std::function<int()> work);
    ~Loop();  ///< waits for the work in hand
    void wake();

private:
    void run();
    void wait(std::unique_lock<std::mutex>& lock, std::uint64_t seen);

    milliseconds poll_;
    std::function<int()> work_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false, polling_ = false;
    std::uint64_t wakes_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace overture::turn
