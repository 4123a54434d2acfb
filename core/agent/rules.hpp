#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/briefing.hpp"

/// The Overseer's rules tier: pure functions over what is to be sent. Any thread.
namespace overture::agent::rules {

struct Fault {
    std::string_view rule;    ///< "never-word", "promise", …: the names are listed in rules.cpp's table
    Review::Verdict verdict;  ///< revise or stop
    std::string reason;       ///< for the next draft and for people
};

/// Every fault of this draft; empty when the rules have nothing against it. A text that is empty or far too long has
/// just that one fault.
std::vector<Fault> faultsOf(const Briefing& briefing, const Draft& draft);
std::vector<Fault> faultsOf(const Briefing& briefing, const Draft& draft, bool approved);

/// Is the reply an approved wording, or several of them one after another, word for word?
bool isApproved(const Briefing& briefing, const Draft& draft);

// One group of rules each. `approved`: what isApproved() says.
void checkShape(const Briefing& briefing, const Draft& draft, bool approved, std::vector<Fault>& faults);
void checkClaims(const Briefing& briefing, const Draft& draft, bool approved, std::vector<Fault>& faults);
void checkDisclosures(const Briefing& briefing, const Draft& draft, std::vector<Fault>& faults);
void checkLeaks(const Briefing& briefing, const Draft& draft, bool approved, std::vector<Fault>& faults);
void checkSources(const Briefing& briefing, const Draft& draft, std::vector<Fault>& faults);
void checkTimes(const Briefing& briefing, const Draft& draft, std::vector<Fault>& faults);
void checkLead(const Briefing& briefing, const Draft& draft, std::vector<Fault>& faults);

}  // namespace overture::agent::rules
