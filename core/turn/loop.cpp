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
        std::unique_lock lock(mutex_);
        if (stopping_) return;
        if (done == 0) changed_.wait_for(lock, poll_, [&] { return stopping_ || wakes_ != seen; });
        if (stopping_) return;
        seen = wakes_;
    }
}

}  // namespace overture::turn
