#pragma once

#include "openai/settings.hpp"

namespace overture::openrouter {

/// OpenRouter speaks as OpenAI's chat completions do, with headers, provider routing, reported costs and errors of its own.
/// Throws sdk::Refused naming the setting that cannot be used.
openai::Settings readSettings(const sdk::Json& settings);

}  // namespace overture::openrouter
