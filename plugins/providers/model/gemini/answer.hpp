#pragma once

#include "gemini/settings.hpp"

namespace overture::gemini {

/// What an exchange means for the engine; see common/outcomes.hpp.
sdk::Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http);

/// What a vendor's answer counts.
models::Tokens tokensOf(const Json& usage);

}  // namespace overture::gemini
