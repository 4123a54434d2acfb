#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace overture::net {

using Deadline = std::chrono::steady_clock::time_point;

/// Ends socket calls whose deadline has come, by shutting the connection down from the side: no peer can
/// stretch a deadline by dripping bytes. One thread for any number of watched connections.
class Watchdog {
public:
    Watchdog();
    ~Watchdog();

    /// Watches one connected socket for as long as it lives.
    class Watch {
    public:
        Watch(Watchdog& dog, int socket, Deadline at);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        bool fired() const { return fired_; }

    private:
        friend class Watchdog;
        Watchdog& dog_;
        int socket_;  ///< our own duplicate: stays this connection whatever its owner does
        std::multimap<Deadline, Watch*>::iterator place_;
        std::atomic<bool> fired_ = false;
    };

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<Deadline, Watch*> watches_;
    /// A watch that ends later needs to wake nobody, even when all that were there before are gone.
    Deadline sleepsUntil_ = Deadline::max();
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace overture::net
