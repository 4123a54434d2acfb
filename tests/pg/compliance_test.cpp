#include "compliance/records.hpp"

#include <thread>

#include "base/time.hpp"
#include "pg/fixture.hpp"

namespace overture::testing {
namespace {

using namespace compliance;

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
        return verifyPermits(tx, organization);
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

    recordConsent(tx, organization, "+16025550100", "sms", "marketing", ConsentLevel::expressWritten, "web form", {}, tuesday());
    recordAttempt(tx, organization, "+16025550100", LeadId(uuid7(tuesday())), "sms", DeliveryId(uuid7(tuesday())), tuesday());
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
    recordConsent(tx, organization, "+16025550100", "voice", "marketing", ConsentLevel::expressWritten, "call", {}, tuesday());
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

}  // namespace
}  // namespace overture::testing
