#pragma once

#include <chrono>

namespace overture {

/// While it lives, nothing that is asked of others on this thread is sent after `end`, however long the process was stopped
/// meanwhile, and what was asked ends then. Within another one the earlier end counts.
class CallDeadline {
public:
    using Steady = std::chrono::steady_clock;

    explicit CallDeadline(Steady::time_point end);
    ~CallDeadline();
    CallDeadline(const CallDeadline&) = delete;
    CallDeadline& operator=(const CallDeadline&) = delete;

    static Steady::time_point end();  ///< this thread's; time_point::max() without one

private:
    Steady::time_point before_;
};

}  // namespace overture
