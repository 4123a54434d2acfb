#include "turn/loop.hpp"

#include "base/log.hpp"

namespace overture::turn {

Loop::Loop(int threads, milliseconds poll, std::function<int()> work) : poll_(poll), work_(std::move(work)) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Loop::~Loop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Loop::wake() {
    {
        std::scoped_lock lock(mutex_);
        ++wakes_;
    }
    changed_.notify_one();
}

void Loop::run() {
    std::uint64_t seen = 0;
    for (;;) {
        int done = 0;
        try {
            done = work_();
        } catch (const std::exception& error) {
            log::error("work_interrupted", {{"error", error.what()}});
        }
        if (done > 0) wake();  // where there was some there may be more than one can do
        std::unique_lock lock(mutex_);
        if (done == 0) wait(lock, seen);
        if (stopping_) return;
        seen = wakes_;
    }
}

/// Of those who wait, one looks after the poll interval; before it goes to work another takes its place.
void Loop::wait(std::unique_lock<std::mutex>& lock, std::uint64_t seen) {
    const auto called = [&] { return stopping_ || wakes_ != seen; };
    while (!called()) {
        if (polling_) {
            changed_.wait(lock, [&] { return called() || !polling_; });
            continue;
        }
        polling_ = true;
        changed_.wait_for(lock, poll_, called);
        polling_ = false;
        changed_.notify_one();
        return;
    }
}

}  // namespace overture::turn
