#pragma once

#include <string_view>

#include "settings.hpp"

namespace overture::openai {

/// What an exchange means for the engine. A model call changes nothing outside: whatever broke on the way is `transient`,
/// never `unknown`. The message names the vendor's code, and never carries what people wrote.
sdk::Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http);

/// Does a refused request (400, 422) blame the field `name`?
bool blames(const sdk::HttpAnswer& http, std::string_view name);

}  // namespace overture::openai
