#pragma once

#include "agent/parts.hpp"

namespace overture::agent {

/// Answers the events of one conversation: opt-out first, then the playbook's rules, the CSR's draft, the Overseer's
/// review, the gate. Any thread.
class Conversationalist final : public turn::Handler {
public:
    explicit Conversationalist(Parts parts) : parts_(std::move(parts)) {}
    turn::Outcome handle(const turn::Opened& opened, turn::Journal& journal) override;

private:
    Parts parts_;
};

}  // namespace overture::agent
