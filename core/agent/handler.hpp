#pragma once

#include "agent/parts.hpp"
#include "turn/journal.hpp"

namespace overture::agent {

/// Answers the events of one conversation: opt-out first, then the playbook's rules, the CSR's draft, the Overseer's
/// review, the gate. Any thread.
class Conversationalist final : public turn::Handler {
public:
    explicit Conversationalist(Parts parts) : parts_(std::move(parts)) {}
    turn::Outcome handle(const turn::Opened& opened, turn::Journal& journal) override;
    /// The steps that ask the calendar: what they find depends on whose turn comes first.
    static turn::OrderedKinds orderedSteps();

private:
    Parts parts_;
};

}  // namespace overture::agent
