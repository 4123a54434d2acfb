#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <set>

#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "campaign/lead_list.hpp"
#include "campaign/pace_rules.hpp"
#include "campaign/team.hpp"
#include "campaign/versions.hpp"
#include "pg/fixture.hpp"

namespace overture::campaign {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr store::Query kWorld{"test/campaign_world", R"sql(
with version as (
    insert into playbook_versions (organization_id, version, playbook, files, published_at)
    values ($1::uuid, 'v1', 'test', '{}', $4::timestamptz) on conflict do nothing
), begun as (
    insert into campaign_versions (organization_id, campaign_id, number, version, since)
    values ($1::uuid, $2::uuid, 1, 'v1', $4::timestamptz)
)
insert into campaigns (organization_id, campaign_id, name, version, channels, state, starts_at, ends_at, created_at)
values ($1::uuid, $2::uuid, 'test', 'v1', $3::text[], 'running', $4::timestamptz, $5::timestamptz, $4::timestamptz))sql"};

class Lists : public ::testing::Test {
protected:
    /// All rows of a query as lines of "a|b|c".
    std::vector<std::string> lines(const std::string& sql) {
        const auto whole =
            "select array_to_string(array(select unnest(string_to_array(t.line, '~'))), '|', '-') as line "
            "from (" +
            sql + ") t";
        const store::Query query{"test/lines", whole.c_str()};
        auto tx = database->beginOwner();
        std::vector<std::string> found;
        const auto rows = tx.run(query, {});
        for (const auto row : rows) found.push_back(row.text("line"));
        return found;
    }

    Lists() : database(overture::testing::Postgres::shared().freshPool()), now(overture::testing::tuesday()) {
        organization = overture::testing::addOrganization(*database);
        campaign = addCampaign({"sms", "email"});
    }

    CampaignId addCampaign(const std::vector<std::string>& channels,
                           std::optional<Instant> endsAt = std::nullopt) {
        const CampaignId id(uuid7(now));
        auto tx = database->begin(organization);
        tx.run(kWorld, {organization, id, store::Param::array(channels), now, endsAt});
        tx.commit();
        return id;
    }

    ImportReport import(const std::string& bytes, ImportOptions options = {}) {
        options.file = "leads.csv";
        return importLeads(*database, organization, campaign, bytes, options, "opening", "v1", now);
    }

