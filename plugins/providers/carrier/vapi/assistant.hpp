#pragma once

#include <string>
#include <string_view>

#include "settings.hpp"

namespace overture::vapi {

/// The settings' assistant, and before it what the engine says of the call: {call_id, media: {words_url}, say, transfer_to?,
/// machine_detection?, most_seconds?}.
sdk::Json assistantFor(const Settings& settings, const sdk::Json& request);
/// What is said first, in one text.
std::string firstWords(const sdk::Json& request);
/// Who answers there hears the summary before they are connected; "": they are connected at once.
sdk::Json destinationTo(const std::string& number, const std::string& summary);
std::string percentEncoded(std::string_view text);

}  // namespace overture::vapi
