#include <cmath>
#include <future>
#include <thread>

#include "pg/fixture.hpp"
#include "store/connection.hpp"

namespace overture::store {
namespace {

using overture::testing::addOrganization;
using overture::testing::Postgres;
using overture::testing::tuesday;
using ::testing::HasSubstr;

const Query kNames{"test/names", "select organization_id, name, created_at from organizations order by name"};
const Query kAddUser{"test/add_user",
                     "insert into users (organization_id, user_id, email, name, role, created_at) values "
                     "($1::uuid, $2::uuid, $3, $4, 'agent', $5::timestamptz)"};
const Query kUsers{"test/users",
                   "select email, name from users where organization_id = $1::uuid order by email"};
const Query kOwnProcess{"test/own_process", "select pg_backend_pid() as process"};
const Query kTerminate{"test/terminate", "select pg_terminate_backend($1::integer, 5000) as done"};

void addUser(Transaction& tx, const OrganizationId& organization, const std::string& email) {
    tx.run(kAddUser, {organization, uuid7(tuesday()), email, "Name of " + email, tuesday()});
}

std::vector<std::string> emails(Database& database, const OrganizationId& organization) {
    std::vector<std::string> found;
    for (const auto row : database.run(organization, kUsers, {organization}))
        found.push_back(row.text("email"));
    return found;
}

/// What the statement throws.
template <typename Body>
DatabaseError errorOf(Body body) {
    try {
        body();
    } catch (const DatabaseError& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {Failure::defect, "", "", {}};
}

struct Store : ::testing::Test {
    std::unique_ptr<Database> database = Postgres::shared().freshPool();
    OrganizationId mine = addOrganization(*database, "Mine");
};

TEST_F(Store, EveryKindOfValueComesBackAsItWent) {
    const Query echo{
        "test/echo",
        "select $1::text as words, $2::integer as n, $3::double precision as r, $4::boolean as b, "
        "$5::timestamptz as at, $6::jsonb as doc, $7::uuid as id, $8::text[] as list, $9::bytea as raw, "
        "$10::text as nothing, $11::text[] as holes"};
    const Instant at = tuesday() + microseconds(123456);
    const Json document{{"name", "Zoë \"quoted\" \\ back"}, {"n", 1}};
    const std::vector<std::string> list{"plain", "with,comma", "with \"quote\"", "back\\slash", "", "NULL",
                                        "{}",    "ü"};
    const std::string raw("\0\xff\x10 bytes\\", 10);
    const Uuid id = uuid7(at);
    auto tx = database->begin(mine);
    const auto rows =
        tx.run(echo, {"tab\tnew\nline ü", 42, 0.1, true, at, document, id, Param::array(list),
                      Param::bytes(raw), std::optional<std::string>(),
                      Param::array(std::vector<std::optional<std::string>>{"a", std::nullopt})});
    ASSERT_EQ(rows.size(), 1U);
    const auto row = rows[0];
    EXPECT_EQ(row.text("words"), "tab\tnew\nline ü");
    EXPECT_EQ(row.integer("n"), 42);
    EXPECT_EQ(row.real("r"), 0.1);
    EXPECT_TRUE(row.boolean("b"));
    EXPECT_EQ(row.instant("at"), at);
    EXPECT_EQ(row.json("doc"), document);
    EXPECT_EQ(row.uuid("id"), id);
    EXPECT_EQ(row.array("list"), list);
    EXPECT_EQ(row.bytes("raw"), raw);
    EXPECT_TRUE(row.isNull("nothing"));
    EXPECT_EQ(row.maybe("nothing"), std::nullopt);
    EXPECT_EQ(row.array("holes"), (std::vector<std::string>{"a", ""}));
    EXPECT_THROW(row.text("absent"), Error);
    EXPECT_THROW(row.integer("words"), Error);
}

TEST_F(Store, ATextThatPostgresCannotKeepIsRefusedAndNotCutShort) {
    auto tx = database->begin(mine);
    EXPECT_EQ(errorOf([&] { addUser(tx, mine, std::string("a\0b", 3)); }).sqlState(), "22021");
    EXPECT_EQ(errorOf([&] { addUser(tx, mine, "\xff\xfe"); }).sqlState(), "22021");
}

TEST_F(Store, WorkIsKeptOnlyWhenCommitted) {
    {
        auto tx = database->begin(mine);
        addUser(tx, mine, "lost@example.com");
    }
    {
        auto tx = database->begin(mine);
        addUser(tx, mine, "kept@example.com");
        auto moved = std::move(tx);
        moved.commit();
    }
    EXPECT_EQ(emails(*database, mine), std::vector<std::string>{"kept@example.com"});
}

TEST_F(Store, AnAttemptUndoesItsOwnWorkAndNothingElse) {
    auto tx = database->begin(mine);
    addUser(tx, mine, "first@example.com");
    EXPECT_FALSE(tx.attempt([&] {
        addUser(tx, mine, "second@example.com");
        EXPECT_TRUE(tx.attempt([&] { addUser(tx, mine, "inner@example.com"); }));
        addUser(tx, mine, "first@example.com");
    }));
    EXPECT_TRUE(tx.attempt([&] { addUser(tx, mine, "third@example.com"); }));
    EXPECT_THROW(tx.attempt([&] {
        addUser(tx, mine, "fourth@example.com");
        throw Error("something else");
    }),
                 Error);
    tx.commit();
    EXPECT_EQ(emails(*database, mine), (std::vector<std::string>{"first@example.com", "third@example.com"}));
}

TEST_F(Store, ATransactionWithAFailedStatementCannotBeCommittedUnnoticed) {
    auto tx = database->begin(mine);
    addUser(tx, mine, "one@example.com");
    EXPECT_THROW(addUser(tx, mine, "one@example.com"), DatabaseError);
    EXPECT_EQ(errorOf([&] { tx.commit(); }).sqlState(), "25P02");
    EXPECT_TRUE(emails(*database, mine).empty());
}

TEST_F(Store, CopyKeepsEveryByte) {
    const std::vector<std::string> names{"back\\slash",    "tab\there", "new\nline", "return\r",
                                         "ünïcödé 你好 🌞", "\\N",       ""};
    std::vector<std::vector<std::optional<std::string>>> rows;
    for (std::size_t i = 0; i < names.size(); ++i)
        rows.push_back({mine.text(), uuid7(tuesday()).text(), names[i], std::nullopt,
                        "+1415555010" + std::to_string(i), "2026-03-03T17:00:00Z"});
    auto tx = database->begin(mine);
    tx.copyIn("leads (organization_id, lead_id, first_name, email, phone, created_at)", rows);
    tx.copyIn("leads (organization_id, lead_id, first_name, email, phone, created_at)", {});
    tx.commit();
    const auto found = database->run(
        mine,
        {"test/leads", "select first_name, email from leads where organization_id = $1::uuid order by phone"},
        {mine});
    ASSERT_EQ(found.size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(found[i].text("first_name"), names[i]);
        EXPECT_TRUE(found[i].isNull("email"));
    }
}

TEST_F(Store, ACopyWithOneBadRowKeepsNothing) {
    const auto row = [&](const OrganizationId& owner, const std::string& at) {
        return std::vector<std::optional<std::string>>{owner.text(), uuid7(tuesday()).text(),
                                                       uuid7(tuesday()).text(), at};
    };
    const std::string table = "leads (organization_id, lead_id, email, created_at)";
    auto tx = database->begin(mine);
    EXPECT_EQ(errorOf([&] {
                  tx.copyIn(table, {row(mine, "2026-03-03Z"), row(mine, "someday")});
              }).failure(),
              Failure::defect);
    auto other = database->begin(mine);
    const auto theirs = addOrganization(*database, "Theirs");
    EXPECT_EQ(errorOf([&] {
                  other.copyIn(table, {row(mine, "2026-03-03Z"), row(theirs, "2026-03-03Z")});
              }).sqlState(),
              "42501");
    EXPECT_EQ(database->run(mine, {"test/count", "select count(*) as n from leads"})[0].integer("n"), 0);
}

TEST_F(Store, FailuresAreToldApart) {
    EXPECT_EQ(failureOf("53100"), Failure::full);
    EXPECT_EQ(failureOf("40001"), Failure::conflict);
    EXPECT_EQ(failureOf("57P01"), Failure::unavailable);
    EXPECT_EQ(failureOf("08006"), Failure::unavailable);
    {
        auto tx = database->begin(mine);
        addUser(tx, mine, "one@example.com");
        const auto error = errorOf([&] { addUser(tx, mine, "one@example.com"); });
        EXPECT_EQ(error.failure(), Failure::constraint);
        EXPECT_EQ(error.constraint(), "users_organization_id_email_key");
        EXPECT_EQ(error.problem().where, "test/add_user");
    }
    {
        auto tx = database->begin(mine);
        EXPECT_EQ(errorOf([&] { tx.run({"test/typo", "selekt 1"}); }).failure(), Failure::defect);
    }
    const Query lock{"test/lock", "select 1 from organizations for update nowait"};
    auto one = database->begin(mine);
    one.run(lock);
    auto two = database->begin(mine);
    EXPECT_EQ(errorOf([&] { two.run(lock); }).failure(), Failure::conflict);
}

TEST(StoreConnecting, ADatabaseThatIsAwayIsNamedWithoutItsPassword) {
    for (const std::string url :
         {"postgresql://someone:s3cret@/nowhere?host=/tmp/overture-no-such-folder",
          "host=/tmp/overture-no-such-folder user=someone password=s3cret dbname=nowhere"}) {
        const auto error = errorOf([&] { Database({.url = url}); });
        EXPECT_EQ(error.failure(), Failure::unavailable);
        EXPECT_THAT(error.what(), HasSubstr("database nowhere on /tmp/overture-no-such-folder"));
        EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("s3cret")));
    }
    EXPECT_THROW(Database({.url = "postgresql://a:s3cret@[/x"}), Error);
    const auto some = Postgres::shared().emptyDatabase();
    const auto absent = "postgresql://overture@/absent" + some.substr(some.find('?'));
    EXPECT_THAT(errorOf([&] { Database({.url = absent}); }).what(),
                HasSubstr("database \"absent\" does not exist"));
}

TEST_F(Store, ALostSessionIsReplacedAndItsPreparedNamesForgotten) {
    const auto owner = Postgres::shared().freshPool();
    auto tx = database->begin(mine);
    const auto process = tx.run(kOwnProcess)[0].integer("process");
    ASSERT_TRUE(owner->beginOwner().run(kTerminate, {process})[0].boolean("done"));
    EXPECT_EQ(errorOf([&] { tx.run(kOwnProcess); }).failure(), Failure::unavailable);
    EXPECT_EQ(errorOf([&] { tx.commit(); }).failure(), Failure::unavailable);

    const auto next = database->run(mine, kOwnProcess)[0].integer("process");
    EXPECT_NE(next, process);
    ASSERT_TRUE(
        owner->beginOwner().run(kTerminate, {next})[0].boolean("done"));  // this one idles in the pool
    EXPECT_NE(database->run(mine, kOwnProcess)[0].integer("process"), next);
}

TEST_F(Store, AnAbandonedTransactionDoesNotPoisonThePool) {
    Database small({.url = Postgres::shared().freshDatabase(), .sessions = 1});
    const auto organization = addOrganization(small);
    for (int i = 0; i < 3; ++i) {
        auto tx = small.begin(organization);
        EXPECT_THROW(tx.run({"test/typo", "selekt 1"}), DatabaseError);
    }
    EXPECT_EQ(small.run(organization, kNames).size(), 1U);
}

TEST_F(Store, AThreadWaitsForAFreeSession) {
    Database small({.url = Postgres::shared().freshDatabase(), .sessions = 1});
    const auto organization = addOrganization(small);
    auto holding = std::make_unique<Transaction>(small.begin(organization));
    auto waiting = std::async(std::launch::async, [&] { return small.run(organization, kNames).size(); });
    EXPECT_EQ(holding->run(kNames).size(), 1U);
    holding.reset();
    EXPECT_EQ(waiting.get(), 1U);
}

TEST_F(Store, ManyThreadsShareFewSessions) {
    Database small({.url = Postgres::shared().freshDatabase(), .sessions = 3});
    std::vector<OrganizationId> organizations;
    for (int i = 0; i < 4; ++i)
        organizations.push_back(addOrganization(small, "Number " + std::to_string(i)));
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 25; ++i) {
                const auto at = static_cast<std::size_t>(t + i) % organizations.size();
                const auto rows = small.run(organizations[at], kNames);
                ASSERT_EQ(rows.size(), 1U);
                EXPECT_EQ(rows[0].text("name"), "Number " + std::to_string(at));
            }
        });
    for (auto& thread : threads) thread.join();
}

TEST_F(Store, ANewColumnTypeDoesNotBreakPreparedStatementsForGood) {
    const Query all{"test/all", "select * from users"};
    Database small({.url = Postgres::shared().freshDatabase(), .sessions = 1});
    const auto organization = addOrganization(small);
    small.run(organization, all);
    {
        auto tx = small.beginOwner();
        tx.script("alter table users add column nickname text", "test");
        tx.commit();
    }
    EXPECT_THROW(small.run(organization, all), DatabaseError);
    EXPECT_NO_THROW(small.run(organization, all));
}

}  // namespace
}  // namespace overture::store
