#pragma once

#include <optional>
#include <string_view>

#include "settings.hpp"

namespace overture::openai {

/// What an exchange means for the engine. A model call changes nothing outside: whatever broke on the way is `transient`,
/// never `unknown`. The message names the vendor's code, and never carries what people wrote.
sdk::Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http);

/// What is wrong with an exchange before anything of its answer is read; otherwise nothing, and the answer is in `document`.
std::optional<sdk::Answer> trouble(const sdk::HttpAnswer& http, Json& document);

/// {input_tokens, output_tokens, cost_micros, currency, unpriced?} of a vendor's answer.
Json usageOf(const Settings& settings, const Json& document, const std::string& model);

/// Does a refused request (400, 422) blame the field `name`?
bool blames(const sdk::HttpAnswer& http, std::string_view name);

}  // namespace overture::openai