    std::unique_ptr<store::Database> database;
    Instant now;
    OrganizationId organization;
    CampaignId campaign;
};

const std::string kHeader =
    "ID;First Name;Last Name;Mobile;E-Mail;Country;State;ZIP;Time Zone;Language;Company;Job "
    "Title;Consent;Consent Source;Consent Date;Do Not Contact;Roof Type\r\n";

std::string notesOf(const std::vector<ImportRow>& rows) {
    std::string out;
    for (const auto& row : rows)
        out += std::to_string(row.line) + " " + row.outcome + ": " + row.reason + "\n";
    return out;
}

TEST_F(Lists, BecomeLeadsConversationsMailboxesAndConsents) {
    const auto report =
        import("\xef\xbb\xbf" + kHeader +
               "a1;Asha;Rao;(602) 555-0101;Asha@Example.com;USA;AZ;85001;America/Phoenix;English;;;express "
               "written;web form;2026-01-15;;tile\r\n"
               "a2;Jörg;Weiß;;joerg@example.de;Deutschland;;01067;;de;Dach AG;Leiter;yes;;;;\r\n");
    EXPECT_EQ(report.rows, 2);
    EXPECT_EQ(report.imported, 2);
    EXPECT_EQ(report.merged + report.rejected, 0) << notesOf(report.notes);
    EXPECT_EQ(notesOf(report.remarks), "");
    EXPECT_THAT(lines("select concat_ws('~', external_id, first_name, last_name, coalesce(phone, '-'), "
                      "email, country, coalesce(state, '-'), postal_code, "
                      "coalesce(zone, '-'), language, coalesce(company, '-'), coalesce(title, '-'), custom) "
                      "as line from leads order by external_id"),
                ElementsAre("a1|Asha|Rao|+16025550101|asha@example.com|US|AZ|85001|America/"
                            "Phoenix|en|-|-|{\"roof_type\": \"tile\"}",
                            "a2|Jörg|Weiß|-|joerg@example.de|DE|-|01067|-|de|Dach AG|Leiter|{}"));
    EXPECT_THAT(lines("select concat_ws('~', l.external_id, c.state, c.stage, c.language, c.version, "
                      "m.wake_at is null) as line from conversations c "
                      "join leads l using (organization_id, lead_id) join mailboxes m using "
                      "(organization_id, conversation_id) order by 1"),
                ElementsAre("a1|open|opening|en|v1|t", "a2|open|opening|de|v1|t"));
    EXPECT_THAT(
        lines("select concat_ws('~', address, channel, purpose, level, source, given_at at time zone 'UTC') "
              "as line from consents order by 1"),
        ElementsAre("+16025550101|*|marketing|express_written|web form|2026-01-15 00:00:00",
                    "asha@example.com|*|marketing|express_written|web form|2026-01-15 00:00:00",
                    "joerg@example.de|*|marketing|express|stated in the imported list|2026-03-03 17:00:00"));
}

TEST_F(Lists, BadRowsAreNamedWithLineAndReason) {
    const auto report = import(
        "name,phone,email,country\n"
        "Asha,602-555-0101,,US\n"
        "Short,1\n"
        "Nobody,,,US\n"
        "Broken,12,,US\n"
        "Saved,12,saved@example.com,US\n"
        "\"Open,602-555-0104,,US\n"
        "Round,1.60E+09,,US\n"
        "Bo,602-555-0105,not an address,US\n");
    EXPECT_EQ(report.rows, 8);
    EXPECT_EQ(report.imported, 3);
    EXPECT_EQ(report.rejected, 5);
    const auto notes = notesOf(report.notes);
    EXPECT_THAT(notes, HasSubstr("3 rejected: the row has 2 columns where the header has 4"));
    EXPECT_THAT(notes, HasSubstr("4 rejected: neither a phone number nor an e-mail address"));
    EXPECT_THAT(notes, HasSubstr("5 rejected: phone \"12\" cannot be used: "));
    EXPECT_THAT(notes, HasSubstr("7 rejected: the row has a quote that is never closed"));
    EXPECT_THAT(notes,
                HasSubstr("8 rejected: phone \"1.60E+09\" cannot be used: a spreadsheet has rounded it"));
    EXPECT_THAT(notesOf(report.remarks), HasSubstr("6 remark: phone \"12\" cannot be used"));
    EXPECT_THAT(notesOf(report.remarks), HasSubstr("9 remark: \"not an address\" is not an e-mail address"));
    EXPECT_THAT(lines("select concat_ws('~', line, outcome) as line from import_rows order by line"),
                ElementsAre("3|rejected", "4|rejected", "5|rejected", "7|rejected", "8|rejected"));
    EXPECT_THAT(lines("select evidence -> 'import' ->> 'line' as line from leads order by 1"),
                ElementsAre("2", "6", "9"));
}

TEST_F(Lists, DuplicatesAreMergedByIdPhoneOrEmail) {
    const auto report = import(
        "id,first name,phone,email,company,consent,dnc\n"
        "1,Asha,+16025550101,,,,\n"
        "1,Other,+16025550109,asha@example.com,Acme,yes,\n"
        ",Third,(602) 555-0101,,Later,,\n"
        "2,Bo,+16025550102,bo@example.com,,,\n"
        "3,,,BO@example.com,Bo Ltd,,yes\n",
        {"US"});
    EXPECT_EQ(report.imported, 2);
    EXPECT_EQ(report.merged, 3);
    const auto notes = notesOf(report.notes);
    EXPECT_THAT(notes, HasSubstr("3 merged: the same id as line 2"));
    EXPECT_THAT(notes, HasSubstr("4 merged: the same phone number as line 2"));
    EXPECT_THAT(notes, HasSubstr("6 merged: the same e-mail address as line 5"));
    EXPECT_THAT(
        lines("select concat_ws('~', external_id, first_name, phone, email, company) as line from leads "
              "order by 1"),
        ElementsAre("1|Asha|+16025550101|asha@example.com|Acme", "2|Bo|+16025550102|bo@example.com|Bo Ltd"));
    EXPECT_THAT(lines("select address as line from suppressions order by 1"),
                ElementsAre("+16025550102", "bo@example.com"));
    EXPECT_THAT(lines("select address as line from consents order by 1"),
                ElementsAre("+16025550109", "asha@example.com"));
    EXPECT_THAT(lines("select concat_ws('~', r.line, l.external_id) as line from import_rows r join leads l "
                      "using (organization_id, lead_id) order by r.line"),
                ElementsAre("3|1", "4|1", "6|2"));
}

TEST_F(Lists, ASecondImportMeetsTheLeadsOfTheFirst) {
    import("id,first name,phone,email,company\n1,Asha,+16025550101,,\n2,Bo,+16025550102,,\n");
    const auto list =
        "id,first "
        "name,phone,email,company\n1,Asha,,asha@example.com,Acme\n3,Cy,,cy@example.com,\n,,+16025550102,asha@"
        "example.com,\n";
    campaign = addCampaign({"sms"});
    for (const int imported : {1, 0}) {
        const auto report = import(list);
        EXPECT_EQ(report.imported, imported);
        EXPECT_EQ(report.merged, 3 - imported);
        EXPECT_THAT(notesOf(report.notes), HasSubstr("2 merged: the same id as a lead that was here before"));
    }
    EXPECT_THAT(lines("select concat_ws('~', external_id, first_name, coalesce(phone, '-'), coalesce(email, "
                      "'-'), coalesce(company, '-')) as line from leads order by 1"),
                ElementsAre("1|Asha|+16025550101|asha@example.com|Acme", "2|Bo|+16025550102|-|-",
                            "3|Cy|-|cy@example.com|-"));
    EXPECT_THAT(lines("select count(*)::text as line from conversations"), ElementsAre("5"))
        << "two in the first campaign, three in the second";
}

TEST_F(Lists, WhoIsCompletedManyRowsLaterIsWrittenWhole) {
    std::string list = "id,name,phone,email,language,roof\na1,Asha,+16025550101,,,\n";
    for (int i = 0; i < 9000; ++i)
        list += "b" + std::to_string(i) + ",Bo,,b" + std::to_string(i) + "@x.example,,\n";
    const auto report = import(list + ",,+1 (602) 555-0101,asha@x.example,es,tile\n");
    EXPECT_EQ(report.imported, 9001);
    EXPECT_EQ(report.merged, 1);
    EXPECT_EQ(report.notes[0].reason, "the same phone number as line 2");
    EXPECT_THAT(lines("select concat_ws('~', l.email, l.language, l.custom, c.language) as line from leads l "
                      "join conversations c using (organization_id, lead_id) where l.external_id = 'a1'"),
                ElementsAre("asha@x.example|es|{\"roof\": \"tile\"}|es"));
}

TEST_F(Lists, ATableThatPassesForEmptyIsCountedFirst) {
    const store::Query asVacuumLeavesIt{
        "test/young",
        "update pg_class set relpages = 2000, reltuples = 0 where relname in ('leads', 'conversations')"};
    auto tx = database->beginOwner();
    tx.run(asVacuumLeavesIt, {});
    tx.commit();
    import("name,email\nAsha,asha@x.example\nBo,bo@x.example\n");
    EXPECT_THAT(lines("select concat_ws('~', relname, reltuples) as line from pg_class "
                      "where relname in ('leads', 'conversations') order by 1"),
                ElementsAre("conversations|2", "leads|2"));
    import("name,email\nCy,cy@x.example\n");
    EXPECT_THAT(lines("select reltuples::text as line from pg_class where relname = 'leads'"),
                ElementsAre("2"))
        << "what is known well enough is not counted again: that would make other imports wait";
}

TEST_F(Lists, ABrokenListLeavesNothingBehind) {
    EXPECT_THROW(import("first name,city\nAsha,Phoenix\n"), Error);
    EXPECT_THROW(import(""), Error);
    campaign = CampaignId(uuid7(now));  // is not there: the foreign key refuses the conversations
    EXPECT_THROW(import("id,phone\n1,+16025550101\n"), Error);
    EXPECT_THAT(lines("select count(*)::text as line from leads"), ElementsAre("0"));
}

TEST_F(Lists, EvidenceOfConsentMustBeReadable) {
    const auto report = import(
        "phone,country,consent,consent date,email consent,email\n"
        "+16025550101,US,yes,02/03/2026,,\n"
        "+442079460101,,yes,02/03/2026,,\n"
        "+442079460102,GB,yes,02/03/2027,,\n"
        "+16025550103,US,perhaps,,,\n"
        "+16025550104,US,no,whenever,yes,dee@example.com\n");
    EXPECT_EQ(report.imported, 5) << notesOf(report.notes);
    EXPECT_THAT(lines("select concat_ws('~', address, channel, (given_at at time zone 'UTC')::date) as line "
                      "from consents order by 1"),
                ElementsAre("+16025550101|*|2026-02-03"));
    const auto remarks = notesOf(report.remarks);
    EXPECT_THAT(
        remarks,
        HasSubstr(
            "3 remark: the consent is not counted: its date \"02/03/2026\" could be two different days"));
    EXPECT_THAT(remarks,
                HasSubstr("4 remark: the consent is not counted: its date 02/03/2027 lies in the future"));
    EXPECT_THAT(remarks, HasSubstr("5 remark: \"perhaps\" is not a level of consent"));
    EXPECT_THAT(remarks,
                HasSubstr("6 remark: the consent is not counted: its date \"whenever\" is not a date"));
}

TEST_F(Lists, TheSameSeedGivesTheSameIds) {
    const std::string list = "id,phone\n1,+16025550101\n2,+16025550102\n";
    ImportOptions options;
    options.reproducible = true;
    options.seed = 7;
    const auto ids = [&] {
        return lines(
            "select concat_ws('~', l.lead_id, c.conversation_id) as line from leads l join conversations c "
            "using (organization_id, lead_id) order by 1");
    };
    campaign = CampaignId(uuid7(now, "campaign"));
    const auto importInto = [&](std::uint64_t seed) {
        database = overture::testing::Postgres::shared().freshPool();
        organization = overture::testing::addOrganization(*database);
        auto tx = database->begin(organization);
        tx.run(kWorld,
               {organization, campaign, store::Param::array(std::vector<std::string>{"sms"}), now, nullptr});
        tx.commit();
        options.seed = seed;
        import(list, options);
        return ids();
    };
    const auto first = importInto(7);
    EXPECT_EQ(importInto(7), first);
    EXPECT_NE(importInto(8), first);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kManyRows = 5000;  // sanitizers and counted lines cost a factor of twenty
#else
constexpr int kManyRows = 100000;
#endif

TEST_F(Lists, ManyRowsInSeconds) {
    std::string list = "id,first name,last name,phone,email,country,zip,consent,consent source\n";
    static const char* areas[] = {"602", "480", "520", "623", "928", "303", "720", "970", "719", "505"};
    for (int i = 0; i < kManyRows; ++i) {
        const auto phone =
            std::string(areas[i / 10000]) + "-555-" + std::to_string(10000 + i % 10000).substr(1);
        list += std::to_string(i) + ",Asha,Rao," + phone + ",lead" + std::to_string(i) +
                "@example.com,US,85001,yes,web form\n";
    }
    const auto started = std::chrono::steady_clock::now();
    const auto report = import(list);
    const auto taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    RecordProperty("seconds", std::to_string(taken));
    EXPECT_LT(taken, 60) << "a hang, not a slow machine";
    EXPECT_EQ(report.rows, kManyRows);
    EXPECT_EQ(report.imported, kManyRows) << notesOf(report.notes).substr(0, 500);
    EXPECT_THAT(lines("select count(*)::text as line from conversations"),
                ElementsAre(std::to_string(kManyRows)));
}

playbook::Definition cadence(std::vector<playbook::Touch> touches) {
    playbook::Definition definition;
    definition.cadence = std::move(touches);
    return definition;
}

class Plans : public Lists {
protected:
    compliance::Gate gate;
    playbook::Definition definition =
        cadence({{"sms", {}, "", "", {}, ""}, {"email", days(2), "", "", {}, ""}});

    PlanReport plan() {
        return planFirstTouches(*database, organization, campaign, definition, gate, 3, now);
    }
    void importPhoenix(int people) {
        std::string list = "id,phone,zone,consent\n";
        for (int i = 0; i < people; ++i)
            list += std::to_string(i) + ",+1602555" + std::to_string(1000 + i) + ",America/Phoenix,written\n";
        import(list);
    }
    void pace(const Json& rules) {
        database->run(organization,
                      {"test/pace", "update campaigns set pace = $2::jsonb where organization_id = $1::uuid"},
                      {organization, rules});
    }
};

TEST_F(Plans, ANewSenderBeginsSmallAndGrows) {
    importPhoenix(150);
    pace({{"warm_up", "20x2..60"}});
    EXPECT_EQ(plan().planned, 150);
    EXPECT_THAT(
        lines("select concat_ws('~', (due_at at time zone 'America/Phoenix')::date, count(*)) as line "
              "from events group by (due_at at time zone 'America/Phoenix')::date order by 1"),
        ElementsAre("2026-03-03|20", "2026-03-04|40", "2026-03-05|60", "2026-03-06|30"));
}

TEST_F(Plans, TheBestHoursArePreferredAndNoDayOfANewSenderHasMoreThanItMay) {
    importPhoenix(150);
    pace({{"best_hours", "Mon-Sun 16:00-17:00"}, {"patience", "9d"}, {"warm_up", "8x1.3"}});
    EXPECT_EQ(plan().planned, 150);
    EXPECT_THAT(lines("select count(*)::text as line from events "
                      "where not (due_at at time zone 'America/Phoenix')::time between '16:00' and '17:00'"),
                ElementsAre("0"));
    const auto warmUp = WarmUp::parse("8x1.3");
    int day = 0, all = 0;
    for (const auto& count :
         lines("select count(*)::text as line from events "
               "group by (due_at at time zone 'America/Phoenix')::date order by (due_at at time zone "
               "'America/Phoenix')::date")) {
        if (day == 0) {
            EXPECT_EQ(count, "8") << "of nine days, the first one's share is more than that";
        }
        EXPECT_LE(std::stoi(count), *warmUp->onDay(day++));
        all += std::stoi(count);
    }
    EXPECT_EQ(all, 150);
}

TEST_F(Plans, NothingIsPlannedIntoAPause) {
    import("id,phone,zone,consent\n1,+16025551000,America/Phoenix,written\n");
    database->run(organization,
                  {"test/pause", "update campaigns set state = 'paused' where organization_id = $1::uuid"},
                  {organization});
    EXPECT_EQ(plan().planned, 0);
    EXPECT_THAT(lines("select count(*)::text as line from events"), ElementsAre("0"));
}

TEST_F(Plans, FirstTouchesAreInTheMailboxesAtTheirTime) {
    std::string list = "id,phone,zone,consent\n";
    for (int i = 0; i < 700; ++i)
        list += std::to_string(i) + ",+1602555" + std::to_string(1000 + i) + ",America/Phoenix,written\n";
    import(list);
    const auto report = plan();
    EXPECT_EQ(report.planned, 700);
    EXPECT_TRUE(report.skipped.empty());
    EXPECT_THAT(lines("select concat_ws('~', count(*), count(distinct e.dedupe_key), bool_and(m.wake_at = "
                      "e.due_at), bool_and(e.kind = 'touch'), bool_and(e.payload = '{\"touch\": 0}'), "
                      "bool_and(e.dedupe_key = 'touch:' || e.conversation_id || ':0'), min(e.due_at) >= "
                      "'2026-03-03T17:00:00Z', "
                      "bool_and((e.due_at at time zone 'America/Phoenix')::time between '08:00' and "
                      "'21:00'), count(distinct date_trunc('minute', e.due_at)) > 200) as line "
                      "from events e join mailboxes m using (organization_id, conversation_id)"),
                ElementsAre("700|700|t|t|t|t|t|t|t"));
    EXPECT_EQ(plan().planned, 0) << "safe to run again";
    EXPECT_THAT(lines("select count(*)::text as line from events"), ElementsAre("700"));
}

class Versions : public Plans {
protected:
    Versions() {
        import(
            "id,phone,email,zone,consent\n"
            "answered,+16025550101,a@example.com,America/Phoenix,written\n"
            "held,+16025550102,b@example.com,America/Phoenix,written\n"
            "new,+16025550103,c@example.com,America/Phoenix,written\n"
            "wrote,+16025550104,d@example.com,America/Phoenix,written\n");
        plan();
        owner("update conversations set turn_count = 1 where conversation_id = (" + idOf("answered") + ")");
        owner("update mailboxes set lease_until = '2030-01-01' where conversation_id = (" + idOf("held") +
              ")");
        owner(
            "insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, "
            "dedupe_key, payload) select organization_id, gen_random_uuid(), conversation_id, 'message', "
            "'2026-03-03', '2026-03-03', 'm1', '{}' from conversations where conversation_id = (" +
            idOf("wrote") + ")");
        next.firstStage = "hello";
        next.channels = {"email"};
        auto tx = database->begin(organization);
        version = publish(tx, organization, {{"playbook.lua", "-- the next"}}, "test", now);
        tx.commit();
    }

    static std::string idOf(const std::string& lead) {
        return "select conversation_id from conversations c join leads l using (organization_id, lead_id) "
               "where l.external_id = '" +
               lead + "'";
    }
    void owner(const std::string& sql) {
        auto tx = database->beginOwner();
        tx.script(sql, "test");
        tx.commit();
    }
    std::vector<std::string> conversations() {
        return lines(
            "select concat_ws('~', l.external_id, c.version = 'v1', c.stage, e.touches) as line "
            "from conversations c join leads l using (organization_id, lead_id) left join lateral "
            "(select count(*) as touches from events e where e.conversation_id = c.conversation_id and "
            "e.kind = 'touch') e on true order by l.external_id");
    }
    VersionChange use(const std::string& which, const playbook::Definition& its) {
        return useVersion(*database, organization, campaign, which, its, gate, now);
    }
    std::string before() {
        auto tx = database->begin(organization);
        return versionBefore(tx, organization, campaign);
    }

    playbook::Definition next = cadence({{"email", {}, "", "", {}, ""}});
    std::string version;
};

TEST_F(Versions, ANewOneIsForConversationsThatHaveNotBegun) {
    EXPECT_THROW(before(), Error) << "there was none before the first";
    const auto change = use(version, next);
    EXPECT_EQ(change.before, "v1");
    EXPECT_EQ(change.moved, 1);
    EXPECT_EQ(change.plan.planned, 1);
    EXPECT_THAT(conversations(), ElementsAre("answered|t|opening|1", "held|t|opening|1", "new|f|hello|1",
                                             "wrote|t|opening|1"));
    EXPECT_EQ(before(), "v1");
    const auto again = use(version, next);
    EXPECT_EQ(again.moved + again.plan.planned, 0);

    definition.firstStage = "opening";
    definition.channels = {"sms", "email"};
    EXPECT_EQ(use("v1", definition).moved, 1);
    EXPECT_THAT(conversations(), ElementsAre("answered|t|opening|1", "held|t|opening|1", "new|t|opening|1",
                                             "wrote|t|opening|1"));
    EXPECT_EQ(before(), version);
}

TEST_F(Versions, OneThatDoesNotFitChangesNothing) {
    next.settings["company"].required = true;
    EXPECT_THROW(use(version, next), Error) << "a setting that the campaign has not";
    next.settings.clear();
    next.channels = {"whatsapp"};
    EXPECT_THROW(use(version, next), Error) << "no channel in common";
    EXPECT_THAT(conversations(), ElementsAre("answered|t|opening|1", "held|t|opening|1", "new|t|opening|1",
                                             "wrote|t|opening|1"));
    EXPECT_THROW(before(), Error);
}

TEST_F(Versions, ASettingThatTheNewOneNoLongerHasIsLeftAlone) {
    owner("update campaigns set settings = '{\"company\": \"Elm Street Solar\", \"old\": \"x\"}'");
    next.settings["company"].required = true;
    EXPECT_EQ(use(version, next).moved, 1);
    EXPECT_THAT(lines("select settings->>'old' as line from campaigns"), ElementsAre("x"));
}

TEST_F(Versions, AreListedAndFoundByTheirFirstCharacters) {
    auto tx = database->begin(organization);
    const auto all = versions(tx, organization);
    ASSERT_EQ(all.size(), 2U);
    for (const auto& one : all) {
        EXPECT_EQ(one.conversations, one.version == "v1" ? 4 : 0);
        EXPECT_EQ(one.campaigns.size(), one.version == "v1" ? 1U : 0U);
    }
    EXPECT_EQ(versionNamed(tx, organization, version.substr(0, 8)).first, version);
    EXPECT_THROW(versionNamed(tx, organization, ""), Error) << "several";
    EXPECT_THROW(versionNamed(tx, organization, "x"), Error);
}

TEST_F(Plans, WhoMayNeverBeContactedIsClosedWithTheReason) {
    import(
        "id,phone,email,zone,consent,dnc\n"
        "ok,+16025550101,,America/Phoenix,written,\n"
        "bare,+16025550102,,America/Phoenix,,\n"
        "never,+16025550103,,America/Phoenix,written,yes\n"
        "bare2,+16025550104,,America/Phoenix,,\n");
    const auto report = plan();
    EXPECT_EQ(report.planned, 1);
    ASSERT_EQ(report.skipped.size(), 2u);
    EXPECT_EQ(report.skipped[0].second, 2);
    EXPECT_THAT(report.skipped[0].first, HasSubstr("consent is none"));
    EXPECT_THAT(report.skipped[1].first, HasSubstr("opted out"));
    EXPECT_THAT(lines("select concat_ws('~', l.external_id, c.state, c.reason <> '') as line from "
                      "conversations c join leads l using (organization_id, lead_id) order by 1"),
                ElementsAre("bare2|closed|t", "bare|closed|t", "never|closed|t", "ok|open|f"));
}

TEST_F(Plans, AChannelThatReachesNobodyGivesWayToTheNext) {
    import(
        "id,phone,email,zone,country,consent\n"
        "mail,,mail@example.com,America/Phoenix,US,written\n"
        "both,+16025550102,both@example.com,America/Phoenix,US,written\n");
    EXPECT_EQ(plan().planned, 2);
    EXPECT_THAT(lines("select concat_ws('~', l.external_id, e.payload ->> 'touch') as line from events e "
                      "join conversations c using (organization_id, conversation_id) "
                      "join leads l using (organization_id, lead_id) order by 1"),
                ElementsAre("both|0", "mail|1"));
    campaign = addCampaign({"voice"});
    import("id,email,zone\nmail,mail@example.com,America/Phoenix\n");
    const auto report = plan();
    ASSERT_EQ(report.skipped.size(), 1u);
    EXPECT_THAT(report.skipped[0].first, HasSubstr("no channel of the cadence reaches this person"));
}

TEST_F(Plans, TheCampaignsEndIsKept) {
    campaign = addCampaign({"sms"}, now + std::chrono::minutes(30));
    definition = cadence({{"sms", {}, "15:00-16:00", "", {}, ""}});
    import("id,phone,zone,consent\nlate,+16025550101,America/Phoenix,written\n");
    const auto report = plan();
    ASSERT_EQ(report.skipped.size(), 1u);
    EXPECT_THAT(report.skipped[0].first, HasSubstr("campaign.end"));
}

}  // namespace
}  // namespace overture::campaign
