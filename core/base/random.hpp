#pragma once

#include <cstdint>

namespace overture {

/// SplitMix64: the same numbers for the same seed on every machine. Not for secrets. One thread.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    /// 0 … bound-1; 0 for bound 0.
    std::uint64_t below(std::uint64_t bound);
    /// [0, 1)
    double unit();
    /// True with the given probability.
    bool chance(double probability) { return unit() < probability; }

private:
    std::uint64_t state_;
};

}  // namespace overture
