// What the engine and its database have used, read from /proc.
#pragma once

#include <sys/types.h>

#include <string>

namespace overture::bench {

struct Usage {
    double engine = 0, database = 0;  ///< CPU seconds so far
    double all() const { return engine + database; }
};

/// Of this process and of PostgreSQL in `cluster` with all its children, ended ones included.
Usage usageOf(pid_t engine, const std::string& cluster);
/// Resident memory, in MiB: now, and the most there was.
double residentMiB(pid_t process);
double mostResidentMiB(pid_t process);

}  // namespace overture::bench
