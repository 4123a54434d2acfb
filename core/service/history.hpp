#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::service {

struct ConversationRef {
    OrganizationId organization;
    ConversationId conversation;
};

/// By conversation id or by the lead's external id (the newest one), over all organizations: for operators at the command line.
std::optional<ConversationRef> findConversation(store::Database& database, const std::string& idOrLead);

/// Those of a campaign in which a turn was worked, at most `most`, oldest first.
std::vector<ConversationRef> conversationsOf(store::Database& database, const OrganizationId& organization,
                                             const CampaignId& campaign, int most);

/// All that happened in one conversation: who, messages, turns with their steps and reasons, deliveries with the plugin
/// that carried them. Throws Error when it is not there.
Json conversationHistory(store::Database& database, const ConversationRef& conversation);

/// The same as a person reads it.
std::string historyText(const Json& history);

}  // namespace overture::service
