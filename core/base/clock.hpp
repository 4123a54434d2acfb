#pragma once

#include <chrono>
#include <mutex>

namespace overture {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// A point in time, UTC, to the microsecond: what PostgreSQL's timestamptz holds.
using Instant = std::chrono::sys_time<microseconds>;

/// Where "now" comes from. Everything that decides asks a Clock; nothing asks the operating system or SQL.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;  ///< any thread
};

class SystemClock final : public Clock {
public:
    Instant now() const override;
};

/// Stands still until it is moved. For rehearsals and tests. Any thread.
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(Instant start) : now_(start) {}
    Instant now() const override;
    /// Moves forward to `instant`; an earlier one is ignored.
    void advanceTo(Instant instant);

private:
    mutable std::mutex mutex_;
    Instant now_;
};

}  // namespace overture
