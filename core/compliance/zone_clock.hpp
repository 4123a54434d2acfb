#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace overture::compliance {

/// One zone's offsets, laid out once so that the gate asks it millions of times: from `begin` until the next stretch
/// begins, local time is UTC + offset.
class ZoneClock {
public:
    struct Stretch {
        Instant begin, end;
        seconds offset{};
    };

    /// nullptr when it is no zone. Kept for the life of the program; any thread.
    static const ZoneClock* find(std::string_view zone);

    const Stretch& at(Instant instant) const;
    /// Equal for two zones whose clocks agree from 2020 to 2040 (America/Detroit and America/New_York).
    std::uint64_t signature() const { return signature_; }

private:
    explicit ZoneClock(std::string_view zone);
    std::vector<Stretch> stretches_;
    std::uint64_t signature_ = 0;
};

}  // namespace overture::compliance
