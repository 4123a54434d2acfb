#pragma once

#include <string_view>

#include "overture/plugin.hpp"

namespace overture::email {

/// Reads one message as it came (RFC 5322 and MIME, whatever its charset) into the document that channel.hpp describes. Throws
/// sdk::Refused (`invalid`) for what is no message, has no sender, is larger than 6 MiB or nests without end.
sdk::Json inboundOf(std::string_view raw);

}  // namespace overture::email
