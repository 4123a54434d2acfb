// What `overture playbook check` looks at: a whole folder, as its author has it.
#pragma once

#include <optional>
#include <string>

#include "playbook/definition.hpp"

namespace overture::playbook {

/// The playbook with texts/ and people/, its specs in tests/, and settings.json where there is one. Throws Error for an
/// unreadable folder.
Checked checkFolder(const std::string& directory);

/// The same of texts at hand: `specs` by path ("tests/price.lua"), `settings` what settings.json says.
Checked checkWhole(const Files& files, const Files& specs, const std::optional<std::string>& settings);

/// [{severity, place, file, line, message, suggestion}]
Json toJson(const std::vector<Finding>& findings);

/// "playbook.lua:31: there is no stage "bookng" — Did you mean "booking"?"
std::string sentence(const Finding& finding);

}  // namespace overture::playbook
