#pragma once

#include <string_view>

#include "base/json.hpp"

namespace overture::log {

enum class Level { debug, info, warning, error };

/// Lines below this level are dropped. Default: warning for commands, info for `serve`. Any thread.
void setLevel(Level level);

/// One JSON object per line on standard error: time, level, event, then `fields`. Never put a secret or a
/// person's words into fields. Any thread; lines do not interleave.
void write(Level level, std::string_view event, const Json& fields);

void info(std::string_view event, const Json& fields);
void warning(std::string_view event, const Json& fields);
void error(std::string_view event, const Json& fields);

}  // namespace overture::log
