// Runs one piece of Lua the way a turn would, outside of any turn: for `overture lua` and the sandbox's
// tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "playbook/limits.hpp"

namespace overture::playbook {

struct SandboxResult {
    std::string outcome;         ///< "ok", "error", "limit"
    std::optional<Json> result;  ///< what the script returned; several values are an array; absent for none
    std::string printed;
    std::string error;  ///< with file:line
    std::string limit;  ///< "instructions", "memory", "time", "output"
    double milliseconds = 0;
    std::size_t kib = 0;  ///< most memory held at once
};

/// Never throws for what the script does. `name` is shown in errors.
SandboxResult runInSandbox(const std::string& source, const std::string& name, std::uint64_t seed = 0,
                           const Limits& limits = {});

}  // namespace overture::playbook
