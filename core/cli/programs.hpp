// How commands use programs that the system has installed.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace overture::cli {

/// Runs it in `folder` ("" for here), its output going where ours goes, and returns its exit status; -1 when a signal ended
/// it. Throws Error{missing} when it is not installed.
int runInstalled(std::vector<std::string> words, const std::string& folder, const Problem& missing);

}  // namespace overture::cli
