#include "service/newcomer.hpp"

#include "base/digest.hpp"
#include "compliance/numbers.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

std::optional<LeadId> leadOf(store::Transaction& tx, const OrganizationId& organization,
                             const std::string& from, const std::string& channel, Instant now) {
    const LeadId id(uuid7(now, "inbound:" + organization.text() + from));
    const Json evidence{{"source", "wrote first by " + channel}};
    if (channel == "email") {
        if (from.find('@') == std::string::npos) return std::nullopt;
        return tx.run(sql::service::lead_by_email, {organization, id, from, evidence, now})[0].id<LeadId>(
            "lead_id");
    }
    const auto number = compliance::readNumber(from);
    if (!number.readable) return std::nullopt;
    const auto country = number.country.empty() ? store::Param(nullptr) : store::Param(number.country);
    return tx.run(sql::service::lead_by_phone, {organization, id, from, country, evidence, now})[0]
        .id<LeadId>("lead_id");
}

}  // namespace

std::optional<ConversationId> welcome(store::Transaction& tx, const OrganizationId& organization,
                                      const BindingId& binding, const std::string& from,
                                      const std::string& channel, Instant now) {
    const auto campaigns =
        tx.run(sql::service::inbound_campaign, {organization, channel, binding.text(), now});
    if (campaigns.empty()) return std::nullopt;
    const auto lead = leadOf(tx, organization, from, channel, now);
    if (!lead) return std::nullopt;
    const auto campaign = campaigns[0];
    const ConversationId id(uuid7(now, "inbound:" + campaign.text("campaign_id") + from));
    return tx
        .run(sql::service::begin_conversation,
             {organization, id, campaign.text("campaign_id"), *lead, campaign.text("version"),
              campaign.text("inbound_stage"), channel, now})[0]
        .id<ConversationId>("conversation_id");
}

}  // namespace overture::service
