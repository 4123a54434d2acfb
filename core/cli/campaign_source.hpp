// A campaign to look ahead at: one on a database, or a playbook with a list of leads.
#pragma once

#include <string>
#include <vector>

#include "campaign/preflight.hpp"
#include "cli/command.hpp"

namespace overture::cli {

/// To be added to a command's options, and the lines of its help that tell of them.
std::vector<std::string> sourceOptions(std::vector<std::string> more);
extern const char* const kSourceHelp;

/// Everything but plugins and prices, forecast included, by the words and options of the command line. Throws Error,
/// UsageError.
campaign::PreflightFacts readSource(const Arguments& arguments);

/// "0.25" of an option as a share from 0 to 1. Throws UsageError.
double shareOf(const Arguments& arguments, const char* name, double otherwise);

}  // namespace overture::cli
