#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"

namespace overture::api {

/// How many calls each name may make in a window of fixed length that begins with its first. Any thread.
class Limits {
public:
    Limits(int most, seconds window) : most_(most), window_(window) {}

    struct State {
        bool allowed = true;
        int limit = 0, remaining = 0;
        seconds reset{};  ///< until the window ends
    };
    /// Counts one call of a name that may make so many `times` as many. What is not allowed is not counted on.
    State count(const std::string& name, Instant now, int times = 1);

private:
    struct Window {
        Instant end;
        int calls = 0;
    };
    int most_;
    seconds window_;
    std::mutex mutex_;
    std::map<std::string, Window> windows_;
};

}  // namespace overture::api
