#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "overture/documents.hpp"

namespace overture::twilio {

using sdk::textOf;

/// "Thu, 24 Aug 2023 05:01:45 +0000" in microseconds since 1970.
std::optional<std::int64_t> parseRfc2822(std::string_view text);

/// "whatsapp:+1555…" for the channel "whatsapp"; the bare number for a text message.
std::string addressOn(std::string_view channel, std::string_view number);
/// The reverse: the channel's name and the bare number.
struct Address {
    std::string channel, number;
};
Address addressFrom(std::string_view address);

}  // namespace overture::twilio
