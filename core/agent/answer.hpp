#pragma once

#include <string>

#include "agent/briefing.hpp"

namespace overture::agent {

/// The member that has the reply: members come in the order of their names, and a reply that is spoken stands last.
std::string_view replyMember(const Briefing& briefing);

/// JSON schema of the CSR's answer for this briefing: {"name", "schema"}. Every property required and none besides, as
/// strict structured output wants it.
Json draftSchema(const Briefing& briefing);

/// What is wrong with an answer, in one sentence for the model; "" when readDraft can take it. A wrong type, a missing
/// reply, a slot that was not offered refuse the whole answer.
std::string faultOf(const Briefing& briefing, const Json& answer);

/// Reads an answer without a fault. Unknown moves, objections and facts are dropped, unreadable fact values too. When the
/// lead wrote nothing, nothing is taken as said by the lead.
Draft readDraft(const Briefing& briefing, const Json& answer);

}  // namespace overture::agent
