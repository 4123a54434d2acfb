#pragma once

#include "bedrock/settings.hpp"

namespace overture::bedrock {

/// The body of Converse for a model.chat/1 `complete` request. Throws sdk::Refused for one that the vendor would refuse.
Json bodyOf(const Settings& settings, const Json& request);

}  // namespace overture::bedrock
