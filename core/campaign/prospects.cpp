#include <set>

#include "base/time.hpp"
#include "campaign/forecast.hpp"
#include "campaign/people.hpp"
#include "compliance/main_zone.hpp"
#include "compliance/records.hpp"
#include "queries/campaign.hpp"
#include "turn/rows.hpp"

namespace overture::campaign {
namespace {

constexpr int kPeopleAtOnce = 2000;

Prospect prospectOf(const turn::Lead& lead, const std::vector<std::string>& channels) {
    Prospect person;
    person.id = lead.id;
    person.zone = isZone(lead.zone) ? lead.zone : compliance::mainZone(compliance::placesOf(lead.place()));
    for (const auto& channel : channels) {
        auto address = addressOn(lead, channel);
        if (address.empty()) continue;
        auto& contact = person.contacts.emplace_back();
        contact.channel = channel;
        contact.address = std::move(address);
        contact.place = lead.place();
    }
    return person;
}

/// Consent by address, then channel.
using Consents = std::map<std::string, std::map<std::string, compliance::ConsentLevel>>;

compliance::ConsentLevel consentOf(const Consents& consents, const std::string& address,
                                   const std::string& channel) {
    auto level = compliance::ConsentLevel::none;
    const auto found = consents.find(address);
    if (found == consents.end()) return level;
    for (const auto& key : {channel, std::string("*")})
        if (const auto one = found->second.find(key); one != found->second.end())
            level = std::max(level, one->second);
    return level;
}

}  // namespace

std::vector<Prospect> prospectsOf(LeadList list, const std::vector<std::string>& channels, Instant from,
                                  std::uint64_t seed) {
    People people;
    Consents consents;
    std::set<std::string> suppressed;
    for (auto& listed : list.leads) {
        for (const auto& consent : listed.consents) {
            auto& level = consents[consent.address][consent.channel];
            if (consent.givenAt <= from) level = std::max(level, consent.level);
        }
        suppressed.insert(listed.suppressed.begin(), listed.suppressed.end());
        auto& lead = listed.lead;
        if (const auto same = people.find(lead)) {
            people.merge(same->first, lead);
            continue;
        }
        const auto& key = !lead.externalId.empty() ? lead.externalId
                          : !lead.phone.empty()    ? lead.phone
                                                   : lead.email;
        lead.id = LeadId(uuid7(from, "lead:" + std::to_string(seed) + ":" + key));
        people.add({std::move(lead), listed.line, false, false, false});
    }
    list = {};
    std::vector<Prospect> all;
    all.reserve(people.all.size());
    for (const auto& person : people.all) {
        auto& prospect = all.emplace_back(prospectOf(person.lead, channels));
        for (auto& contact : prospect.contacts) {
            contact.consent = consentOf(consents, contact.address, contact.channel);
            contact.suppressed =
                suppressed.contains(person.lead.phone) || suppressed.contains(person.lead.email);
        }
    }
    return all;
}

std::vector<Prospect> prospectsOf(store::Transaction& tx, const OrganizationId& organization,
                                  const CampaignId& campaign, const std::vector<std::string>& channels,
                                  Instant now) {
    std::vector<Prospect> all;
    std::optional<ConversationId> last;
    for (std::size_t got = kPeopleAtOnce; got == kPeopleAtOnce;) {
        const auto rows = tx.run(sql::campaign::prospects, {organization, campaign, last, kPeopleAtOnce});
        got = rows.size();
        const auto before = all.size();
        for (const auto row : rows) {
            last = row.id<ConversationId>("conversation_id");
            all.push_back(prospectOf(turn::leadOf(row), channels));
        }
        std::vector<compliance::ContactRequest*> requests;
        for (auto i = before; i < all.size(); ++i)
            for (auto& contact : all[i].contacts) {
                contact.at = now;
                requests.push_back(&contact);
            }
        if (requests.empty()) continue;
        const compliance::RecordsOfContacts records(organization, requests);
        records.fill(tx.runAll({records.statement()}).front());
    }
    return all;
}

}  // namespace overture::campaign
