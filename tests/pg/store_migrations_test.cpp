#include <future>
#include <thread>

#include "pg/fixture.hpp"
#include "store/migrations.hpp"

namespace overture::store {
namespace {

using overture::testing::Postgres;
using ::testing::HasSubstr;

struct Migrations : ::testing::Test {
    std::string url = Postgres::shared().emptyDatabase();
    Database database{{.url = url, .sessions = 2}};

    bool hasTable(const std::string& name) {
        auto tx = database.beginOwner();
        return !tx.run({"test/table", "select to_regclass($1) as t"}, {name})[0].isNull("t");
    }
    std::string complaint(const std::vector<Migration>& migrations) {
        try {
            migrate(database, migrations);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }
    static Migration made(int number, const std::string& sql) {
        return {number, "000" + std::to_string(number) + "_test", "checksum of " + sql, sql, false};
    }
};

TEST_F(Migrations, AreAppliedOnceInOrder) {
    const auto own = ownMigrations();
    ASSERT_FALSE(own.empty());
    EXPECT_EQ(own.front().number, 1);
    for (const auto& migration : migrationStatus(database)) EXPECT_FALSE(migration.applied);
    EXPECT_EQ(migrate(database), static_cast<int>(own.size()));
    EXPECT_EQ(migrate(database), 0);
    for (const auto& migration : migrationStatus(database)) EXPECT_TRUE(migration.applied);
    EXPECT_TRUE(hasTable("conversations"));
}

TEST_F(Migrations, AChangedOneIsRefused) {
    const auto first = made(1, "create table one (id integer)");
    EXPECT_EQ(migrate(database, {first}), 1);
    auto changed = made(1, "create table one (id bigint)");
    EXPECT_THAT(complaint({changed, made(2, "create table two (id integer)")}),
                HasSubstr("0001_test was changed"));
    EXPECT_FALSE(hasTable("two"));
}

TEST_F(Migrations, ADatabaseOfANewerProgramIsTakenAndOneOfAnotherLineRefused) {
    const auto first = made(1, "create table one (id integer)"),
               third = made(3, "create table three (id integer)");
    migrate(database, {first, made(2, "create table two (id integer)")});
    EXPECT_EQ(complaint({first}), "") << "an older program goes on beside a newer one";
    EXPECT_TRUE(migrationStatus(database, {first})[0].applied);
    EXPECT_THAT(complaint({first, third}), HasSubstr("does not know"));
}

TEST_F(Migrations, AFailingOneIsUndoneAndNamed) {
    const auto first = made(1, "create table one (id integer)");
    const auto broken = made(2, "create table two (id integer); insert into two values (1); select 1 / 0");
    EXPECT_THAT(complaint({first, broken}),
                ::testing::AllOf(HasSubstr("0002_test"), HasSubstr("division by zero")));
    EXPECT_TRUE(hasTable("one"));
    EXPECT_FALSE(hasTable("two"));
    EXPECT_EQ(migrate(database, {first, made(2, "create table two (id integer)")}), 1);
    EXPECT_TRUE(hasTable("two"));
}

TEST_F(Migrations, AnEngineInTheWayIsLetThrough) {
    migrate(database, {made(1, "create table one (id integer); create table two (id integer)")});
    Database engine({.url = url, .sessions = 1});
    auto tx = engine.beginOwner();
    tx.run({"test/first", "insert into one values (1)"});
    auto migrated = std::async(std::launch::async, [&] {
        Database own({.url = url, .sessions = 1});
        return migrate(own, {made(1, "create table one (id integer); create table two (id integer)"),
                             made(2, "alter table two add word text; alter table one add word text")});
    });
    const auto waits = [&] {
        auto asking = database.beginOwner();
        return asking.run({"test/waits", "select count(*) as n from pg_locks where not granted"})[0].integer(
                   "n") > 0;
    };
    while (!waits()) std::this_thread::yield();
    // Who waits first looks for a deadlock first, after a second, and gives way: the migration.
    tx.run({"test/second", "insert into two values (1)"});
    tx.commit();
    EXPECT_EQ(migrated.get(), 1);
    EXPECT_EQ(migrate(database, {made(1, "create table one (id integer); create table two (id integer)"),
                                 made(2, "alter table two add word text; alter table one add word text")}),
              0);
}

TEST_F(Migrations, TwoProgramsAtOnceShareTheWork) {
    std::vector<Migration> many;
    for (int i = 1; i <= 9; ++i)
        many.push_back(made(i, "create table t" + std::to_string(i) + " (id integer)"));
    const auto program = [&] {
        Database own({.url = url, .sessions = 2});
        return migrate(own, many);
    };
    auto one = std::async(std::launch::async, program);
    auto two = std::async(std::launch::async, program);
    EXPECT_EQ(one.get() + two.get(), 9);
}

}  // namespace
}  // namespace overture::store
