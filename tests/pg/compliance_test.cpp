#include "compliance/records.hpp"

#include <thread>

#include "base/time.hpp"
#include "pg/fixture.hpp"

namespace overture::testing {
namespace {

using namespace compliance;

void fillFromRecords(store::Transaction& tx, const OrganizationId& organization, ContactRequest& contact) {
    const RecordsOfContacts records(organization, {&contact});
    records.fill(tx.runAll({records.statement()}).front());
}

class Records : public ::testing::Test {
protected:
    Records() : database(Postgres::shared().freshPool()), organization(addOrganization(*database)) {}

    ContactRequest request(const std::string& phone, Instant at = tuesday()) {
        ContactRequest contact;
        contact.channel = "sms";
        contact.address = phone;
        contact.at = at;
        contact.place.phone = phone;
        contact.place.zone = "America/Phoenix";
        return contact;
    }
    Permit permit(const std::string& phone) {
        auto contact = request(phone);
        contact.consent = ConsentLevel::expressWritten;
        auto verdict = gate.decide(contact);
        EXPECT_TRUE(std::holds_alternative<Permit>(verdict));
        return std::get<Permit>(verdict);
    }
    void record(const std::vector<Permit>& permits) {
        auto tx = database->begin(organization);
        recordPermits(tx, organization, permits);
        tx.commit();
    }
    std::string verify() {
        auto tx = database->begin(organization);
        return verifyPermits(tx, organization).fault;
    }
    void asOwner(const char* name, const char* sql) {
        auto tx = database->beginOwner();
        tx.run({name, sql});
        tx.commit();
    }

