#pragma once

#include "bedrock/settings.hpp"

namespace overture::bedrock {

/// What an exchange with `model` means for the engine; see common/outcomes.hpp.
sdk::Answer readAnswer(const Settings& settings, const std::string& model, const sdk::HttpAnswer& http);

}  // namespace overture::bedrock
