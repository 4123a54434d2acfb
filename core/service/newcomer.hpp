#pragma once

#include <optional>
#include <string>

#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::service {

/// A lead and a conversation for somebody who writes first, in the newest running campaign that takes people who do, on this
/// channel and binding. Nothing when there is none, or when `from` cannot be answered: a short code, a sender's name.
std::optional<ConversationId> welcome(store::Transaction& tx, const OrganizationId& organization,
                                      const BindingId& binding, const std::string& from,
                                      const std::string& channel, Instant now);

}  // namespace overture::service
