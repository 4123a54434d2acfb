// Leads who write, as many at once or as fast as is wanted, and what was measured of their answers.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>

#include "bench/vendors.hpp"
#include "chaos/world.hpp"

namespace overture::bench {

struct Written {
    std::string marker;
    Steady::time_point posted, acknowledged;
};

/// Milliseconds at a share of the sorted values; 0 when there are none.
double quantile(std::vector<double> values, double share);

class Load {
public:
    Load(chaos::World& world, const Vendors& vendors) : world_(world), vendors_(vendors) {}

    /// `messages` messages, `open` conversations at work at once: each lead writes again when the answer has been sent.
    /// Throws when answers stop coming.
    std::vector<Written> closed(int messages, int open);
    /// `perSecond` messages for `how_long`, each lead in turn, whatever the engine does; then waits for the answers.
    std::vector<Written> paced(double perSecond, seconds howLong);
    /// Statuses of what was sent, `perSecond` for `howLong`: the milliseconds until each was acknowledged.
    std::vector<double> statuses(double perSecond, seconds howLong);
    /// From the webhook's acknowledgement to the carrier's call, in milliseconds, without `model`.
    std::vector<double> waits(const std::vector<Written>& written, milliseconds model) const;

private:
    Written write(std::size_t lead);
    void waitForAll(const std::vector<Written>& written) const;
    template <typename Work>
    void atPace(double perSecond, seconds howLong, int threads, const Work& work);

    chaos::World& world_;
    const Vendors& vendors_;
    std::atomic<std::uint64_t> serial_{0};
    std::size_t nextStatus_ = 0;
};

}  // namespace overture::bench
