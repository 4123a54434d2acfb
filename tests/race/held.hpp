// Threads held at named places of the engine, so that a test decides who comes first.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/failpoint.hpp"

namespace overture::testing {

/// Holds the first thread that passes the place until it is let go; later ones pass.
class Held {
public:
    explicit Held(std::string place) : place_(std::move(place)), inside_(std::make_shared<Inside>()) {
        setWaitpoint(place_, [inside = inside_] { inside->pass(); });
    }
    ~Held() {
        letGo();
        setWaitpoint(place_, {});
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    /// Until a thread stands there; fails the test when none comes.
    void wait() {
        std::unique_lock lock(inside_->mutex);
        if (!inside_->changed.wait_for(lock, std::chrono::seconds(60), [&] { return inside_->came; }))
            ADD_FAILURE() << "nobody passed " << place_;
    }
    void letGo() {
        const std::scoped_lock lock(inside_->mutex);
        inside_->free = true;
        inside_->changed.notify_all();
    }

private:
    struct Inside {
        std::mutex mutex;
        std::condition_variable changed;
        bool came = false, free = false;

        void pass() {
            std::unique_lock lock(mutex);
            if (came) return;
            came = true;
            changed.notify_all();
            changed.wait(lock, [&] { return free; });
        }
    };
    std::string place_;
    std::shared_ptr<Inside> inside_;
};

/// Runs beside the test; joined at the end of its scope.
class Beside {
public:
    explicit Beside(std::function<void()> work) : thread_(std::move(work)) {}
    ~Beside() { join(); }
    void join() {
        if (thread_.joinable()) thread_.join();
    }

private:
    std::thread thread_;
};

}  // namespace overture::testing
