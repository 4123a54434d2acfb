#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace overture {

/// Named places where the environment may ask for a fault, so that crashes can be tried at each of them in the real
/// program. OVERTURE_FAILPOINTS is a list "NAME=ACTION[@N]" parted by commas; @N means the N-th passing only (from 1),
/// without it every passing counts. Actions: kill (SIGKILL to this process), stop (SIGSTOP, until
/// somebody sends SIGCONT), error (throws Error), delay:MS (waits), disconnect (the caller is told to drop its database connection).
///
/// Returns true when asked to disconnect. Without the variable it costs one read of a flag. Any thread.
bool failpoint(std::string_view name);

/// Checks a list as the variable takes it; throws Error with the part that cannot be read. Used at start-up.
void checkFailpoints(const std::string& list);

/// For tests of what threads of one process do to each other: `reached` runs on every thread that passes `name`, which
/// goes on when it returns; what it throws comes out of failpoint(). An empty function takes it away again. Any thread.
void setWaitpoint(const std::string& name, std::function<void()> reached);

}  // namespace overture
