// `overture consent`, `overture person` and `overture retention` as an operator uses them.
#include "compliance/records.hpp"
#include "pg/fixture.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const store::Query kLead{
    "test/lead",
    "insert into leads (organization_id, lead_id, external_id, first_name, phone, email, created_at) values "
    "($1::uuid, $2::uuid, 'crm-7', 'Ann', '+12025550142', 'ann@example.com', $3::timestamptz)"};

class People : public ::testing::Test {
protected:
    People() {
        auto tx = database.begin(organization);
        tx.run(kLead, {organization, uuid7(tuesday()), tuesday() - days(2000)});
        compliance::ContactRequest contact;
        contact.channel = "sms";
        contact.address = contact.place.phone = "+12025550142";
        contact.at = tuesday();
        contact.consent = compliance::ConsentLevel::expressWritten;
        compliance::recordPermits(tx, organization,
                                  {std::get<compliance::Permit>(compliance::Gate().decide(contact))});
        tx.commit();
    }
    Finished run(const std::string& words, const std::string& input = {}) {
        return overtureLine(words + " --database " + testing::quoted(url), input);
    }

    std::string url = Postgres::shared().freshDatabase();
    store::Database database{store::DatabaseOptions{.url = url, .sessions = 2}};
    OrganizationId organization = addOrganization(database);
};

TEST_F(People, ConsentIsGivenShownAndRevoked) {
    const std::string who = " --phone '202 555 0142' --country US";
    const auto given =
        run("consent add" + who +
            " --channel sms --purpose marketing --level express_written --source 'web form' --text 'Text me' "
            "--given 2020-03-01 --expires 2099-01-01");
    EXPECT_EQ(given.status, 0) << given.output();
    EXPECT_THAT(given.out, HasSubstr("the consent of +12025550142 is recorded (valid)"));
    const auto shown = answersOf(run("consent show" + who + " --json"));
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_EQ(shown[0]["state"], "valid");
    EXPECT_EQ(shown[0]["proof"]["text"], "Text me");
    EXPECT_EQ(shown[0]["expires"], "2099-01-01T00:00:00Z");
    EXPECT_THAT(run("consent revoke" + who + " --why 'asked to'").out,
                HasSubstr("1 consent of +12025550142 revoked"));
    EXPECT_EQ(answersOf(run("consent show" + who + " --json"))[0]["state"], "revoked");
    EXPECT_THAT(run("consent show" + who).out, HasSubstr("revoked: express written for marketing by sms"));
    const auto unproven = run("consent add" + who + " --level express_written --source form");
    EXPECT_EQ(unproven.status, 1);
    EXPECT_THAT(unproven.err, HasSubstr("needs the text that was shown"));
    EXPECT_EQ(run("consent add --level express --source form").status, 2);
    const auto answers = answersOf(
        run("consent add --batch -",
            "{\"id\": 1, \"email\": \"Bea@Example.com\", \"level\": \"express\", \"source\": \"fair\"}\n"
            "{\"id\": 2, \"email\": \"bea@example.com\", \"level\": \"much\", \"source\": \"fair\"}\n"));
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0]["address"], "bea@example.com");
    EXPECT_EQ(answers[0]["recorded"], true);
    EXPECT_TRUE(answers[1].contains("error"));
}

TEST_F(People, APersonIsExportedAndErasedAndTheChainStillHolds) {
    const auto exported = run("person export --email ANN@example.com");
    ASSERT_EQ(exported.status, 0) << exported.output();
    const auto document = parseJson(exported.out, "export").orThrow();
    EXPECT_EQ(document["leads"][0]["external_id"], "crm-7");
    EXPECT_EQ(document["permits"].size(), 1U);
    EXPECT_EQ(document["person"]["addresses"], Json({"+12025550142", "ann@example.com"}));
    EXPECT_THAT(run("person erase --lead crm-7 --dry-run").out,
                HasSubstr("would be erased: leads 1, permits 1"));
    EXPECT_EQ(run("person export --lead crm-7").status, 0);
    EXPECT_THAT(run("person erase --lead crm-7").out, HasSubstr("erased: leads 1, permits 1"));
    EXPECT_EQ(run("person export --lead crm-7").status, 1);
    EXPECT_THAT(run("person erase --phone +12025550142").out, HasSubstr("nothing names this person"));
    EXPECT_THAT(run("person export --phone +12025550142").out, Not(HasSubstr("Ann")));
    EXPECT_EQ(run("permit verify").out,
              "Sunrise Solar: the chain is whole, 2 permits, 1 of them of people who were erased\n");
    EXPECT_EQ(run("person erase").status, 2);
    EXPECT_EQ(run("person erase --phone 5550142").status, 2);
}

TEST_F(People, RetentionIsSetShownAndApplied) {
    EXPECT_THAT(run("retention list").out, HasSubstr("people: kept"));
    EXPECT_THAT(run("retention apply").out, HasSubstr("everything is kept"));
    EXPECT_EQ(run("retention set people 30").status, 0);
    EXPECT_EQ(run("retention set webhooks 14").status, 0);
    EXPECT_THAT(
        answersOf(run("retention list --json")),
        ::testing::Contains(Json({{"organization", "Sunrise Solar"}, {"kind", "people"}, {"days", 30}})));
    EXPECT_EQ(answersOf(run("retention apply --json"))[0]["cleared"], Json({{"people", 1}, {"webhooks", 0}}));
    EXPECT_EQ(run("permit verify").status, 0);
    EXPECT_EQ(run("retention set people none").status, 0);
    EXPECT_THAT(run("retention list").out, HasSubstr("people: kept"));
    EXPECT_EQ(run("retention set suppressions 30").status, 1);
    EXPECT_EQ(run("retention set people soon").status, 2);
}

}  // namespace
}  // namespace overture::testing
