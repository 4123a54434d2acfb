#pragma once

#include <string>
#include <vector>

#include "meeting/meetings.hpp"
#include "turn/types.hpp"
#include "workshop/bench.hpp"

namespace overture::workshop {

// What conversation { … } says, part by part. Each throws Error for what cannot be meant, with what to write instead.
turn::Lead leadOf(const Json& options);
std::string zoneOf(const turn::Lead& lead);
/// "Tue 10:00" (the first one on or after Monday, 14 September 2026), "2026-09-14 10:00", or an instant.
Instant startOf(const Json& options, const std::string& zone);
Json settingsOf(const Json& options, const Bench& bench);
std::vector<meeting::AccountManager> teamOf(const Json& options, const Bench& bench);
/// The name of a variant of the playbook, or "".
std::string variantIn(const Json& options, const playbook::Definition& definition);
/// Normalized as the engine would keep them.
Json factsOf(const Json& options, const playbook::Definition& definition);
compliance::ConsentLevel consentOf(const Json& options);
/// What tools answer, by capability: a table, or a text that says why not.
Json toolsOf(const Json& options);
/// Throws unless the playbook has this stage.
const playbook::Stage& stageNamed(const std::string& name, const playbook::Definition& definition);

}  // namespace overture::workshop
