#pragma once

#include <optional>
#include <string>

#include "plugin/host.hpp"

namespace overture::plugin {

/// One call that leaves nothing behind, by the binding of this name: a look for a message that was never sent, one word of a model,
/// or, of a binding that is there for vectors, those of one word; of a mailbox also a look that takes nothing; of a storage
/// an object that is kept, read and removed. Nothing when no such
/// thing can be asked of a plugin of this kind.
std::optional<Reply> tryOut(Instance& instance, const std::string& binding, Instant now);

}  // namespace overture::plugin
