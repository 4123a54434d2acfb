// Inside service: threads that do one thing after another.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace overture::service {

/// At most so many threads, made when first needed, for jobs in the order they were given. What a job throws is logged. Any thread.
class Hands {
public:
    Hands(const char* name, int threads) : name_(name), most_(threads) {}
    ~Hands();  ///< does what was given
    void give(std::function<void()> job);

private:
    void work();
    const char* name_;
    const int most_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    std::vector<std::thread> threads_;
    int idle_ = 0;
    bool stopping_ = false;
};

}  // namespace overture::service
