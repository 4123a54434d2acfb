#pragma once

#include <string>

#include "settings.hpp"

namespace overture::openai {

/// The body of POST /chat/completions for a model.chat/1 `complete` request. `structured` says how the answer's schema is
/// told; with anything but jsonSchema it is written into the first message. Throws sdk::Refused for a request without
/// messages.
Json bodyOf(const Settings& settings, const Json& request, Structured structured);

/// The schema as strict structured output takes it: every object closed, every property required.
Json strictSchema(Json schema);

}  // namespace overture::openai
