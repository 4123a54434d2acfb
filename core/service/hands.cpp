#include "service/hands.hpp"

#include "base/log.hpp"

namespace overture::service {

Hands::~Hands() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Hands::give(std::function<void()> job) {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    const bool enough = static_cast<int>(jobs_.size()) <= idle_;
    if (!enough && static_cast<int>(threads_.size()) < most_) threads_.emplace_back([this] { work(); });
    changed_.notify_one();
}

void Hands::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        --idle_;
        if (jobs_.empty()) return;
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        try {
            job();
        } catch (const std::exception& error) {
            log::error("job_failed", {{"of", name_}, {"error", error.what()}});
        }
        lock.lock();
    }
}

}  // namespace overture::service
