#pragma once

#include <string>

#include "rehearsal/rehearsal.hpp"

namespace overture::rehearsal {

/// Every figure of a run. Keys are stable; money in micro-units.
Json report(store::Database& database, const Ran& ran, const Plan& plan);

/// The report as a manager reads it.
std::string summary(const Json& report, const std::string& directory);

/// Writes report.json, deliveries.csv, conversations.jsonl, meetings.ics into `directory` (made if missing). Throws Error naming the
/// file; a file is whole or as it was.
void writeFiles(store::Database& database, const Ran& ran, const Json& report, const std::string& directory);

}  // namespace overture::rehearsal
