#pragma once

#include "agent/briefing.hpp"

namespace overture::agent {

/// `context` of a CSR request: the briefing as data, for a model that plays from approved wordings. Vendors' models
/// read the prompt and never see this.
Json draftContext(const Briefing& briefing);

/// `context` of an Overseer request: {"reply", "incoming", "approved": [wordings], "never", "sentences", "slots", …}.
Json reviewContext(const Briefing& briefing, const Draft& draft);

}  // namespace overture::agent
