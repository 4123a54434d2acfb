#include "turn/types.hpp"

#include "base/time.hpp"

namespace overture::turn {
namespace {

Json jsonOf(const Conversation& conversation) {
    return {{"campaign", conversation.campaign.text()},
            {"version", conversation.version},
            {"stage", conversation.stage},
            {"state", conversation.state},
            {"reason", conversation.reason},
            {"language", conversation.language},
            {"channel", conversation.channel},
            {"sentiment", conversation.sentiment},
            {"facts", conversation.facts},
            {"memory", conversation.memory},
            {"message_count", conversation.messageCount},
            {"turn_count", conversation.turnCount},
            {"takeover_fence", conversation.takeoverFence},
            {"created_at", toRfc3339(conversation.createdAt)}};
}

Instant instantOf(const Json& document, const char* key) {
    return parseRfc3339(textOf(document, key)).value_or(Instant());
}

void restoreConversation(Conversation& conversation, const Json& document) {
    conversation.campaign = CampaignId::parse(textOf(document, "campaign")).value_or(CampaignId());
    conversation.version = textOf(document, "version");
    conversation.stage = textOf(document, "stage");
    conversation.state = textOf(document, "state");
    conversation.reason = textOf(document, "reason");
    conversation.language = textOf(document, "language");
    conversation.channel = textOf(document, "channel");
    conversation.sentiment = textOf(document, "sentiment");
    conversation.facts = document.at("facts");
    conversation.memory = document.at("memory");
    conversation.messageCount = document.at("message_count").get<int>();
    conversation.turnCount = document.at("turn_count").get<int>();
    conversation.takeoverFence = document.at("takeover_fence").get<std::int64_t>();
    conversation.createdAt = instantOf(document, "created_at");
}

}  // namespace

compliance::PlaceEvidence Lead::place() const {
    compliance::PlaceEvidence place;
    place.phone = phone;
    place.country = country;
    place.state = state;
    place.postalCode = postalCode;
    place.zone = zone;
    place.said = textOf(evidence, "said");
    place.ipState = textOf(evidence, "ip_state");
    return place;
}

Json Lead::toJson() const {
    return {{"id", id.text()},
            {"external_id", externalId},
            {"first_name", firstName},
            {"last_name", lastName},
            {"phone", phone},
            {"email", email},
            {"country", country},
            {"state", state},
            {"postal_code", postalCode},
            {"zone", zone},
            {"language", language},
            {"company", company},
            {"title", title},
            {"custom", custom}};
}

Lead Lead::fromJson(const Json& document) {
    Lead lead;
    lead.id = LeadId::parse(textOf(document, "id")).value_or(LeadId());
    lead.externalId = textOf(document, "external_id");
    lead.firstName = textOf(document, "first_name");
    lead.lastName = textOf(document, "last_name");
    lead.phone = textOf(document, "phone");
    lead.email = textOf(document, "email");
    lead.country = textOf(document, "country");
    lead.state = textOf(document, "state");
    lead.postalCode = textOf(document, "postal_code");
    lead.zone = textOf(document, "zone");
    lead.language = textOf(document, "language");
    lead.company = textOf(document, "company");
    lead.title = textOf(document, "title");
    lead.custom = document.value("custom", Json::object());
    lead.evidence = document.value("evidence", Json::object());
    return lead;
}

Json Opened::toJson() const {
    Json eventIds = Json::array(), due = Json::array();
    for (const auto& event : events) {
        eventIds.push_back(event.id.text());
        due.push_back(toRfc3339(event.dueAt));
    }
    Json contactList = Json::object();
    for (const auto& [channel, request] : contacts) contactList[channel] = request.toJson();
    auto person = lead.toJson();
    person["evidence"] = lead.evidence;
    return {{"events", eventIds},
            {"due", due},
            {"now", toRfc3339(now)},
            {"version", conversation.version},
            {"seed", seed},
            {"contacts", contactList},
            {"conversation", jsonOf(conversation)},
            {"lead", std::move(person)},
            {"campaign",
             {{"name", campaign.name},
              {"state", campaign.state},
              {"channels", campaign.channels},
              {"bindings", campaign.bindings},
              {"settings", campaign.settings}}}};
}

void Opened::restore(const Json& document) {
    now = instantOf(document, "now");
    seed = document.at("seed").get<std::uint64_t>();
    restoreConversation(conversation, document.at("conversation"));
    lead = Lead::fromJson(document.at("lead"));
    const auto& then = document.at("campaign");
    campaign = {conversation.campaign, textOf(then, "name"),
                textOf(then, "state"), then.at("channels").get<std::vector<std::string>>(),
                then.at("bindings"),   then.at("settings")};
    contacts.clear();
    for (const auto& [channel, request] : document.at("contacts").items())
        contacts.emplace(channel, compliance::ContactRequest::fromJson(request));
}

}  // namespace overture::turn
