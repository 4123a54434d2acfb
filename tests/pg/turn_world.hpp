// One organization with one campaign, and leads whose conversations tests post events into.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "compliance/records.hpp"
#include "pg/fixture.hpp"
#include "turn/delivery.hpp"
#include "turn/mailbox.hpp"
#include "turn/worker.hpp"

namespace overture::testing {

inline constexpr store::Query kSetup{"test/setup", R"sql(
with version as (
    insert into playbook_versions (organization_id, version, playbook, files, published_at)
    values ($1::uuid, 'v1', 'test', '{}', $3::timestamptz)
), binding as (
    insert into bindings (organization_id, binding_id, name, plugin, created_at)
    values ($1::uuid, $2::uuid, 'carrier', 'sim', $3::timestamptz)
)
select 1)sql"};
inline constexpr store::Query kCampaign{"test/campaign", R"sql(
insert into campaigns (organization_id, campaign_id, name, version, channels, bindings, state, starts_at, created_at)
values ($1::uuid, $2::uuid, 'test', 'v1', '{sms}', jsonb_build_object('sms', $3::text), 'running', $4::timestamptz,
        $4::timestamptz))sql"};
inline constexpr store::Query kLead{"test/lead", R"sql(
insert into leads (organization_id, lead_id, external_id, first_name, phone, zone, country, created_at)
values ($1::uuid, $2::uuid, $3, 'Asha', $4, 'America/Phoenix', 'US', $5::timestamptz))sql"};
inline constexpr store::Query kConversation{"test/conversation", R"sql(
insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, state, created_at,
                           updated_at)
values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, 'v1', 'opening', 'open', $5::timestamptz, $5::timestamptz))sql"};

class TurnWorld : public ::testing::Test {
protected:
    TurnWorld() : database(Postgres::shared().freshPool()), clock(tuesday()) {
        organization = addOrganization(*database);
        campaign = CampaignId(uuid7(clock.now()));
        binding = BindingId(uuid7(clock.now()));
        auto tx = database->begin(organization);
        tx.run(kSetup, {organization, binding, clock.now()});
        tx.run(kCampaign, {organization, campaign, binding.text(), clock.now()});
        tx.commit();
    }

    /// A lead in Phoenix with written consent, and their conversation.
    ConversationId addConversation(const std::string& phone = "+16025550100") {
        const LeadId lead(uuid7(clock.now()));
        const ConversationId id(uuid7(clock.now()));
        auto tx = database->begin(organization);
        tx.run(kLead, {organization, lead, "lead " + phone, phone, clock.now()});
        tx.run(kConversation, {organization, id, campaign, lead, clock.now()});
        compliance::recordConsent(tx, organization, phone, "sms", "marketing",
                                  compliance::ConsentLevel::expressWritten, "web form", Json::object(),
                                  clock.now() - std::chrono::hours(24));
        tx.commit();
        return id;
    }

    EventId post(const ConversationId& conversation, const std::string& kind, const Json& payload,
                 const std::string& key = {}) {
        clock.advanceTo(clock.now() + seconds(1));
        const EventId id(uuid7(clock.now()));
        auto tx = database->begin(organization);
        turn::post(
            tx, organization,
            {{id, conversation, kind, clock.now(), clock.now(), key.empty() ? id.text() : key, payload}});
        tx.commit();
        return id;
    }

    EventId hears(const ConversationId& conversation, const std::string& text, const std::string& key = {}) {
        return post(conversation, "message", {{"text", text}, {"channel", "sms"}}, key);
    }

    std::int64_t number(const std::string& sql) {
        owned.push_back("test/" + std::to_string(owned.size()) + sql);
        texts.push_back(sql);
        auto tx = database->beginOwner();
        const store::Query query{owned.back().c_str(), texts.back().c_str()};
        return tx.run(query)[0].integer("n");
    }
    std::string word(const std::string& sql) {
        owned.push_back("test/" + std::to_string(owned.size()) + sql);
        texts.push_back(sql);
        auto tx = database->beginOwner();
        const store::Query query{owned.back().c_str(), texts.back().c_str()};
        const auto rows = tx.run(query);
        return rows.empty() ? "" : rows[0].text("w");
    }

    std::unique_ptr<store::Database> database;
    VirtualClock clock;
    OrganizationId organization;
    CampaignId campaign;
    BindingId binding;
    compliance::Gate gate;
    std::list<std::string> owned, texts;
};

/// Answers every message with "answer to: …" after one journaled model call; counts both.
class Answering : public turn::Handler {
public:
    Answering(const compliance::Gate& gate, BindingId binding) : gate_(gate), binding_(binding) {}

    turn::Outcome handle(const turn::Opened& opened, turn::Journal& journal) override {
        ++turns;
        turn::Outcome outcome;
        if (std::all_of(opened.events.begin(), opened.events.end(),
                        [](const turn::Event& event) { return event.kind == "status"; }))
            return outcome;  // nobody said anything
        std::string said;
        for (const auto& event : opened.events)
            if (event.kind == "message") said += textOf(event.payload, "text") + ";";
        const auto answer = journal.step("csr", {{"said", said}, {"salt", salt}}, [&] {
            ++modelCalls;
            return turn::StepResult{{{"reply", "answer to: " + said}}, 1500};
        });
        if (const auto hook = afterStep) hook();
        if (!speak) return outcome;
        auto request = opened.contacts.at("sms");
        request.purpose = purpose;
        request.at = opened.now;
        const auto verdict = gate_.decide(request);
        const auto* permit = std::get_if<compliance::Permit>(&verdict);
        if (permit == nullptr) return outcome;
        const DeliveryId id(
            uuid7(opened.now, opened.conversation.id.text() + std::to_string(opened.turnNumber)));
        const auto text = textOf(answer, "reply");
        outcome.deliveries.push_back({id, "sms", binding_, "+12025550100", request.address, text,
                                      Json::array({{{"text", text}}}), opened.now, *permit});
        outcome.messages.push_back(
            {"out", "agent", "sms", text, "opening", opened.now, std::nullopt, id, Json::object()});
        if (optOut) outcome.optOut = turn::OptOutAct{{request.address}, "opted out", Json::object()};
        if (optOut) outcome.deliveries.clear();
        for (const auto& timer : timers) outcome.timers.push_back(timer);
        outcome.deferUntil = deferUntil;
        return outcome;
    }

    int turns = 0, modelCalls = 0;
    bool speak = true, optOut = false;
    std::string salt, purpose = "reply";
    std::vector<turn::Timer> timers;
    std::optional<Instant> deferUntil;
    std::function<void()> afterStep;

private:
    const compliance::Gate& gate_;
    BindingId binding_;
};

/// A carrier that remembers what it was given and answers as told.
class Carrier : public turn::Sender {
public:
    compliance::ContactRequest contact(const turn::Delivery& delivery, Instant now) override {
        compliance::ContactRequest request;
        request.channel = delivery.channel;
        request.address = delivery.recipient;
        request.purpose = delivery.purpose;
        request.at = now;
        request.place = delivery.lead.place();
        return request;
    }
    turn::SendResult send(const compliance::Permit&, const turn::Delivery& delivery) override {
        sent.push_back(delivery.text);
        return next;
    }
    turn::LookupResult lookup(const turn::Delivery&) override {
        ++lookups;
        return found;
    }

    std::vector<std::string> sent;
    int lookups = 0;
    turn::SendResult next{turn::SendResult::Kind::sent, "ref-1", "sent", "", {}};
    turn::LookupResult found;
};

}  // namespace overture::testing
