// What Twilio is told to do with a call: TwiML.
#pragma once

#include <string>

#include "overture/plugin.hpp"

namespace overture::twilio {

std::string escapedXml(std::string_view text);
/// Connects the sound to our socket, both ways; "" when `media` {url, token} names none.
std::string connectStream(const sdk::Json& media, std::string_view callId);
std::string response(const std::string& verbs);

}  // namespace overture::twilio
