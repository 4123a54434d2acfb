#pragma once

#include "openai/settings.hpp"

namespace overture::openai {

/// What an exchange means for the engine; see common/outcomes.hpp.
sdk::Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http);

/// {input_tokens, output_tokens, cost_micros, currency, unpriced?} of a vendor's answer.
Json usageOf(const Settings& settings, const Json& document, const std::string& model);

}  // namespace overture::openai
