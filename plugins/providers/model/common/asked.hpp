// What is asked of a model, judged before anything of it leaves: a vendor would refuse it anyhow, in words of its own and after
// the call was made.
#pragma once

#include <limits>

#include "common/values.hpp"

namespace overture::models {

/// A model.chat/1 request can be answered: messages of known roles with texts, tool calls that are answered after they were made,
/// tools and a schema that are some, numbers within their limits. Throws sdk::Refused (invalid) with the place and what has to
/// stand there.
void requireChat(const Json& request);

/// The texts of a model.embed/1 request: at least one, at most `most`, none empty. Borrowed from `request`. Throws sdk::Refused
/// (invalid).
const Json& textsOf(const Json& request, std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace overture::models
