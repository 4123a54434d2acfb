#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "compliance/gate.hpp"
#include "compliance/rules.hpp"

namespace overture::compliance {

/// What a permit rests on. The document is written from it once, on first reading, by any thread.
struct Permit::Grounds {
    std::shared_ptr<const RulePacks> packs;  ///< keeps `rules` alive
    std::vector<const Rule*> rules;
    std::vector<std::pair<std::string, std::string>> own;  ///< {rule, source} that stand in no pack
    std::once_flag written;
    Json document;
};

}  // namespace overture::compliance
