#pragma once

#include "base/ids.hpp"

namespace overture {

/// Ids of one moment, each greater than the one before (RFC 9562, section 6.2, method 1: a counter before what is random), so
/// that rows made together lie together in every index. At most 2^26 of them. One thread.
class Uuid7Series {
public:
    explicit Uuid7Series(Instant at) : at_(at) {}
    Uuid next();

private:
    Instant at_;
    std::uint32_t counter_ = 0;
};

}  // namespace overture
