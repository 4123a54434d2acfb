#pragma once

#include "anthropic/settings.hpp"

namespace overture::anthropic {

/// What an exchange means for the engine; see common/outcomes.hpp.
sdk::Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http);

}  // namespace overture::anthropic
