#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

namespace overture::plugin {

/// plugin.json, read and found in order.
struct Manifest {
    std::string id, version;
    std::vector<std::string> capabilities;
    Json settingsSchema;                     ///< passed checkSchema
    std::vector<std::string> neededSecrets;  ///< those a binding cannot do without
    bool readsContext = false;               ///< a model that plays (see Instance)
    Json document;                           ///< all of it

    bool lists(std::string_view capability) const;
};

/// Reads `folder`/plugin.json. The Problem's `what` has no place in front: it becomes part of a sentence.
Result<Manifest> readManifest(const std::string& folder);

/// The last word of a folder's path, whether or not it ends in a slash.
std::string folderName(const std::string& folder);

}  // namespace overture::plugin
