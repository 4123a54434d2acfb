#pragma once

#include "gemini/settings.hpp"

namespace overture::gemini {

/// The body of generateContent for a model.chat/1 `complete` request. Throws sdk::Refused for one that the vendor would refuse.
Json bodyOf(const Settings& settings, const Json& request);

}  // namespace overture::gemini
