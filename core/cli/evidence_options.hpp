#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "cli/command.hpp"
#include "compliance/evidence.hpp"

namespace overture::cli {

/// `--phone`, `--country`, … as entries for Arguments.
const std::vector<std::string>& evidenceSpec();
/// The given options as a question, "--postal-code" as "postal_code".
Json evidenceQuestion(const Arguments& arguments);
/// Reads the evidence of a question. A number written with spaces, or nationally with its country, becomes E.164; one that is
/// none stays as it was written.
compliance::PlaceEvidence evidenceOf(const Json& question);

/// "America/Chicago, America/Denver" of a list; "none" when it is empty.
std::string listText(const Json& list);

}  // namespace overture::cli
