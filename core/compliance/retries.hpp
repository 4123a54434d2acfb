#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace overture::compliance {

/// How an attempt ended that did not reach the person.
enum class Unreached { noAnswer, busy, machine, undelivered };

/// "no_answer", "busy", "machine", "undelivered" (and "failed", which is the same); nothing for another word.
std::optional<Unreached> unreachedOf(std::string_view word);

/// How long to wait before the same touch is tried again, after so many of these outcomes in a row (1: the first); nothing: not
/// again, the cadence goes on. Each wait is longer than the one before. The attempts count against every cap all the same.
std::optional<seconds> retryAfter(Unreached outcome, int times);

}  // namespace overture::compliance
