// Whoever kills: each engine at a named place or from outside, and now and then the database.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "chaos/process.hpp"
#include "chaos/world.hpp"

namespace overture::chaos {

class Killer {
public:
    /// Starts the engines and begins.
    explicit Killer(World& world);
    ~Killer();  ///< kills the engines for good
    int kills() const { return kills_; }
    bool done() const;
    /// Waits for the last kill; from then on the engines are left in peace.
    void finish();
    std::map<std::string, int> places() const;  ///< kills by place
    std::map<std::string, int> others() const;  ///< pauses, starts without a database; no kills
    std::vector<std::string> crashes() const;   ///< ends nobody asked for: signals other than ours

private:
    void engineLife(std::size_t engine);
    void oneLife(std::size_t engine, EngineProcess& process, Random& random);
    void peace(EngineProcess& process);
    std::optional<int> sleepsPastItsLease(EngineProcess& process, Random& random);
    void databaseLife();
    void count(const std::string& place);
    void note(const std::string& what);
    void ended(int status, const std::string& place);

    World& world_;
    std::atomic<int> kills_{0};
    std::atomic<bool> peace_{false};
    const std::chrono::steady_clock::time_point until_;
    mutable std::mutex mutex_;
    std::map<std::string, int> places_, others_;
    std::vector<std::string> crashes_;
    std::vector<std::thread> threads_;
    std::thread database_;
};

}  // namespace overture::chaos
