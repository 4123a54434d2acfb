#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace overture::turn {

/// Does the same with each of a number of things on several threads at once, the caller's among them. One caller at a time.
class SideBySide {
public:
    explicit SideBySide(int threads);  ///< with 1, all on the caller's
    ~SideBySide();

    /// Calls work(0) … work(count - 1), in any order, and returns when all are done. `work` must not throw.
    void each(std::size_t count, const std::function<void(std::size_t)>& work);

private:
    void help();
    void take(std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::condition_variable more_, done_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    std::size_t next_ = 0, count_ = 0, unfinished_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> helpers_;
};

}  // namespace overture::turn
