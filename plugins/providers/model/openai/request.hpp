#pragma once

#include <string>

#include "settings.hpp"

namespace overture::openai {

/// The body of POST /chat/completions for a model.chat/1 `complete` request. `structured` says how the answer's schema is
/// told; with anything but jsonSchema it is written into the first message. Throws sdk::Refused for a request without
/// messages.
Json bodyOf(const Settings& settings, const Json& request, Structured structured);

/// No fewer tokens than the body has: one for each three bytes of ASCII (English has one in four or more) and one for each
/// other byte.
std::int64_t mostTokensOf(const Json& body);

/// The schema as strict structured output takes it: every object closed, every property required.
Json strictSchema(Json schema);

/// POST {base_url}{path} with the account's headers.
sdk::HttpRequest postTo(const sdk::Host& host, const Settings& settings, const char* path, const Json& body,
                        std::int64_t deadlineMs);

}  // namespace overture::openai
