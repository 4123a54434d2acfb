// `overture permit verify` and `permit explain` on a database in which somebody has been at work.
#include "base/time.hpp"
#include "compliance/permit_record.hpp"
#include "compliance/records.hpp"
#include "pg/fixture.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

using namespace compliance;

class Permits : public ::testing::Test {
protected:
    Permits() {
        auto tx = database.begin(organization);
        recordConsent(tx, organization, "+13055550100", "sms", "marketing", ConsentLevel::expressWritten,
                      "web form", {{"page", "quote"}}, tuesday() - days(2));
        tx.commit();
        for (int i = 0; i < 3; ++i) give("+1305555010" + std::to_string(i));
    }

    void give(const std::string& phone) {
        ContactRequest contact;
        contact.channel = "sms";
        contact.address = contact.place.phone = phone;
        contact.place.zone = "America/New_York";
        contact.at = tuesday();
        contact.consent = ConsentLevel::expressWritten;
        contact.attempts = {tuesday() - hours(30)};
        const auto permit = std::get<Permit>(gate.decide(contact));
        ids.push_back(permit.id().text());
        auto tx = database.begin(organization);
        recordPermits(tx, organization, {permit});
        tx.commit();
    }
    void tamper(const char* name, const char* sql) {
        auto tx = database.beginOwner();
        tx.run({name, sql});
        tx.commit();
    }
    Finished permit(const std::string& words) {
        return overtureLine("permit " + words + " --database " + testing::quoted(url));
    }

    std::string url = Postgres::shared().freshDatabase();
    store::Database database{store::DatabaseOptions{.url = url, .sessions = 2}};
    OrganizationId organization = addOrganization(database);
    Gate gate;
    std::vector<std::string> ids;
};

TEST_F(Permits, AWholeChainIsCounted) {
    const auto verified = permit("verify");
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_EQ(verified.out, "Sunrise Solar: the chain is whole, 3 permits\n");
    EXPECT_EQ(permit("verify --organization 'Sunrise Solar'").status, 0);
    const auto answers = answersOf(permit("verify --json"));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0]["permits"], 3);
    EXPECT_EQ(answers[0]["whole"], true);
    EXPECT_EQ(permit("verify --organization Moonrise").status, 1);
}

TEST_F(Permits, AChangedRowIsTheFirstBreak) {
    tamper("test/consent",
           "update permits set document = jsonb_set(document, '{request,consent}', '\"none\"') where "
           "sequence = 2");
    const auto verified = permit("verify");
    EXPECT_EQ(verified.status, 1);
    EXPECT_EQ(verified.out, "Sunrise Solar: the chain breaks after 1 permit: permit " + ids[1] +
                                " was changed after it was written\n");
    EXPECT_EQ(answersOf(permit("verify --json"))[0]["permits"], 1);
}

TEST_F(Permits, ARemovedRowIsTheFirstBreak) {
    tamper("test/remove", "delete from permits where sequence = 1");
    const auto verified = permit("verify");
    EXPECT_EQ(verified.status, 1);
    EXPECT_NE(verified.out.find("permit 1 is missing before permit " + ids[1]), std::string::npos)
        << verified.out;
}

TEST_F(Permits, EachSaysWhyThePersonWasContacted) {
    const auto explained = permit("explain " + ids[0]);
    ASSERT_EQ(explained.status, 0) << explained.err;
    for (const char* wanted :
         {"Organization   Sunrise Solar",
          "sms to +13055550100 (marketing), in the minute of 2026-03-03T17:00:00Z",
          "Tue 3 Mar 2026 12:00 in America/New_York", "phone +13055550100, zone America/New_York", "US-FL",
          "counted as express written",
          "express written for marketing by sms, given 2026-03-01T17:00:00Z (web form)",
          "proof {\"page\":\"quote\"}", "once: 2026-03-02T11:00:00Z",
          "us-fl.window: From 8 to 20 o'clock. (Fla. Stat. 501.616(6)(a))",
          "nothing: no delivery carries it"})
        EXPECT_NE(explained.out.find(wanted), std::string::npos) << wanted << "\nin\n" << explained.out;
    const auto answer = parseJson(permit("explain " + ids[1] + " --json").out, "answer").orThrow();
    EXPECT_EQ(answer["address"], "+13055550101");
    EXPECT_EQ(answer["consents"].size(), 0U);
    EXPECT_EQ(permit("explain 0199d3b2-7c00-7000-8000-000000000001").status, 1);
    EXPECT_EQ(permit("explain nonsense").status, 2);
}

}  // namespace
}  // namespace overture::testing
