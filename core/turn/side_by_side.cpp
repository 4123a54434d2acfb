#include "turn/side_by_side.hpp"

namespace overture::turn {

SideBySide::SideBySide(int threads) {
    for (int i = 1; i < threads; ++i) helpers_.emplace_back([this] { help(); });
}

SideBySide::~SideBySide() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    more_.notify_all();
    for (auto& helper : helpers_) helper.join();
}

void SideBySide::each(std::size_t count, const std::function<void(std::size_t)>& work) {
    if (helpers_.empty() || count < 2) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    std::unique_lock lock(mutex_);
    work_ = &work;
    next_ = 0;
    count_ = unfinished_ = count;
    for (std::size_t i = 1; i < count && i <= helpers_.size(); ++i) more_.notify_one();
    take(lock);
    done_.wait(lock, [this] { return unfinished_ == 0; });
    work_ = nullptr;
}

void SideBySide::help() {
    std::unique_lock lock(mutex_);
    for (;;) {
        more_.wait(lock, [this] { return stopping_ || (work_ != nullptr && next_ < count_); });
        if (stopping_) return;
        take(lock);
    }
}

void SideBySide::take(std::unique_lock<std::mutex>& lock) {
    while (next_ < count_) {
        const auto mine = next_++;
        const auto& work = *work_;
        lock.unlock();
        work(mine);
        lock.lock();
        if (--unfinished_ == 0) done_.notify_one();
    }
}

}  // namespace overture::turn
