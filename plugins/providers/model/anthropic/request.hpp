#pragma once

#include "anthropic/settings.hpp"

namespace overture::anthropic {

/// The body of POST /v1/messages for a model.chat/1 `complete` request. Throws sdk::Refused for one that the vendor would refuse.
Json bodyOf(const Settings& settings, const Json& request);

}  // namespace overture::anthropic