    std::unique_ptr<store::Database> database;
    OrganizationId organization;
    Gate gate;
};

TEST_F(Records, ConsentSuppressionAndAttemptsReachTheGate) {
    auto contact = request("+16025550100");
    auto tx = database->begin(organization);
    fillFromRecords(tx, organization, contact);
    EXPECT_EQ(contact.consent, ConsentLevel::none);
    EXPECT_TRUE(std::holds_alternative<Refused>(gate.decide(contact)));

    recordConsent(tx, organization, "+16025550100", "sms", "marketing", ConsentLevel::expressWritten,
                  "web form", {}, tuesday());
    recordAttempts(
        tx, organization,
        {{"+16025550100", LeadId(uuid7(tuesday())), "sms", DeliveryId(uuid7(tuesday())), tuesday()}});
    fillFromRecords(tx, organization, contact);
    EXPECT_EQ(contact.consent, ConsentLevel::expressWritten);
    EXPECT_EQ(contact.attempts, std::vector<Instant>{tuesday()});
    EXPECT_TRUE(std::holds_alternative<Permit>(gate.decide(contact)));

    suppress(tx, organization, {"+16025550100"}, "opted out", Json::object(), tuesday());
    fillFromRecords(tx, organization, contact);
    EXPECT_TRUE(contact.suppressed);
    EXPECT_TRUE(std::holds_alternative<Refused>(gate.decide(contact)));
}

TEST_F(Records, ConsentForOneChannelIsNoneForAnother) {
    auto tx = database->begin(organization);
    recordConsent(tx, organization, "+16025550100", "voice", "marketing", ConsentLevel::expressWritten,
                  "call", {}, tuesday());
    auto contact = request("+16025550100");
    fillFromRecords(tx, organization, contact);
    EXPECT_EQ(contact.consent, ConsentLevel::none);
}

TEST_F(Records, AnUntouchedChainIsWhole) {
    EXPECT_EQ(verify(), "");
    record({permit("+16025550100"), permit("+16025550101")});
    record({permit("+16025550102")});
    EXPECT_EQ(verify(), "");
}

TEST_F(Records, ThePermitOfOneMinuteIsRecordedOnce) {
    record({permit("+16025550100")});
    record({permit("+16025550100")});
    EXPECT_EQ(verify(), "");
}

TEST_F(Records, AChangedPermitShows) {
    record({permit("+16025550100"), permit("+16025550101"), permit("+16025550102")});
    asOwner("test/tamper", "update permits set minute = minute + interval '1 hour' where sequence = 2");
    EXPECT_NE(verify().find("was changed after it was written"), std::string::npos) << verify();
}

TEST_F(Records, ARemovedPermitShows) {
    record({permit("+16025550100"), permit("+16025550101"), permit("+16025550102")});
    asOwner("test/remove_middle", "delete from permits where sequence = 2");
    EXPECT_NE(verify().find("is missing"), std::string::npos) << verify();
}

TEST_F(Records, ACutEndShows) {
    record({permit("+16025550100"), permit("+16025550101")});
    asOwner("test/remove_last", "delete from permits where sequence = 2");
    EXPECT_NE(verify().find("but 2 were written"), std::string::npos) << verify();
}

TEST_F(Records, TheEngineItselfCannotChangeAPermit) {
    record({permit("+16025550100")});
    auto tx = database->begin(organization);
    EXPECT_THROW(tx.run({"test/rewrite", "update permits set address = 'x'"}), store::DatabaseError);
}

TEST_F(Records, ManyRecordersKeepOneChain) {
    std::vector<Permit> permits;
    for (int i = 0; i < 40; ++i) permits.push_back(permit("+160255501" + std::to_string(10 + i)));
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = t; i < permits.size(); i += 4) record({permits[i]});
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(verify(), "");
    auto tx = database->beginOwner();
    EXPECT_EQ(tx.run({"test/count", "select count(*) as n from permits"})[0].integer("n"), 40);
}

TEST_F(Records, AChainOfManyPagesIsVerified) {
    std::vector<Permit> permits;
    for (int i = 0; i < 2345; ++i) permits.push_back(permit("+1602555" + std::to_string(1000 + i)));
    record(permits);
    EXPECT_EQ(verify(), "");
    asOwner("test/late", "update permits set purpose = 'service' where sequence = 2344");
    EXPECT_NE(verify().find("was changed after it was written"), std::string::npos) << verify();
}

TEST_F(Records, EveryColumnIsCovered) {
    for (const char* sql :
         {"update permits set address = '+16025550199' where sequence = 1",
          "update permits set channel = 'voice' where sequence = 1",
          "update permits set document = document || '{\"zones\": []}' where sequence = 1",
          "update permits set previous_hash = 'x' where sequence = 2",
          "update permits set hash = 'x' where sequence = 2", "update permit_heads set hash = 'x'"}) {
        organization = addOrganization(*database, sql);
        record({permit("+16025550100"), permit("+16025550101")});
        ASSERT_EQ(verify(), "");
        asOwner("test/every_column", sql);
        EXPECT_NE(verify(), "") << sql;
    }
}

TEST_F(Records, ConsentCountsFromItsDayForItsPurpose) {
    auto tx = database->begin(organization);
    recordConsent(tx, organization, "+16025550100", "sms", "reply", ConsentLevel::express, "wrote first", {},
                  tuesday());
    recordConsent(tx, organization, "+16025550101", "sms", "marketing", ConsentLevel::express, "form", {},
                  tuesday());
    const auto consent = [&](const char* phone, const char* purpose, Instant at) {
        auto contact = request(phone, at);
        contact.purpose = purpose;
        fillFromRecords(tx, organization, contact);
        return contact.consent;
    };
    EXPECT_EQ(consent("+16025550100", "reply", tuesday()), ConsentLevel::express);
    EXPECT_EQ(consent("+16025550100", "marketing", tuesday()), ConsentLevel::none);
    EXPECT_EQ(consent("+16025550101", "reply", tuesday()), ConsentLevel::express);
    EXPECT_EQ(consent("+16025550101", "marketing", tuesday() - seconds(1)), ConsentLevel::none);
}

TEST_F(Records, APersonIsOneOverAddressesSpellingsAndChannels) {
    const LeadId lead(uuid7(tuesday(), "lead"));
    auto tx = database->begin(organization);
    tx.run({"test/lead",
            "insert into leads (organization_id, lead_id, phone, email, created_at) "
            "values ($1::uuid, $2::uuid, '+16025550100', 'Ann@Example.com', $3::timestamptz)"},
           {organization, lead, tuesday()});
    recordConsent(tx, organization, "ann@example.com", "email", "marketing", ConsentLevel::express, "form",
                  {}, tuesday());
    recordAttempts(tx, organization,
                   {{"+16025550100", lead, "sms", DeliveryId(uuid7(tuesday(), "one")), tuesday()}});
    auto mail = request("Ann@Example.com", tuesday() + hours(1));
    mail.channel = "email";
    fillFromRecords(tx, organization, mail);
    EXPECT_EQ(mail.consent, ConsentLevel::express);
    EXPECT_EQ(mail.attempts, std::vector<Instant>{tuesday()});
    EXPECT_FALSE(mail.suppressed);

    suppress(tx, organization, {"Ann@Example.com"}, "opted out", {{"text", "STOP"}}, tuesday() + minutes(30));
    suppress(tx, organization, {"ann@example.com", ""}, "again", {}, tuesday() + minutes(40));
    for (const char* address : {"ann@example.com", "Ann@Example.com", "+16025550100"})
        for (const char* channel : {"sms", "email", "voice", "whatsapp"}) {
            auto contact = request(address, tuesday() + hours(1));
            contact.channel = channel;
            fillFromRecords(tx, organization, contact);
            EXPECT_TRUE(contact.suppressed) << address << " on " << channel;
            EXPECT_EQ(contact.suppressedAt, tuesday() + minutes(30));
            EXPECT_EQ(contact.consent, ConsentLevel::none) << address << " on " << channel;
        }
}

}  // namespace
}  // namespace overture::testing
