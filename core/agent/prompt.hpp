#pragma once

#include <map>
#include <string>
#include <string_view>

#include "agent/briefing.hpp"
#include "playbook/scope.hpp"

namespace overture::agent {

/// Puts `values` where {{name}} stands, in one pass: what a value contains is never expanded again. A name without a
/// value throws Error (a mistake in a prompt file).
std::string fill(std::string_view pattern, const std::map<std::string, std::string>& values);

/// The mark around the lead's words. Made of the conversation's seed, so that a lead cannot close it.
std::string fenceOf(const Briefing& briefing);
/// `text` as data: between marks, with any such mark inside taken out, and no longer than `most` characters.
std::string fenced(const std::string& fence, std::string_view text, std::size_t most = 4000);

/// What placeholders of a playbook's texts refer to: lead, settings, facts, persona.
playbook::Scope scopeOf(const Briefing& briefing);
playbook::Scope scopeOf(const Json& lead, const Json& settings, const Json& facts, const Json& persona,
                        const std::string& language);
/// A playbook's text in the lead's language with its placeholders filled; "" when one cannot be filled.
std::string said(const Briefing& briefing, const playbook::Texts& texts);
/// Facts that `stage` collects and that are not known yet, in its order.
std::vector<std::string> missingIn(const Briefing& briefing, const playbook::Stage& stage);
/// Approved wordings of now: the stage's lines, the chosen move's lines, the heard objection's answer, the questions for
/// what is missing here and there. Rendered; empty ones left out.
std::vector<std::string> approvedWordings(const Briefing& briefing, const std::string& move,
                                          const std::string& objection);

/// By which words the playbook's knowledge is searched: what the lead wrote now, and the message before it.
std::string askedIn(const Briefing& briefing);

std::string csrPrompt(const Briefing& briefing);
std::string overseerPrompt(const Briefing& briefing, const Draft& draft);
/// The conversation so far as chat messages: ours as `assistant`, the lead's fenced as `user`. Without `incoming`.
Json historyMessages(const Briefing& briefing);

}  // namespace overture::agent
