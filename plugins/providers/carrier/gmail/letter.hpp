#pragma once

#include <string>

#include "overture/plugin.hpp"

namespace overture::gmail {

/// What the email channel made of a message.
struct Letter {
    std::string mime, messageId;
    std::string answers;  ///< the Message-ID that it answers, without brackets; or ""

    /// Throws sdk::Refused for a request that holds no message of that channel.
    static Letter of(const sdk::Json& request);
};

/// "<DELIVERY@domain.of.the.sender>", as the email channel names its messages; "" when the request names no sender.
std::string messageIdOf(const sdk::Json& lookup);
/// "ann@example.com" of "Ann <ann@example.com>"; "" when it is none that can be searched for.
std::string addressIn(const std::string& mailbox);

}  // namespace overture::gmail
