#pragma once

#include <string>
#include <vector>

namespace overture::workshop {

/// Writes a playbook that works at once (check, test, run) into the new folder `directory`; its last part becomes the id. Returns
/// the files' paths inside it. Throws Error when the folder has something in it or the name cannot be an id.
std::vector<std::string> writeFirstDraft(const std::string& directory);

}  // namespace overture::workshop
