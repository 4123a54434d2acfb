#pragma once

#include <string>

#include "common/schema.hpp"
#include "openai/settings.hpp"

namespace overture::openai {

/// The body of POST /chat/completions for a model.chat/1 `complete` request. `structured` says how the answer's schema is
/// told; with anything but jsonSchema it is written into the first message. Throws sdk::Refused for what is no such
/// request.
Json bodyOf(const Settings& settings, const Json& request, Structured structured);

/// POST {base_url}{path} with the account's headers.
sdk::HttpRequest postTo(const sdk::Host& host, const Settings& settings, const char* path, const Json& body,
                        std::int64_t deadlineMs);

}  // namespace overture::openai
