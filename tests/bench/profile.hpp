// Where an engine's processor time goes, by Linux's `perf` where that is installed.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/clock.hpp"

namespace overture::bench {

struct Share {
    std::string part;
    double percent;
};

/// Watches a process from its making for so long.
class Profile {
public:
    /// The record goes into `folder`.
    Profile(pid_t process, seconds howLong, const std::string& folder);
    /// Waits for the end. The parts of the engine, the dearest first; none when there is no perf, or it may not look.
    std::vector<Share> finish();

private:
    pid_t perf_ = -1;
    std::string record_;
};

/// The same from what `perf script -F ip,sym` printed: samples with a blank line behind each, the innermost function first.
std::vector<Share> sharesOf(const std::string& script);

}  // namespace overture::bench
