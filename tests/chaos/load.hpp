// The leads who write, and the carrier that tells what became of its messages: each tries until it is acknowledged.
#pragma once

#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "chaos/world.hpp"

namespace overture::chaos {

class Load {
public:
    explicit Load(World& world);
    ~Load();  ///< ends its threads
    std::vector<Inbound> inbound() const;
    int posted() const;

private:
    void writeMessages(std::size_t writer);
    void write(const std::string& lead, Random& random);
    void reportStatuses();
    std::map<std::string, std::size_t> openByLead();
    std::string newMarker(const std::string& lead);

    World& world_;
    mutable std::mutex mutex_;
    std::vector<Inbound> inbound_;
    std::vector<std::pair<std::string, std::string>> open_;  ///< marker and lead of what has no answer yet
    std::vector<std::thread> threads_;
};

/// True when all that was posted is taken in and done within the plan's `quiet`; else it says what is not.
bool waitForQuiet(const World& world, const Load& load);

}  // namespace overture::chaos
