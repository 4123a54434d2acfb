// What a turn's script may cost (law 7).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"

namespace overture::playbook {

struct Limits {
    std::int64_t instructions = 1'000'000;
    std::size_t memory = std::size_t{8} << 20;
    std::size_t text = std::size_t{1} << 20;  ///< the longest one
    milliseconds time{40};                    ///< of the processor, so that a busy machine fails nobody
    std::size_t output = std::size_t{64} << 10;
};

}  // namespace overture::playbook
