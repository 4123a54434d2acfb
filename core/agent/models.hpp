#pragma once

#include "agent/briefing.hpp"
#include "agent/parts.hpp"

namespace overture::agent {

/// The models of a conversation in the order they are tried: the list `models` of its campaign's bindings, else that of its
/// organization's settings, else the campaign's one "model". A list's entries: {"binding": id, "deadline_ms"?,
/// "first_token_ms"?}. Empty when there is none.
Models modelsOf(const Parts& parts, const turn::Opened& opened, const tenant::Policy* policy);

/// Who hears a call and answers it there, as the model that is asked first; nothing when nobody does.
std::optional<Model> ownModel(const Parts& parts, Speaker& speaker);

}  // namespace overture::agent
